using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>A table while a block runs.</summary>
public abstract class WorkingTable
{
    /// <summary>
    /// The rows now; taking them is a snapshot, giving them back rolls back to it.
    /// </summary>
    internal abstract object Snapshot { get; set; }

    /// <summary>
    /// Adds what differs from the rows before the block, and the bytes of what is there now.
    /// </summary>
    internal abstract void AddChangesTo(
        List<StateChange> changes, ImmutableArray<StateValue>.Builder values);
}

/// <summary>The rows of one table while a block runs: read and write them here only.</summary>
public sealed class WorkingTable<TKey, TValue> : WorkingTable
    where TKey : notnull
{
    private readonly Table<TKey, TValue> _table;
    private readonly ImmutableSortedDictionary<TKey, TValue> _before;

    // Survives a roll-back: a row that was touched and restored is found equal at the end.
    private readonly SortedSet<TKey> _touched = [];

    internal WorkingTable(
        Table<TKey, TValue> table, ImmutableSortedDictionary<TKey, TValue> rows)
    {
        _table = table;
        _before = rows;
        Rows = rows;
    }

    /// <summary>All rows now, by key.</summary>
    public ImmutableSortedDictionary<TKey, TValue> Rows { get; private set; }

    internal override object Snapshot
    {
        get => Rows;
        set => Rows = (ImmutableSortedDictionary<TKey, TValue>)value;
    }

    /// <summary>Keys whose rows this block may have changed, ordered.</summary>
    internal IReadOnlyCollection<TKey> Touched => _touched;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) =>
        Rows.TryGetValue(key, out value);

    public bool Contains(TKey key) => Rows.ContainsKey(key);

    /// <summary>A row that must exist.</summary>
    public TValue Get(TKey key)
    {
        bool exists = Rows.TryGetValue(key, out TValue? value);
        Invariant.Require(exists, $"row {key} of table {_table.Name} exists");
        return value!;
    }

    /// <summary>Adds or replaces a row.</summary>
    public void Put(TKey key, TValue value)
    {
        Rows = Rows.SetItem(key, value);
        _touched.Add(key);
    }

    /// <summary>Removes a row; nothing happens when there is none.</summary>
    public void Remove(TKey key)
    {
        Rows = Rows.Remove(key);
        _touched.Add(key);
    }

    internal override void AddChangesTo(
        List<StateChange> changes, ImmutableArray<StateValue>.Builder values)
    {
        if (!_table.IsProven)
        {
            return;
        }

        foreach (TKey key in _touched)
        {
            bool was = _before.TryGetValue(key, out TValue? before);
            bool isNow = Rows.TryGetValue(key, out TValue? now);
            if (isNow)
            {
                if (!was || !ReferenceEquals(before, now))
                {
                    StateValue value = new(_table.PathOf(key), _table.Value.Encode(now!));
                    values.Add(value);
                    changes.Add(new StateChange(value.Path, Digest.Of(value.Bytes)));
                }
            }
            else if (was)
            {
                changes.Add(new StateChange(_table.PathOf(key), null));
            }
        }
    }
}
