using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;

namespace Tomada.DeviceApi;

/// <summary>How a request or command ended.</summary>
[JsonConverter(typeof(OcpiEnumConverter<ReplyCode>))]
public enum ReplyCode
{
    Unknown = 0,
    Ok = 1,

    /// <summary>Work goes on; exactly one more reply follows.</summary>
    Pending = 2,

    Invalid = 3,
    Unauthorized = 4,
    NotFound = 5,

    /// <summary>
    /// The same id came before with another body, or the state does not allow it.
    /// </summary>
    Conflict = 6,

    /// <summary>The time is taken.</summary>
    Occupied = 7,

    Expired = 8,

    /// <summary>Too much at once; retryAfterMs says when to come again.</summary>
    Busy = 9,

    Unavailable = 10,
    Internal = 11,
}

/// <summary>The answer to a request (dn/reply) or to a command (up/ack).</summary>
/// <param name="Re">Id of the message that is answered.</param>
/// <param name="Ok">Whether it was done; true for PENDING as well.</param>
/// <param name="Code">How it ended.</param>
/// <param name="RetryAfterMs">When trying again makes sense.</param>
/// <param name="Why">For people: what and where, in English.</param>
/// <param name="Body">What was asked for.</param>
public sealed record Reply(
    MessageId Re,
    bool Ok,
    ReplyCode Code,
    long? RetryAfterMs = null,
    string? Why = null,
    JsonElement? Body = null) : IDeviceBody<Reply>
{
    public static JsonTypeInfo<Reply> Json => DeviceJson.Default.Reply;

    public static Reply Done(MessageId re) => new(re, true, ReplyCode.Ok);

    public static Reply Done<T>(MessageId re, T body)
        where T : class, IDeviceBody<T> =>
        new(re, true, ReplyCode.Ok, Body: JsonSerializer.SerializeToElement(body, T.Json));

    public static Reply Pending(MessageId re) => new(re, true, ReplyCode.Pending);

    public static Reply Refused(
        MessageId re, ReplyCode code, string why, long? retryAfterMs = null) =>
        new(re, false, code, retryAfterMs, why);

    public static Reply Refused<T>(MessageId re, ReplyCode code, string why, T body)
        where T : class, IDeviceBody<T> =>
        new(re, false, code, null, why, JsonSerializer.SerializeToElement(body, T.Json));

    public bool TryRead<T>([NotNullWhen(true)] out T? body, [NotNullWhen(false)] out string? why)
        where T : class, IDeviceBody<T>
    {
        if (Body is { } element)
        {
            return Envelope.TryReadElement(element, "body.body", out body, out why);
        }

        body = null;
        why = "body.body: absent; allowed is an object";
        return false;
    }

    public static BodyRules<Reply> Rules { get; } = new BodyRules<Reply>()
        .Long("retryAfterMs", x => x.RetryAfterMs, 0, DeviceLimits.RetryAfterMaxMs);
}
