using System.Collections.Immutable;
using System.Text.Json;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>One kind of row of the state; the whole list stands in <see cref="Tables"/>.</summary>
/// <param name="name">Its name in state paths; ASCII, never reused.</param>
/// <param name="isProven">
/// Whether its rows are leaves of the state tree. False for an index that can be computed from
/// rows that are: it costs no hashing and a proof of it would prove nothing new.
/// </param>
/// <param name="index">Its place in <see cref="Tables.All"/>.</param>
public abstract class Table(string name, bool isProven, int index)
{
    public string Name => name;

    public bool IsProven => isProven;

    /// <summary>What a key looks like, for messages.</summary>
    public abstract string KeyAllowed { get; }

    internal int Index => index;

    /// <summary>Where a row stands in the state tree.</summary>
    /// <param name="key">Its key in JSON.</param>
    /// <param name="path">When the answer is true.</param>
    public abstract bool TryPathOf(JsonElement key, out Digest path);

    /// <summary>The same for a key as people write it: an id as it is, anything else in
    /// JSON.</summary>
    public bool TryPathOf(string key, out Digest path)
    {
        if (TryPathOf(JsonSerializer.SerializeToElement(key), out path))
        {
            return true;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(key);
            return TryPathOf(document.RootElement, out path);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Writes a row's value, in its canonical bytes, for people.</summary>
    /// <returns>False when the bytes are not a value of this table; then nothing was
    /// written.</returns>
    public abstract bool TryWriteJson(Utf8JsonWriter json, ReadOnlyMemory<byte> value);

    internal abstract object NoRows { get; }

    internal abstract WorkingTable Open(object rows);

    internal abstract int Count(object rows);

    /// <summary>The rows' bytes, by key.</summary>
    internal abstract IEnumerable<StateRow> Write(object rows);

    /// <summary>Takes rows as they were written.</summary>
    internal abstract TableLoader Load();

    /// <summary>The rows of an index, computed from those of the other tables.</summary>
    internal abstract object Derive(StateRows rows);
}

/// <summary>
/// The rows of one kind: path = SHA-256(name ‖ 00 ‖ key bytes), value as canonical bytes.
/// </summary>
public sealed class Table<TKey, TValue> : Table
    where TKey : notnull
{
    private readonly Func<StateRows, IEnumerable<KeyValuePair<TKey, TValue>>>? _derive;

    internal Table(
        string name,
        int index,
        Codec<TKey> key,
        Codec<TValue> value,
        Func<StateRows, IEnumerable<KeyValuePair<TKey, TValue>>>? derive)
        : base(name, derive is null, index)
    {
        Key = key;
        Value = value;
        _derive = derive;
    }

    /// <summary>The key's bytes in a state path.</summary>
    public Codec<TKey> Key { get; }

    /// <summary>The value's bytes, whose hash the state tree holds.</summary>
    public Codec<TValue> Value { get; }

    public override string KeyAllowed => Key.Allowed;

    internal override object NoRows => ImmutableSortedDictionary<TKey, TValue>.Empty;

    /// <summary>Where the row stands in the state tree.</summary>
    public Digest PathOf(TKey key) => StateTree.Path(Name, Key.Encode(key));

    public override bool TryPathOf(JsonElement key, out Digest path)
    {
        try
        {
            path = PathOf(Key.ReadJson(key));
            return true;
        }
        catch (DecodeException)
        {
            path = default;
            return false;
        }
    }

    public override bool TryWriteJson(Utf8JsonWriter json, ReadOnlyMemory<byte> value)
    {
        if (!Value.TryDecode(value, out TValue? row, out _))
        {
            return false;
        }

        Value.WriteJson(json, row);
        return true;
    }

    internal override WorkingTable Open(object rows) =>
        new WorkingTable<TKey, TValue>(this, (ImmutableSortedDictionary<TKey, TValue>)rows);

    internal override int Count(object rows) =>
        ((ImmutableSortedDictionary<TKey, TValue>)rows).Count;

    internal override IEnumerable<StateRow> Write(object rows) =>
        ((ImmutableSortedDictionary<TKey, TValue>)rows).Select(
            row => new StateRow(Key.Encode(row.Key), Value.Encode(row.Value)));

    internal override TableLoader Load() => new TableLoader<TKey, TValue>(this);

    internal override object Derive(StateRows rows) =>
        _derive!(rows).ToImmutableSortedDictionary();
}

/// <summary>Every table's rows; immutable.</summary>
internal sealed class StateRows(object[] tables)
{
    public static StateRows Empty { get; } = new([.. Tables.All.Select(table => table.NoRows)]);

    public object this[int index] => tables[index];

    public ImmutableSortedDictionary<TKey, TValue> Of<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : notnull => (ImmutableSortedDictionary<TKey, TValue>)tables[table.Index];
}
