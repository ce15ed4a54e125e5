using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>The rows of a table as they come back from their bytes.</summary>
internal abstract class TableLoader
{
    public abstract object Rows { get; }

    /// <summary>Takes the next row, whose key is above that of the one before.</summary>
    public abstract bool TryAdd(
        StateRow row, List<StateChange> leaves, [NotNullWhen(false)] out string? why);
}

internal sealed class TableLoader<TKey, TValue>(Table<TKey, TValue> table) : TableLoader
    where TKey : notnull
{
    private readonly ImmutableSortedDictionary<TKey, TValue>.Builder _rows =
        ImmutableSortedDictionary.CreateBuilder<TKey, TValue>();

    private bool _isEmpty = true;
    private TKey? _last;

    public override object Rows => _rows.ToImmutable();

    public override bool TryAdd(
        StateRow row, List<StateChange> leaves, [NotNullWhen(false)] out string? why)
    {
        if (!table.Key.TryDecode(row.Key, out TKey? key, out why))
        {
            why = $"{table.Name}: key: {why}";
            return false;
        }

        if (!table.Value.TryDecode(row.Value, out TValue? value, out why))
        {
            why = $"{table.Name}: value: {why}";
            return false;
        }

        if (!_isEmpty && Comparer<TKey>.Default.Compare(_last!, key) >= 0)
        {
            why = $"{table.Name}: rows are not in the order of their keys";
            return false;
        }

        _isEmpty = false;
        _last = key;
        _rows.Add(key, value);
        leaves.Add(new StateChange(StateTree.Path(table.Name, row.Key), Digest.Of(row.Value)));
        return true;
    }
}
