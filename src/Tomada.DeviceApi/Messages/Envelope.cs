using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>What an envelope may carry.</summary>
/// <typeparam name="TSelf">The record itself.</typeparam>
public interface IDeviceBody<TSelf>
    where TSelf : class, IDeviceBody<TSelf>
{
    /// <summary>How it is written.</summary>
    static abstract JsonTypeInfo<TSelf> Json { get; }

    /// <summary>What is allowed in its fields.</summary>
    static abstract BodyRules<TSelf> Rules { get; }
}

/// <summary>
/// The one form of every payload, both ways: one UTF-8 JSON object of up to 64 KiB.
/// </summary>
/// <param name="V">Minor version of the payload; 1. A higher one only adds fields.</param>
/// <param name="Id">Of this message; a retransmission has the same.</param>
/// <param name="Ts">When it was made, on the sender's wall clock.</param>
/// <param name="Bs">The sender's boot counter; a lower one than seen is stale.</param>
/// <param name="Seq">One more per message within a boot; a gap is asked for.</param>
/// <param name="Body">What the topic says.</param>
/// <param name="Exp">From then on the message has no effect.</param>
public sealed record Envelope(
    int V, MessageId Id, Timestamp Ts, long Bs, long Seq, JsonElement Body, Timestamp? Exp = null)
{
    /// <summary>The version that this program writes.</summary>
    public const int Version = 1;

    /// <summary>
    /// SHA-256 of the body as received: tells a repeated request from another one.
    /// </summary>
    [JsonIgnore]
    public Digest BodyHash => Digest.Of(Encoding.UTF8.GetBytes(Body.GetRawText()));

    public static byte[] Encode<T>(
        MessageId id, Timestamp ts, long bs, long seq, T body, Timestamp? exp = null)
        where T : class, IDeviceBody<T>
    {
        JsonElement element = JsonSerializer.SerializeToElement(body, T.Json);
        Envelope envelope = new(Version, id, ts, bs, seq, element, exp);
        return JsonSerializer.SerializeToUtf8Bytes(envelope, DeviceJson.Default.Envelope);
    }

    /// <summary>Reads a payload; its body is read by what the topic says.</summary>
    public static bool TryDecode(
        ReadOnlyMemory<byte> payload,
        [NotNullWhen(true)] out Envelope? envelope,
        [NotNullWhen(false)] out string? why)
    {
        envelope = null;
        if (payload.Length > DeviceLimits.PayloadBytesMax)
        {
            why = $"payload: {payload.Length} bytes; allowed are {DeviceLimits.PayloadBytesMax}";
            return false;
        }

        if (!System.Text.Unicode.Utf8.IsValid(payload.Span))
        {
            why = "payload: not UTF-8; allowed is one UTF-8 JSON object";
            return false;
        }

        try
        {
            envelope = JsonSerializer.Deserialize(payload.Span, DeviceJson.Default.Envelope);
            why = envelope is null
                ? "payload: null; allowed is one JSON object"
                : Rules.WhyNot(envelope);
        }
        catch (JsonException malformed)
        {
            why = Describe("payload", malformed);
        }

        envelope = why is null ? envelope : null;
        return why is null;
    }

    /// <summary>Reads the body; a refusal names the field and what is allowed there.</summary>
    public bool TryRead<T>([NotNullWhen(true)] out T? body, [NotNullWhen(false)] out string? why)
        where T : class, IDeviceBody<T> => TryReadElement(Body, "body", out body, out why);

    internal static bool TryReadElement<T>(
        JsonElement element,
        string name,
        [NotNullWhen(true)] out T? body,
        [NotNullWhen(false)] out string? why)
        where T : class, IDeviceBody<T>
    {
        body = null;
        try
        {
            body = element.Deserialize(T.Json);
            string? problem = body is null ? "null; allowed is an object" : T.Rules.WhyNot(body);
            why = problem is null ? null : $"{name}.{problem}";
        }
        catch (JsonException malformed)
        {
            why = Describe(name, malformed);
        }

        body = why is null ? body : null;
        return why is null;
    }

    private static string Describe(string name, JsonException malformed)
    {
        string path = malformed.Path is { Length: > 1 } inner ? name + inner[1..] : name;
        string message = malformed.Message;
        int position = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return $"{path}: {(position > 0 ? message[..position] : message)}";
    }

    internal static BodyRules<Envelope> Rules { get; } = new BodyRules<Envelope>()
        .Long("v", x => x.V, Version, int.MaxValue)
        .Long("bs", x => x.Bs, 0, DeviceLimits.CounterMax)
        .Long("seq", x => x.Seq, 0, DeviceLimits.CounterMax)
        .Also(x => x.Body.ValueKind == JsonValueKind.Object
            ? null
            : $"body: {x.Body.ValueKind}; allowed is an object");
}
