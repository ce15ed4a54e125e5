using System.Collections.Immutable;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// A row of a proven table: the very bytes that its leaf of the state tree hashes.
/// </summary>
/// <param name="Key">In the canonical bytes of the table's key.</param>
/// <param name="Value">In the canonical bytes of its value.</param>
public sealed record StateRow(byte[] Key, byte[] Value)
{
    public static Codec<StateRow> Codec { get; } = RecordCodec<StateRow>.Part()
        .Field(1, "key", x => x.Key, Codecs.Bytes(1, LedgerLimits.TextMax))
        .Field(2, "value", x => x.Value, Codecs.Bytes(1, LedgerLimits.SnapshotRowBytesMax));
}

/// <summary>Rows of one table, by key.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Rows">Ascending; a table's next section goes on where this one ends.</param>
public sealed record StateSection(string Table, ImmutableArray<StateRow> Rows)
{
    public static Codec<StateSection> Codec { get; } = RecordCodec<StateSection>.Part()
        .Field(1, "table", x => x.Table, Codecs.Text(1, LedgerLimits.TextMax))
        .Field(
            2, "rows", x => x.Rows, Codecs.List(StateRow.Codec, 1, LedgerLimits.SnapshotRowsMax));
}

/// <summary>
/// One piece of a snapshot. All pieces together hold every row of the proven tables once, so the
/// state root of the block they belong to covers them; indexes are computed, never carried.
/// </summary>
public sealed record StatePart(ImmutableArray<StateSection> Sections)
{
    public static Codec<StatePart> Codec { get; } = RecordCodec<StatePart>.Versioned(1)
        .Field(
            1,
            "sections",
            x => x.Sections,
            Codecs.List(StateSection.Codec, 1, LedgerLimits.SnapshotRowsMax));

    /// <summary>
    /// The state in pieces, made one after the other as they are asked for; tables in the order of
    /// <see cref="Tables.All"/>, rows by key.
    /// </summary>
    /// <param name="state">Any state; it is immutable, so this may run beside the ledger.</param>
    public static IEnumerable<StatePart> Of(LedgerState state)
    {
        ImmutableArray<StateSection>.Builder sections =
            ImmutableArray.CreateBuilder<StateSection>();
        ImmutableArray<StateRow>.Builder rows = ImmutableArray.CreateBuilder<StateRow>();
        int bytes = 0;
        foreach (Table table in Tables.All.Where(table => table.IsProven))
        {
            foreach (StateRow row in table.Write(state.Rows[table.Index]))
            {
                rows.Add(row);
                bytes += row.Key.Length + row.Value.Length;
                if (bytes >= LedgerLimits.SnapshotPartBytes
                    || rows.Count == LedgerLimits.SnapshotRowsMax)
                {
                    sections.Add(new StateSection(table.Name, rows.DrainToImmutable()));
                    yield return new StatePart(sections.DrainToImmutable());
                    bytes = 0;
                }
            }

            if (rows.Count > 0)
            {
                sections.Add(new StateSection(table.Name, rows.DrainToImmutable()));
            }
        }

        if (sections.Count > 0)
        {
            yield return new StatePart(sections.DrainToImmutable());
        }
    }

    /// <summary>How many rows all pieces of the state have together.</summary>
    public static long RowsOf(LedgerState state) => Tables.All
        .Where(table => table.IsProven)
        .Sum(table => (long)table.Count(state.Rows[table.Index]));
}
