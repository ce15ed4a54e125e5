using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Ledger.Tests;

/// <summary>The plain way to a state root: every row hashed anew.</summary>
internal static class StateHashing
{
    public static Digest RootOf(LedgerState state)
    {
        List<StateChange> leaves = [];
        Add(leaves, state, Tables.Members);
        Add(leaves, state, Tables.Rules);
        Add(leaves, state, Tables.RulesVotes);
        Add(leaves, state, Tables.Clock);
        Add(leaves, state, Tables.Parties);
        Add(leaves, state, Tables.Proposals);
        Add(leaves, state, Tables.MemberHistory);
        Add(leaves, state, Tables.Lanes);
        Add(leaves, state, Tables.Guilts);
        Add(leaves, state, Tables.Locations);
        Add(leaves, state, Tables.Evses);
        Add(leaves, state, Tables.TariffHashes);
        Add(leaves, state, Tables.Tariffs);
        Add(leaves, state, Tables.Trips);
        Add(leaves, state, Tables.Calendar);
        Add(leaves, state, Tables.BrokenLegs);
        Add(leaves, state, Tables.Sessions);
        Add(leaves, state, Tables.Cdrs);
        Add(leaves, state, Tables.Holds);
        Add(leaves, state, Tables.Accounts);
        Add(leaves, state, Tables.Periods);
        Add(leaves, state, Tables.DeadlineTimes);
        return StateTree.Empty.Apply(leaves).Root;
    }

    private static void Add<TKey, TValue>(
        List<StateChange> leaves, LedgerState state, Table<TKey, TValue> table)
        where TKey : notnull =>
        leaves.AddRange(state.Of(table).Select(row => new StateChange(
            table.PathOf(row.Key), Digest.Of(table.Value.Encode(row.Value)))));
}
