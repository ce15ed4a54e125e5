using System.Reflection;
using System.Text;
using Tomada.DeviceApi;
using Tomada.DeviceApi.Tests;
using Tomada.Primitives;

namespace Tomada.Fuzz.Tests;

/// <summary>What a device may send: envelopes with every body, and topics.</summary>
internal static class DeviceTargets
{
    private const string Group = "Devices";

    private static readonly ILookup<Type, byte[]> s_samples = ReadSamples();

    public static IEnumerable<Target> All { get; } =
    [
        .. from type in typeof(Envelope).Assembly.GetTypes()
           where type is { IsClass: true, IsAbstract: false } && type.GetInterfaces().Any(each =>
               each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IDeviceBody<>))
           select (Target)typeof(DeviceTargets)
               .GetMethod(nameof(OfBody), BindingFlags.Static | BindingFlags.NonPublic)!
               .MakeGenericMethod(type).Invoke(null, [])!,
        Topic("UpTopic", "request/reserve", text => UpTopic.TryParse(text, out _)),
        Topic("DownTopic", "reply/plan", text => DownTopic.TryParse(text, out _)),
        Topic("DeviceUser", "car/abc", text => DeviceAddress.TryParseUser(
            CompanyId.Parse("br-abc"), text, out _)),
    ];

    private static Target OfBody<T>()
        where T : class, IDeviceBody<T> => new(Group, typeof(T).Name, payload =>
        {
            if (!DeviceApi.Envelope.TryDecode(payload, out Envelope? envelope, out _)
                || !envelope.TryRead(out T? body, out _))
            {
                return false;
            }

            byte[] written = Write(envelope, body);
            if (!DeviceApi.Envelope.TryDecode(written, out Envelope? read, out string? why)
                || !read.TryRead(out T? again, out why))
            {
                throw new FindingException($"what it writes is refused: {why}");
            }

            Target.Same(written, Write(read, again));
            return true;
        })
        {
            Seeds = [.. s_samples[typeof(T)]],
        };

    private static ILookup<Type, byte[]> ReadSamples()
    {
        List<(Type Type, byte[] Payload)> samples = [];
        MethodInfo encode = typeof(Envelope).GetMethod(nameof(DeviceApi.Envelope.Encode))!;
        Samples.Check((body, _) => samples.Add((
            body.GetType(),
            (byte[])encode.MakeGenericMethod(body.GetType()).Invoke(
                null, [Samples.Id, Samples.Time, 1L, 1L, body, Samples.Time])!)));
        return samples.ToLookup(each => each.Type, each => each.Payload);
    }

    private static byte[] Write<T>(Envelope envelope, T body)
        where T : class, IDeviceBody<T> => DeviceApi.Envelope.Encode(
            envelope.Id, envelope.Ts, envelope.Bs, envelope.Seq, body, envelope.Exp);

    private static Target Topic(string name, string seed, Func<string, bool> isTopic) =>
        Target.OfText(Group, name, text => isTopic(text) ? text : null) with
        {
            Seeds = [Encoding.UTF8.GetBytes(seed)],
        };
}
