using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>OCPP 2.0.1 TransactionEvent.</summary>
[JsonConverter(typeof(OcpiEnumConverter<SessionEvent>))]
public enum SessionEvent
{
    Unknown = 0,
    Started = 1,
    Updated = 2,
    Ended = 3,
}

/// <summary>Why a session ended; the numbers are those of the ledger's EndReason.</summary>
[JsonConverter(typeof(OcpiEnumConverter<SessionEndReason>))]
public enum SessionEndReason
{
    Unknown = 0,
    Driver = 1,
    Complete = 2,
    WindowEnded = 3,
    Fault = 4,
}

/// <summary>
/// One step of a charging session, signed by the station's key: the signature is over the ledger's
/// SessionStart, MeterReading or SessionEnd made of these fields.
/// </summary>
/// <param name="Event">Started, updated or ended.</param>
/// <param name="TxSeq">0 at the start, then 1, 2, 3 … without gap; a gap is asked for.</param>
/// <param name="Session">Leg and attempt.</param>
/// <param name="Evse">Where.</param>
/// <param name="At">Ledger time.</param>
/// <param name="MeterWh">The meter's reading.</param>
/// <param name="Offline">Whether the station had no connection when it happened.</param>
/// <param name="Signature">64 bytes, Ed25519.</param>
/// <param name="Secret">Of a start: the 32 bytes that the car gave at the plug.</param>
/// <param name="Reason">Of an end.</param>
public sealed record SessionBody(
    SessionEvent Event,
    int TxSeq,
    SessionId Session,
    EvseId Evse,
    Timestamp At,
    long MeterWh,
    bool Offline,
    [property: JsonConverter(typeof(SignatureConverter))] byte[] Signature,
    [property: JsonConverter(typeof(SecretConverter))] byte[]? Secret = null,
    SessionEndReason? Reason = null) : IDeviceBody<SessionBody>
{
    public static JsonTypeInfo<SessionBody> Json => DeviceJson.Default.SessionBody;

    public static BodyRules<SessionBody> Rules { get; } = new BodyRules<SessionBody>()
        .Known("event", x => (SessionEvent?)x.Event)
        .Long("meterWh", x => x.MeterWh, 0, DeviceLimits.MeterWhMax)
        .Long("txSeq", x => x.TxSeq, 0, DeviceLimits.TxSeqMax)
        .Known("reason", x => x.Reason)
        .Also(x => x switch
        {
            { Event: SessionEvent.Started, TxSeq: not 0 } =>
                $"txSeq: {x.TxSeq}; a start has 0",
            { Event: SessionEvent.Started, Secret: null } =>
                "secret: absent; a start carries 32 bytes",
            { Event: not SessionEvent.Started, TxSeq: 0 } =>
                "txSeq: 0; what follows a start has 1 and above",
            { Event: SessionEvent.Ended, Reason: null } =>
                "reason: absent; allowed are DRIVER, COMPLETE, WINDOW_ENDED, FAULT",
            _ => null,
        });
}
