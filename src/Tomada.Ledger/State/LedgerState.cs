using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>
/// What the blocks add up to: a pure function of genesis and blocks. Immutable; versions share
/// what did not change, so a snapshot costs nothing and may be read by any thread.
/// </summary>
public sealed class LedgerState
{
    private LedgerState(Genesis genesis)
    {
        Genesis = genesis;
        Network = genesis.NetworkId;
        Tip = Network;
        Time = genesis.Draft.Time;
        Rows = StateRows.Empty;
        Tree = StateTree.Empty;
    }

    private LedgerState(LedgerState parent, StateRows rows, StateTree tree)
    {
        Genesis = parent.Genesis;
        Network = parent.Network;
        Height = parent.Height;
        Tip = parent.Tip;
        Time = parent.Time;
        Size = parent.Size;
        Rows = rows;
        Tree = tree;
        GovernanceRoot = ReferenceEquals(Members, parent.Members)
            ? parent.GovernanceRoot
            : Governance.Of(Members).Root();
    }

    public Genesis Genesis { get; }

    /// <summary>The network id: hash of the genesis draft.</summary>
    public Digest Network { get; }

    public bool Simulated => Genesis.Draft.Simulated;

    /// <summary>Height of the newest block; 0 at genesis.</summary>
    public long Height { get; private init; }

    /// <summary>Digest of the newest block; the network id at height 0.</summary>
    public Digest Tip { get; private init; }

    /// <summary>Time of the newest block; the draft's time at height 0.</summary>
    public Timestamp Time { get; private init; }

    /// <summary>Entries in the log so far, seals included.</summary>
    public long Size { get; private init; }

    public Rules Rules => Of(Tables.Rules)[Tables.OnlyRow];

    public ClockAnchor Clock => Of(Tables.Clock)[Tables.OnlyRow];

    public ImmutableSortedDictionary<CompanyId, MemberRecord> Members => Of(Tables.Members);

    /// <summary>Each member's standing vote for the next rules.</summary>
    public ImmutableSortedDictionary<CompanyId, Rules> RulesVotes => Of(Tables.RulesVotes);

    /// <summary>Companies that were members.</summary>
    public ImmutableSortedDictionary<CompanyId, Party> Parties => Of(Tables.Parties);

    /// <summary>Changes of the members that wait, by the change's id.</summary>
    public ImmutableSortedDictionary<Digest, MemberProposal> Proposals => Of(Tables.Proposals);

    /// <summary>Changes that took effect, by the height of their block.</summary>
    public ImmutableSortedDictionary<long, ConcludedChange> MemberHistory => Of(
        Tables.MemberHistory);

    public ImmutableSortedDictionary<LaneId, Lane> Lanes => Of(Tables.Lanes);

    /// <summary>Proven contradictions of members.</summary>
    public ImmutableSortedDictionary<GuiltId, Guilt> Guilts => Of(Tables.Guilts);

    /// <summary>Proven cosignatures over heads that cannot be of one log.</summary>
    public ImmutableSortedDictionary<GuiltId, HeadGuilt> HeadGuilts => Of(Tables.HeadGuilts);

    public ImmutableSortedDictionary<LocationId, PutLocation> Locations => Of(Tables.Locations);

    public ImmutableSortedDictionary<EvseId, Evse> Evses => Of(Tables.Evses);

    /// <summary>The present content of each price list.</summary>
    public ImmutableSortedDictionary<TariffId, Digest> TariffHashes => Of(Tables.TariffHashes);

    /// <summary>Every content that a price list ever had.</summary>
    public ImmutableSortedDictionary<Digest, Tariff> Tariffs => Of(Tables.Tariffs);

    /// <summary>The same in OCPI's full form.</summary>
    public ImmutableSortedDictionary<Digest, OcpiTariff> OcpiTariffs => Of(Tables.OcpiTariffs);

    public ImmutableSortedDictionary<TripId, Trip> Trips => Of(Tables.Trips);

    /// <summary>
    /// Who has the right to an EVSE's time: ordered, never overlapping, ended legs removed.
    /// </summary>
    public ImmutableSortedDictionary<EvseId, ImmutableArray<Booking>> Calendar => Of(
        Tables.Calendar);

    public ImmutableSortedDictionary<SessionId, Session> Sessions => Of(Tables.Sessions);

    public ImmutableSortedDictionary<SessionId, Cdr> Cdrs => Of(Tables.Cdrs);

    public ImmutableSortedDictionary<LegId, Hold> Holds => Of(Tables.Holds);

    public ImmutableSortedDictionary<AccountId, Account> Accounts => Of(Tables.Accounts);

    public ImmutableSortedDictionary<int, Period> Periods => Of(Tables.Periods);

    /// <summary>Root of the state tree.</summary>
    public Digest StateRoot => Tree.Root;

    /// <summary>Hash of members, f and q: what the votes of the next height sign.</summary>
    public Digest GovernanceRoot { get; }

    /// <summary>
    /// The soonest time at which the rules will act by themselves; null when nothing waits.
    /// </summary>
    public Timestamp? NextDeadline
    {
        get
        {
            ImmutableSortedDictionary<Deadline, bool> deadlines = Of(Tables.Deadlines);
            return deadlines.IsEmpty ? null : deadlines.Keys.First().At;
        }
    }

    internal StateRows Rows { get; }

    /// <summary>The proven rows' tree; versions share what did not change.</summary>
    public StateTree Tree { get; }

    /// <summary>The state before the first block.</summary>
    /// <param name="genesis">Valid: checked with <see cref="Genesis.IsValid"/> by whoever received
    /// it.</param>
    public static LedgerState FromGenesis(Genesis genesis)
    {
        GenesisDraft draft = genesis.Draft;
        LedgerState empty = new(genesis);
        Working state = new(empty, draft.Time)
        {
            Rules = draft.Rules,
            Clock = new ClockAnchor(draft.Time, draft.Time, draft.Rules.ClockFactor),
        };
        foreach (SignedMember founder in draft.Founders)
        {
            state.Members.Put(founder.Member.Company, founder.Member);
        }

        state.Periods.Put(1, new Period(1, PeriodState.Open, draft.Time, null, [], []));
        (StateRows rows, StateTree tree) = state.Finish();
        return new LedgerState(empty, rows, tree);
    }

    /// <summary>All rows of a table.</summary>
    public ImmutableSortedDictionary<TKey, TValue> Of<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : notnull => Rows.Of(table);

    /// <summary>
    /// Proves a row's value, or that there is no such row, against <see cref="StateRoot"/>.
    /// </summary>
    public StateProof Prove<TKey, TValue>(Table<TKey, TValue> table, TKey key)
        where TKey : notnull
    {
        Invariant.Require(table.IsProven, $"table {table.Name} is in the state tree");
        return Tree.Prove(table.PathOf(key));
    }

    /// <summary>The state at the end of a sealed block, from all its rows.</summary>
    internal static LedgerState FromRows(
        Genesis genesis, StateRows rows, StateTree tree, Seal seal, Digest tip) =>
        new LedgerState(new LedgerState(genesis), rows, tree).Sealed(seal, tip);

    /// <summary>The state after the rows of a block, before its seal is known.</summary>
    internal LedgerState With(StateRows rows, StateTree tree) => new(this, rows, tree);

    /// <summary>This state as the one at the end of the sealed block.</summary>
    internal LedgerState Sealed(Seal seal, Digest tip) => new(this, Rows, Tree)
    {
        Height = seal.Height,
        Tip = tip,
        Time = seal.Time,
        Size = seal.FirstIndex + seal.Count + 1,
    };
}
