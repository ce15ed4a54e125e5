using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// Every table of the state: its name, how its key is written in a state path, and how its value
/// is written. Whoever has a row's key can ask for the proof of its value, or of its absence.
/// </summary>
public static class Tables
{
    /// <summary>The key of a table that has one row.</summary>
    public const int OnlyRow = 0;

    /// <summary>The key of a table that has one row, in a state path.</summary>
    private static readonly Codec<int> s_onlyRow = Codecs.Int(OnlyRow, OnlyRow);

    private static readonly List<Table> s_all = [];

    // Membership.
    public static Table<CompanyId, MemberRecord> Members { get; } =
        Proven("member", CompanyId.Codec, MemberRecord.Codec);

    public static Table<int, Rules> Rules { get; } = Proven("rules", s_onlyRow, Ledger.Rules.Codec);

    public static Table<CompanyId, Rules> RulesVotes { get; } =
        Proven("rules-vote", CompanyId.Codec, Ledger.Rules.Codec);

    public static Table<int, ClockAnchor> Clock { get; } =
        Proven("clock", s_onlyRow, ClockAnchor.Codec);

    /// <summary>Companies that were members.</summary>
    public static Table<CompanyId, Party> Parties { get; } =
        Proven("party", CompanyId.Codec, Party.Codec);

    /// <summary>Changes of the members that wait, by the change's id.</summary>
    public static Table<Digest, MemberProposal> Proposals { get; } =
        Proven("member-proposal", Digest.Codec, MemberProposal.Codec);

    /// <summary>Changes that took effect, by the height of their block.</summary>
    public static Table<long, ConcludedChange> MemberHistory { get; } =
        Proven("member-change", Codecs.Long(1, long.MaxValue), ConcludedChange.Codec);

    public static Table<LaneId, Lane> Lanes { get; } = Proven("lane", LaneId.Codec, Lane.Codec);

    /// <summary>Proven contradictions of members.</summary>
    public static Table<GuiltId, Guilt> Guilts { get; } =
        Proven("guilt", GuiltId.Codec, Guilt.Codec);

    /// <summary>Proven cosignatures over heads that cannot be of one log.</summary>
    public static Table<GuiltId, HeadGuilt> HeadGuilts { get; } =
        Proven("head-guilt", GuiltId.Codec, HeadGuilt.Codec);

    // Stations.
    public static Table<LocationId, PutLocation> Locations { get; } =
        Proven("location", LocationId.Codec, PutLocation.Codec);

    public static Table<EvseId, Evse> Evses { get; } = Proven("evse", EvseId.Codec, Evse.Codec);

    /// <summary>The present content of each price list.</summary>
    public static Table<TariffId, Digest> TariffHashes { get; } =
        Proven("tariff", TariffId.Codec, Digest.Codec);

    /// <summary>Every content that a price list ever had, by its hash: legs pin it.</summary>
    public static Table<Digest, Tariff> Tariffs { get; } =
        Proven("tariff-content", Digest.Codec, Tariff.Codec);

    /// <summary>The same for price lists in OCPI's full form.</summary>
    public static Table<Digest, OcpiTariff> OcpiTariffs { get; } =
        Proven("ocpi-tariff-content", Digest.Codec, OcpiTariff.Codec);

    // Trips.
    public static Table<TripId, Trip> Trips { get; } = Proven("trip", TripId.Codec, Trip.Codec);

    public static Table<EvseId, ImmutableArray<Booking>> Calendar { get; } =
        Proven("calendar", EvseId.Codec, CalendarRules.RowCodec);

    /// <summary>Legs that their owners broke, with what they owe for it.</summary>
    public static Table<LegId, BrokenLeg> BrokenLegs { get; } =
        Proven("broken-leg", LegId.Codec, BrokenLeg.Codec);

    // Charging.
    public static Table<SessionId, Session> Sessions { get; } =
        Proven("session", SessionId.Codec, Session.Codec);

    public static Table<SessionId, Cdr> Cdrs { get; } = Proven("cdr", SessionId.Codec, Cdr.Codec);

    /// <summary>Readings of the sessions that an OCPI tariff prices.</summary>
    public static Table<SessionId, SessionReadings> Readings { get; } =
        Proven("session-readings", SessionId.Codec, SessionReadings.Codec);

    /// <summary>How an OCPI tariff priced a session.</summary>
    public static Table<SessionId, CdrPrice> CdrPrices { get; } =
        Proven("cdr-price", SessionId.Codec, CdrPrice.Codec);

    // Clearing.
    public static Table<LegId, Hold> Holds { get; } = Proven("hold", LegId.Codec, Hold.Codec);

    public static Table<AccountId, Account> Accounts { get; } =
        Proven("account", AccountId.Codec, Account.Codec);

    public static Table<int, Period> Periods { get; } =
        Proven("period", Codecs.Int(1, LedgerLimits.PeriodMax), Period.Codec);

    /// <summary>
    /// When a subject's deadline is. No index: it was set under the rules of its day, and rules
    /// that changed since would compute another.
    /// </summary>
    public static Table<DeadlineSubject, Timestamp> DeadlineTimes { get; } =
        Proven("deadline", DeadlineSubject.Codec, Timestamp.Codec);

    // Indexes, each with how it follows from the rows above.

    /// <summary>What falls due, soonest first.</summary>
    public static Table<Deadline, bool> Deadlines { get; } =
        Index("deadline-order", Deadline.Codec, Codecs.Bool, Indexes.DeadlineOrder);

    /// <summary>Sum of each company's holds in minor units, per currency; none is zero.</summary>
    public static Table<HeldBy, long> Held { get; } =
        Index("held", HeldBy.Codec, Codecs.Long(0, long.MaxValue), Indexes.Held);

    /// <summary>The session of each EVSE that started last.</summary>
    public static Table<EvseId, SessionId> NewestSessions { get; } =
        Index("newest-session", EvseId.Codec, SessionId.Codec, Indexes.NewestSessions);

    /// <summary>The CDRs that the next closing of a period nets.</summary>
    public static Table<SessionId, bool> AcceptedCdrs { get; } =
        Index("accepted-cdr", SessionId.Codec, Codecs.Bool, Indexes.AcceptedCdrs);

    /// <summary>The penalties that the next closing of a period nets.</summary>
    public static Table<LegId, bool> OpenPenalties { get; } =
        Index("open-penalty", LegId.Codec, Codecs.Bool, Indexes.OpenPenalties);

    /// <summary>All of the above.</summary>
    public static IReadOnlyList<Table> All => s_all;

    private static Table<TKey, TValue> Proven<TKey, TValue>(
        string name, Codec<TKey> key, Codec<TValue> value)
        where TKey : notnull => Add(new Table<TKey, TValue>(name, s_all.Count, key, value, null));

    private static Table<TKey, TValue> Index<TKey, TValue>(
        string name,
        Codec<TKey> key,
        Codec<TValue> value,
        Func<StateRows, IEnumerable<KeyValuePair<TKey, TValue>>> derive)
        where TKey : notnull => Add(new Table<TKey, TValue>(name, s_all.Count, key, value, derive));

    private static Table<TKey, TValue> Add<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : notnull
    {
        s_all.Add(table);
        return table;
    }
}
