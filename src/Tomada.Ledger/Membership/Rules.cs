using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// What the members agreed on and may change together. Durations are of the ledger clock.
/// </summary>
/// <param name="Version">1 at genesis, then one more at each change.</param>
/// <param name="ValidityMaxMs">How far ahead of block time validUntil may lie; default 10 min.
/// Times the clock factor.</param>
/// <param name="DecisionMaxMs">Longest time for owners to answer after inclusion; default 60
/// s.</param>
/// <param name="HorizonMs">How far ahead a window may end; default 30 days.</param>
/// <param name="GridMs">Windows start and end on multiples of this; default 5 min.</param>
/// <param name="LeadMs">How long before its window a station shows RESERVED; default 15
/// min.</param>
/// <param name="SessionGraceMs">How long after its window a session may still reach the ledger;
/// default 24 h.</param>
/// <param name="AcceptanceMs">Silence after AcknowledgeCdr that accepts a CDR; default 3
/// days.</param>
/// <param name="CreditLimit">What one company may owe, holds included, in minor units of any
/// currency.</param>
/// <param name="ClockFactor">Speed of the ledger clock; 1 unless genesis says simulated; 1 to
/// 7,200.</param>
/// <param name="BreakPenaltyPermille">What an owner owes the home company for a confirmed leg that
/// it breaks, in thousandths of the leg's price cap; 1 to 1,000, default 200; absent: nothing.
/// </param>
public sealed record Rules(
    int Version,
    long ValidityMaxMs,
    long DecisionMaxMs,
    long HorizonMs,
    long GridMs,
    long LeadMs,
    long SessionGraceMs,
    long AcceptanceMs,
    long CreditLimit,
    int ClockFactor,
    int? BreakPenaltyPermille = null)
{
    private const long MinuteMs = 60_000;
    private const long DayMs = 24 * 60 * MinuteMs;

    public static Codec<Rules> Codec { get; } = RecordCodec<Rules>.Versioned(1)
        .Field(1, "version", x => x.Version, Codecs.Int(1, int.MaxValue))
        .Field(2, "validityMaxMs", x => x.ValidityMaxMs, Codecs.Long(MinuteMs, DayMs))
        .Field(3, "decisionMaxMs", x => x.DecisionMaxMs, Codecs.Long(1_000, 60 * MinuteMs))
        .Field(4, "horizonMs", x => x.HorizonMs, Codecs.Long(DayMs, 366 * DayMs))
        .Field(5, "gridMs", x => x.GridMs, Codecs.Long(MinuteMs, 60 * MinuteMs))
        .Field(6, "leadMs", x => x.LeadMs, Codecs.Long(0, DayMs))
        .Field(7, "sessionGraceMs", x => x.SessionGraceMs, Codecs.Long(MinuteMs, 30 * DayMs))
        .Field(8, "acceptanceMs", x => x.AcceptanceMs, Codecs.Long(MinuteMs, 90 * DayMs))
        .Field(9, "creditLimit", x => x.CreditLimit, Codecs.Long(0, Money.AmountMax))
        .Field(10, "clockFactor", x => x.ClockFactor, Codecs.Int(1, LedgerLimits.ClockFactorMax))
        .OptionalValue(
            11, "breakPenaltyPermille", x => x.BreakPenaltyPermille, Codecs.Int(1, 1_000));

    public static Rules Default { get; } = new(
        Version: 1,
        ValidityMaxMs: 10 * MinuteMs,
        DecisionMaxMs: MinuteMs,
        HorizonMs: 30 * DayMs,
        GridMs: 5 * MinuteMs,
        LeadMs: 15 * MinuteMs,
        SessionGraceMs: DayMs,
        AcceptanceMs: 3 * DayMs,
        CreditLimit: 100_000_000,
        ClockFactor: 1,
        BreakPenaltyPermille: 200);
}

/// <summary>
/// One member's voice for new rules. They take effect in the block in which a quorum of members
/// has asked for the same content with Version = the current one + 1.
/// </summary>
public sealed record SetRules(Rules Rules) : Body
{
    public static new Codec<SetRules> Codec { get; } = RecordCodec<SetRules>.Versioned(1)
        .Field(1, "rules", x => x.Rules, Rules.Codec);
}

/// <summary>
/// The ledger clock as a function of the wall clock: ledger = Ledger + (wall − Wall) · Factor.
/// At genesis both anchors are the genesis time and the factor is that of its rules; a change of
/// the factor anchors at the time of its block.
/// </summary>
public sealed record ClockAnchor(Timestamp Ledger, Timestamp Wall, int Factor)
{
    public static Codec<ClockAnchor> Codec { get; } = RecordCodec<ClockAnchor>.Versioned(1)
        .Field(1, "ledger", x => x.Ledger, Timestamp.Codec)
        .Field(2, "wall", x => x.Wall, Timestamp.Codec)
        .Field(3, "factor", x => x.Factor, Codecs.Int(1, LedgerLimits.ClockFactorMax));

    public Timestamp ToLedger(Timestamp wall) =>
        new(Ledger.UnixMs + ((wall.UnixMs - Wall.UnixMs) * Factor));

    public Timestamp ToWall(Timestamp ledger) =>
        new(Wall.UnixMs + ((ledger.UnixMs - Ledger.UnixMs) / Factor));

    /// <summary>The clock that runs with another factor from this ledger time on.</summary>
    public ClockAnchor ChangeAt(Timestamp ledger, int factor) =>
        new(ledger, ToWall(ledger), factor);
}
