using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>Why a session ended (after OCPP's stop reasons).</summary>
public enum EndReason
{
    /// <summary>The car or driver asked for it.</summary>
    Driver = 1,

    /// <summary>The agreed energy or the car's limit was reached.</summary>
    Complete = 2,

    /// <summary>The window ended.</summary>
    WindowEnded = 3,

    /// <summary>The station failed.</summary>
    Fault = 4,
}

/// <summary>What a station signs when a session starts.</summary>
/// <param name="Session">Leg and attempt.</param>
/// <param name="Evse">The EVSE whose station key signs.</param>
/// <param name="Secret">32 bytes that the car gave at the plug; hashes to the leg's
/// secretHash.</param>
/// <param name="At">Start on the station's ledger clock; inside the leg's window.</param>
/// <param name="MeterWh">The meter's reading, in Wh.</param>
public sealed record SessionStart(
    SessionId Session, EvseId Evse, byte[] Secret, Timestamp At, long MeterWh)
{
    public static Codec<SessionStart> Codec { get; } = RecordCodec<SessionStart>.Versioned(1)
        .Field(1, "session", x => x.Session, SessionId.Codec)
        .Field(2, "evse", x => x.Evse, EvseId.Codec)
        .Field(3, "secret", x => x.Secret, Codecs.Bytes(32, 32))
        .Field(4, "at", x => x.At, Timestamp.Codec)
        .Field(5, "meterWh", x => x.MeterWh, Codecs.Long(0, LedgerLimits.MeterWhMax));

    /// <summary>What the station's key signs.</summary>
    public byte[] SignedMessage(Digest network) =>
        Signing.Message("tomada/v1/session-start", network.ToArray(), Codec.Encode(this));
}

/// <summary>What a station signs during a session.</summary>
/// <param name="Session">A running session.</param>
/// <param name="Sequence">OCPP's seqNo: 0 is the start, then 1, 2, 3 … without gap.</param>
/// <param name="At">On the station's ledger clock; ascends.</param>
/// <param name="MeterWh">The meter's reading, in Wh; never falls.</param>
public sealed record MeterReading(SessionId Session, int Sequence, Timestamp At, long MeterWh)
{
    public static Codec<MeterReading> Codec { get; } = RecordCodec<MeterReading>.Versioned(1)
        .Field(1, "session", x => x.Session, SessionId.Codec)
        .Field(2, "sequence", x => x.Sequence, Codecs.Int(1, 1_000_000))
        .Field(3, "at", x => x.At, Timestamp.Codec)
        .Field(4, "meterWh", x => x.MeterWh, Codecs.Long(0, LedgerLimits.MeterWhMax));

    public byte[] SignedMessage(Digest network) =>
        Signing.Message("tomada/v1/meter", network.ToArray(), Codec.Encode(this));
}

/// <summary>What a station signs when a session ends.</summary>
/// <param name="Session">A running session.</param>
/// <param name="Sequence">One more than the last reading's.</param>
/// <param name="At">End on the station's ledger clock.</param>
/// <param name="MeterWh">The meter's last reading, in Wh.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record SessionEnd(
    SessionId Session, int Sequence, Timestamp At, long MeterWh, EndReason Reason)
{
    public static Codec<SessionEnd> Codec { get; } = RecordCodec<SessionEnd>.Versioned(1)
        .Field(1, "session", x => x.Session, SessionId.Codec)
        .Field(2, "sequence", x => x.Sequence, Codecs.Int(1, 1_000_000))
        .Field(3, "at", x => x.At, Timestamp.Codec)
        .Field(4, "meterWh", x => x.MeterWh, Codecs.Long(0, LedgerLimits.MeterWhMax))
        .Field(5, "reason", x => x.Reason, Codecs.Enum<EndReason>());

    public byte[] SignedMessage(Digest network) =>
        Signing.Message("tomada/v1/session-end", network.ToArray(), Codec.Encode(this));
}

/// <summary>
/// The owner brings a session's start; the secret proves that the car was at the plug.
/// </summary>
public sealed record StartSession(SessionStart Start, byte[] StationSignature) : Body
{
    public static new Codec<StartSession> Codec { get; } = RecordCodec<StartSession>.Versioned(1)
        .Field(1, "start", x => x.Start, SessionStart.Codec)
        .Field(2, "stationSignature", x => x.StationSignature, Signing.SignatureCodec);
}

/// <summary>The owner brings a meter reading of a running session.</summary>
public sealed record ReportMeter(MeterReading Reading, byte[] StationSignature) : Body
{
    public static new Codec<ReportMeter> Codec { get; } = RecordCodec<ReportMeter>.Versioned(1)
        .Field(1, "reading", x => x.Reading, MeterReading.Codec)
        .Field(2, "stationSignature", x => x.StationSignature, Signing.SignatureCodec);
}

/// <summary>
/// The owner brings a session's end; the rules compute the CDR in the same block.
/// </summary>
public sealed record EndSession(SessionEnd End, byte[] StationSignature) : Body
{
    public static new Codec<EndSession> Codec { get; } = RecordCodec<EndSession>.Versioned(1)
        .Field(1, "end", x => x.End, SessionEnd.Codec)
        .Field(2, "stationSignature", x => x.StationSignature, Signing.SignatureCodec);
}
