using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Every bound of the ledger that is fixed by the format; what rules may change is in Rules.
/// </summary>
public static class LedgerLimits
{
    /// <summary>Largest log entry, in bytes; a larger one is malformed.</summary>
    public const int EntryBytesMax = 65_535;

    /// <summary>
    /// Largest signed transaction, in bytes: leaves room for outcome and effects in its entry.
    /// </summary>
    public const int TransactionBytesMax = 32_768;

    /// <summary>Most transactions of one block.</summary>
    public const int BlockTransactionsMax = 4_096;

    /// <summary>
    /// Most entries of one block, its seal not counted; further expiries wait for the next.
    /// </summary>
    public const int BlockEntriesMax = 8_192;

    /// <summary>Most bytes of all transactions of one block; the rest waits for the next.</summary>
    public const int BlockTransactionBytesMax = 2 * 1_024 * 1_024;

    /// <summary>
    /// Most deadlines that one block acts on; the rest waits for the next. So few that a block of
    /// them alone, each of the largest kind, stays far below what consensus carries.
    /// </summary>
    public const int SweepMax = 1_024;

    /// <summary>
    /// Most passed holds that one proposal sweeps out of its way; at the limit its window counts as
    /// taken until the sweep has come further, for an entry holds only so many effects.
    /// </summary>
    public const int ExpiriesPerProposalMax = 256;

    /// <summary>
    /// Latest block time: every time that the rules add to it can still be written.
    /// </summary>
    public static Timestamp BlockTimeMax { get; } = Timestamp.Parse("9990-01-01T00:00:00Z");

    /// <summary>Most bookings of one EVSE at a time; a further one is refused.</summary>
    public const int BookingsMax = 10_000;

    /// <summary>
    /// How far ahead the word on an EVSE's availability may reach, in ms: 30 days.
    /// </summary>
    public const long AvailabilityMaxMs = 30L * 24 * 60 * 60 * 1_000;

    /// <summary>
    /// Bytes of rows after which a part of a snapshot is full; the row that fills it is still in.
    /// </summary>
    public const int SnapshotPartBytes = 512 * 1_024;

    /// <summary>
    /// Largest value of a row in a snapshot, in bytes: the calendar of one EVSE with every booking.
    /// </summary>
    public const int SnapshotRowBytesMax = 2 * 1_024 * 1_024;

    /// <summary>Most rows in one section of a part; more go into a further part.</summary>
    public const int SnapshotRowsMax = 8_192;

    /// <summary>
    /// Largest certificate inside a seal, in bytes; a block with a larger one is malformed. More
    /// than the votes of <see cref="MembersMax"/> members take (8 KiB), so that a seal is far from
    /// <see cref="EntryBytesMax"/>. Promises of ballots above 0 are never in a seal.
    /// </summary>
    public const int CertificateBytesMax = 16_384;

    /// <summary>Highest lane of a company.</summary>
    public const int LaneMax = 255;

    /// <summary>Highest transaction number of a lane.</summary>
    public const long NumberMax = 1L << 52;

    /// <summary>How far below the lane's highest number a transaction may still come in.</summary>
    public const int LaneWindow = 1_024;

    /// <summary>Most members of a network that the format can carry.</summary>
    public const int MembersMax = 100;

    /// <summary>
    /// How long a proposed change of the members stands, and its votes with it, in ms of wall time:
    /// 7 days. Times the clock factor.
    /// </summary>
    public const long ProposalLastsMs = 7L * 24 * 60 * 60 * 1_000;

    /// <summary>Open proposals of one member; one more is refused.</summary>
    public const int ProposalsPerMemberMax = 3;

    /// <summary>
    /// Open proposals in all; one more is refused. So many that one change, which may end them all,
    /// still fits into one entry.
    /// </summary>
    public const int ProposalsMax = 300;

    /// <summary>
    /// Most votes, and words of being ready, that one proposal holds: those of all members and of
    /// as many who were members meanwhile.
    /// </summary>
    public const int ProposalVotesMax = 2_000;

    /// <summary>
    /// How long a Ready counts, in ms of wall time: 60 s. Times the clock factor.
    /// </summary>
    public const long ReadyValidMs = 60_000;

    /// <summary>
    /// How far the tip that a Ready names may be behind the newest block, in ms of wall time: 30 s.
    /// Times the clock factor.
    /// </summary>
    public const long ReadyTipAgeMsMax = 30_000;

    /// <summary>
    /// Proofs of guilt that the ledger keeps against one company; one more is refused, for one
    /// suffices and a liar may make any number.
    /// </summary>
    public const int GuiltsPerCompanyMax = 16;

    /// <summary>Longest free text (names, addresses), in UTF-8 bytes.</summary>
    public const int TextMax = 200;

    /// <summary>Most effects of one entry; the rules never need more for one transaction.</summary>
    public const int EffectsMax = 512;

    /// <summary>Most connectors of one EVSE.</summary>
    public const int ConnectorsMax = 8;

    /// <summary>Most elements of a tariff, and price components of an element.</summary>
    public const int TariffElementsMax = 32;

    /// <summary>
    /// Readings kept of a session; beyond them the newest replaces the one before it.
    /// </summary>
    public const int ReadingsMax = 200;

    /// <summary>Largest energy of one leg or session, in Wh.</summary>
    public const long EnergyWhMax = 1_000_000;

    /// <summary>Largest meter reading, in Wh.</summary>
    public const long MeterWhMax = 1L << 50;

    /// <summary>Largest power, in W.</summary>
    public const int PowerWMax = 10_000_000;

    /// <summary>Highest clock factor of a simulated network.</summary>
    public const int ClockFactorMax = 7_200;

    /// <summary>Highest settlement period.</summary>
    public const int PeriodMax = 1_000_000;

    /// <summary>
    /// How far a station's clock may be ahead of block time, in ms of wall time: 2 s. Times the
    /// clock factor.
    /// </summary>
    public const long DeviceAheadMsMax = 2_000;

    /// <summary>
    /// Longest session, in ms: 1,000 days. A session starts inside its window and ends, by the
    /// rules if nobody ends it, when the window's grace is over; horizon and grace of every
    /// possible
    /// <see cref="Rules"/> stay below this.
    /// </summary>
    public const long SessionMsMax = 1_000L * 24 * 60 * 60 * 1_000;

    /// <summary>
    /// Most net positions of one period: what still fits into one entry with its postings and
    /// payments. CDRs in currencies that no longer fit wait for the next period.
    /// </summary>
    public const int PeriodPositionsMax = 400;

    /// <summary>
    /// Most CDRs and penalties that one period settles; penalties, and CDRs with the highest ids,
    /// wait for the next.
    /// </summary>
    public const int PeriodCdrsMax = 10_000;
}
