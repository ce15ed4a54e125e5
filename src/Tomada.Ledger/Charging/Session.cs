using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>OCPI SessionStatus, the values used here.</summary>
public enum SessionState
{
    Active = 1,
    Completed = 2,
}

/// <summary>A charging session on the ledger (OCPI Session).</summary>
/// <param name="Id">Leg and attempt.</param>
/// <param name="Home">Who pays.</param>
/// <param name="Evse">Where; its company is the owner.</param>
/// <param name="Start">What the station signed at the start.</param>
/// <param name="LastSequence">Sequence of the newest reading; 0 at the start.</param>
/// <param name="LastAt">Time of the newest reading.</param>
/// <param name="LastMeterWh">Newest reading.</param>
/// <param name="State">Active or completed.</param>
public sealed record Session(
    SessionId Id,
    CompanyId Home,
    EvseId Evse,
    SessionStart Start,
    int LastSequence,
    Timestamp LastAt,
    long LastMeterWh,
    SessionState State)
{
    public static Codec<Session> Codec { get; } = RecordCodec<Session>.Versioned(1)
        .Field(1, "id", x => x.Id, SessionId.Codec)
        .Field(2, "home", x => x.Home, CompanyId.Codec)
        .Field(3, "evse", x => x.Evse, EvseId.Codec)
        .Field(4, "start", x => x.Start, SessionStart.Codec)
        .Field(5, "lastSequence", x => x.LastSequence, Codecs.Int(0, 1_000_000))
        .Field(6, "lastAt", x => x.LastAt, Timestamp.Codec)
        .Field(7, "lastMeterWh", x => x.LastMeterWh, Codecs.Long(0, LedgerLimits.MeterWhMax))
        .Field(8, "state", x => x.State, Codecs.Enum<SessionState>());

    public long EnergyWh => LastMeterWh - Start.MeterWh;
}

/// <summary>The life of a CDR as far as this ledger goes.</summary>
public enum CdrState
{
    Issued = 1,
    Acknowledged = 2,
    Accepted = 3,
    Settled = 4,
}

/// <summary>One priced line of a CDR.</summary>
/// <param name="Type">Which component.</param>
/// <param name="Volume">Billed Wh, seconds or sessions, after the step.</param>
/// <param name="PriceMicros">Unit price.</param>
/// <param name="CostMicros">
/// Its cost to the nearest millionth of the currency, half-even, for readers. A CDR's total is not
/// a sum of these but of the exact products (<see cref="TariffEngine.Total"/>).
/// </param>
public sealed record CdrLine(TariffDimension Type, long Volume, long PriceMicros, long CostMicros)
{
    public static Codec<CdrLine> Codec { get; } = RecordCodec<CdrLine>.Part()
        .Field(1, "type", x => x.Type, Codecs.Enum<TariffDimension>())
        .Field(2, "volume", x => x.Volume, Codecs.Long(0, LedgerLimits.MeterWhMax))
        .Field(3, "priceMicros", x => x.PriceMicros, Codecs.Long(0, 1_000_000_000_000))
        .Field(4, "costMicros", x => x.CostMicros, Codecs.Long(0, long.MaxValue));
}

/// <summary>
/// What a session costs (OCPI CDR), computed by every replica; nobody sends an amount.
/// </summary>
/// <param name="Session">The session; each has one CDR.</param>
/// <param name="Home">Who owes.</param>
/// <param name="Evse">Where; its company is owed.</param>
/// <param name="Tariff">Hash of the pinned tariff.</param>
/// <param name="Period">From start to end of the session.</param>
/// <param name="EnergyWh">Energy delivered.</param>
/// <param name="Lines">The priced lines.</param>
/// <param name="Total">Sum of the lines, rounded once half-even, and no more than the leg's price
/// cap.</param>
/// <param name="State">Where it stands.</param>
/// <param name="IssuedAt">Block time.</param>
/// <param name="AcknowledgedAt">Block time of AcknowledgeCdr; silence counts from it.</param>
/// <param name="SettledIn">The period that netted it.</param>
public sealed record Cdr(
    SessionId Session,
    CompanyId Home,
    EvseId Evse,
    Digest Tariff,
    TimeWindow Period,
    long EnergyWh,
    ImmutableArray<CdrLine> Lines,
    Money Total,
    CdrState State,
    Timestamp IssuedAt,
    Timestamp? AcknowledgedAt,
    int? SettledIn)
{
    public static Codec<Cdr> Codec { get; } = RecordCodec<Cdr>.Versioned(1)
        .Field(1, "session", x => x.Session, SessionId.Codec)
        .Field(2, "home", x => x.Home, CompanyId.Codec)
        .Field(3, "evse", x => x.Evse, EvseId.Codec)
        .Field(4, "tariff", x => x.Tariff, Digest.Codec)
        .Field(5, "period", x => x.Period, TimeWindow.Codec)
        .Field(6, "energyWh", x => x.EnergyWh, Codecs.Long(0, LedgerLimits.EnergyWhMax))
        .Field(
            7, "lines", x => x.Lines, Codecs.List(CdrLine.Codec, 0, LedgerLimits.TariffElementsMax))
        .Field(8, "total", x => x.Total, Money.Codec)
        .Field(9, "state", x => x.State, Codecs.Enum<CdrState>())
        .Field(10, "issuedAt", x => x.IssuedAt, Timestamp.Codec)
        .OptionalValue(11, "acknowledgedAt", x => x.AcknowledgedAt, Timestamp.Codec)
        .OptionalValue(12, "settledIn", x => x.SettledIn, Codecs.Int(1, LedgerLimits.PeriodMax));

    /// <summary>Who is owed.</summary>
    public CompanyId Owner => Evse.Company;
}
