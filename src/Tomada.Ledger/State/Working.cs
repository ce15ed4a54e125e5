using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>
/// The state while one block runs; the only thing that the rules may change.
/// <para>
/// A rule is a method of a static class in its feature's folder,
/// <c>static Outcome Apply(Working state, TransactionContext context, ProposeTrip body)</c>, called
/// by the one switch in <see cref="Dispatch"/>. It reads and writes the tables here and says what
/// it did by <see cref="Emit"/>. When it answers with a refusal everything it wrote or emitted is
/// undone, so it may check late; a refused transaction leaves no trace but its entry and its
/// number.
/// </para>
/// </summary>
public sealed class Working
{
    private readonly LedgerState _parent;
    private readonly WorkingTable[] _tables;
    private readonly List<Effect> _effects = [];

    internal Working(LedgerState parent, Timestamp time)
    {
        _parent = parent;
        Time = time;
        _tables = [.. Tables.All.Select(table => table.Open(parent.Rows[table.Index]))];
    }

    /// <summary>Block time: the only time there is.</summary>
    public Timestamp Time { get; }

    public Digest Network => _parent.Network;

    public Genesis Genesis => _parent.Genesis;

    /// <summary>Height of this block.</summary>
    public long Height => _parent.Height + 1;

    /// <summary>Digest of the block before; the network id at height 1.</summary>
    public Digest ParentTip => _parent.Tip;

    /// <summary>Time of the block before; the draft's time at height 1.</summary>
    public Timestamp ParentTime => _parent.Time;

    public bool Simulated => _parent.Simulated;

    public WorkingTable<CompanyId, MemberRecord> Members => Of(Tables.Members);

    public WorkingTable<CompanyId, Rules> RulesVotes => Of(Tables.RulesVotes);

    public WorkingTable<CompanyId, Party> Parties => Of(Tables.Parties);

    public WorkingTable<Digest, MemberProposal> Proposals => Of(Tables.Proposals);

    public WorkingTable<long, ConcludedChange> MemberHistory => Of(Tables.MemberHistory);

    public WorkingTable<LaneId, Lane> Lanes => Of(Tables.Lanes);

    public WorkingTable<GuiltId, Guilt> Guilts => Of(Tables.Guilts);

    public WorkingTable<GuiltId, HeadGuilt> HeadGuilts => Of(Tables.HeadGuilts);

    public WorkingTable<LocationId, PutLocation> Locations => Of(Tables.Locations);

    public WorkingTable<EvseId, Evse> Evses => Of(Tables.Evses);

    public WorkingTable<TariffId, Digest> TariffHashes => Of(Tables.TariffHashes);

    public WorkingTable<Digest, Tariff> Tariffs => Of(Tables.Tariffs);

    public WorkingTable<Digest, OcpiTariff> OcpiTariffs => Of(Tables.OcpiTariffs);

    public WorkingTable<TripId, Trip> Trips => Of(Tables.Trips);

    public WorkingTable<EvseId, ImmutableArray<Booking>> Calendar => Of(Tables.Calendar);

    public WorkingTable<SessionId, Session> Sessions => Of(Tables.Sessions);

    public WorkingTable<SessionId, Cdr> Cdrs => Of(Tables.Cdrs);

    public WorkingTable<LegId, Hold> Holds => Of(Tables.Holds);

    public WorkingTable<AccountId, Account> Accounts => Of(Tables.Accounts);

    public WorkingTable<int, Period> Periods => Of(Tables.Periods);

    public Rules Rules
    {
        get => Of(Tables.Rules).Get(Tables.OnlyRow);
        set => Of(Tables.Rules).Put(Tables.OnlyRow, value);
    }

    public ClockAnchor Clock
    {
        get => Of(Tables.Clock).Get(Tables.OnlyRow);
        set => Of(Tables.Clock).Put(Tables.OnlyRow, value);
    }

    public WorkingTable<TKey, TValue> Of<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : notnull => (WorkingTable<TKey, TValue>)_tables[table.Index];

    /// <summary>Says in the log what a rule just did.</summary>
    public void Emit(Effect effect) => _effects.Add(effect);

    /// <summary>
    /// Moves money between accounts and says so; debits equal credits by construction (I1).
    /// </summary>
    /// <param name="postings">At least one; each amount is above zero and in both accounts'
    /// currency.</param>
    public void Post(ImmutableArray<Posting> postings)
    {
        foreach (Posting posting in postings)
        {
            Invariant.Require(
                posting.Amount.Amount > 0
                    && posting.Debit.Currency == posting.Amount.Currency
                    && posting.Credit.Currency == posting.Amount.Currency
                    && posting.Debit != posting.Credit,
                "I1 a posting moves a positive amount between two accounts of its currency");
            long amount = posting.Amount.Amount;
            Account debit = AccountOf(posting.Debit);
            Accounts.Put(posting.Debit, debit with { Debits = debit.Debits + amount });
            Account credit = AccountOf(posting.Credit);
            Accounts.Put(posting.Credit, credit with { Credits = credit.Credits + amount });
        }

        Emit(new Posted(postings));
    }

    /// <summary>The account; without entries when nothing was ever posted to it.</summary>
    public Account AccountOf(AccountId id) =>
        Accounts.TryGet(id, out Account? account) ? account : new Account(0, 0);

    /// <summary>The state before this block.</summary>
    internal LedgerState Parent => _parent;

    /// <summary>The rows that this block wrote, once it has run.</summary>
    internal ImmutableArray<StateValue> Written { get; private set; } = [];

    /// <summary>How many effects the present entry has so far.</summary>
    internal int EffectCount => _effects.Count;

    /// <summary>The effects since the last call.</summary>
    internal ImmutableArray<Effect> TakeEffects()
    {
        ImmutableArray<Effect> effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    internal object[] Snapshot() => Array.ConvertAll(_tables, table => table.Snapshot);

    internal void RollBackTo(object[] snapshot)
    {
        for (int i = 0; i < _tables.Length; i++)
        {
            _tables[i].Snapshot = snapshot[i];
        }

        _effects.Clear();
    }

    /// <summary>The rows and their tree, once, when the block has run.</summary>
    internal (StateRows Rows, StateTree Tree) Finish()
    {
        List<StateChange> changes = [];
        ImmutableArray<StateValue>.Builder values = ImmutableArray.CreateBuilder<StateValue>();
        foreach (WorkingTable table in _tables)
        {
            table.AddChangesTo(changes, values);
        }

        Written = values.DrainToImmutable();

        return (new StateRows(Snapshot()), _parent.Tree.Apply(changes));
    }
}
