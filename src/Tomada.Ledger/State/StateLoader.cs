using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>
/// Makes a state from the parts of a snapshot. Nothing of it can be used before every part is in
/// and the root of all rows is the one that a seal names; who gives the seal has checked that it
/// was decided.
/// </summary>
/// <param name="genesis">The network's beginning.</param>
public sealed class StateLoader(Genesis genesis)
{
    private readonly SortedDictionary<string, (Table Table, TableLoader Loader)> _tables =
        new(
            Tables.All.Where(table => table.IsProven)
                .ToDictionary(table => table.Name, table => (table, table.Load())),
            StringComparer.Ordinal);

    private readonly List<StateChange> _leaves = [];

    /// <summary>Rows so far.</summary>
    public int Rows => _leaves.Count;

    /// <summary>Takes the next part.</summary>
    /// <param name="part">In the order in which they were made.</param>
    /// <param name="why">When the answer is false: what is wrong; the whole snapshot is to be
    /// dropped.</param>
    public bool TryAdd(StatePart part, [NotNullWhen(false)] out string? why)
    {
        foreach (StateSection section in part.Sections)
        {
            if (!_tables.TryGetValue(section.Table, out (Table, TableLoader Loader) known))
            {
                why = $"{section.Table} is not a proven table";
                return false;
            }

            foreach (StateRow row in section.Rows)
            {
                if (!known.Loader.TryAdd(row, _leaves, out why))
                {
                    return false;
                }
            }
        }

        why = null;
        return true;
    }

    /// <summary>The state, if the parts are all of it and nothing else.</summary>
    /// <param name="seal">The last entry of the block that the snapshot belongs to.</param>
    /// <param name="tip">That block's digest.</param>
    /// <param name="state">The state at the end of the block, when the answer is true.</param>
    /// <param name="why">Otherwise how it differs.</param>
    public bool TryFinish(
        Seal seal,
        Digest tip,
        [NotNullWhen(true)] out LedgerState? state,
        [NotNullWhen(false)] out string? why)
    {
        state = null;
        StateTree tree = StateTree.Empty.Apply(_leaves);
        if (tree.Root != seal.StateRoot)
        {
            why = $"the rows' root is {tree.Root}, the seal's {seal.StateRoot}";
            return false;
        }

        object[] tables = [.. Tables.All.Select(table => table.NoRows)];
        foreach ((Table table, TableLoader loader) in _tables.Values)
        {
            tables[table.Index] = loader.Rows;
        }

        StateRows rows = Indexes.Complete(new StateRows(tables));
        state = LedgerState.FromRows(genesis, rows, tree, seal, tip);
        why = null;
        return true;
    }
}
