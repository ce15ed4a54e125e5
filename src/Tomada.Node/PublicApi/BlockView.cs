using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>An entry of a block with its place in the log.</summary>
/// <param name="Index">Log index.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Transaction">Decoded, when it is one.</param>
internal sealed record EntryView(long Index, Entry Entry, SignedTransaction? Transaction)
{
    /// <summary>How the transaction ended; null for other entries.</summary>
    public Outcome? Outcome => (Entry as TransactionEntry)?.Outcome;
}

/// <summary>A block read for people.</summary>
/// <param name="Digest">Of its seal.</param>
/// <param name="Seal">Its last entry.</param>
/// <param name="Entries">All, the seal last.</param>
internal sealed record BlockView(Digest Digest, Seal Seal, ImmutableArray<EntryView> Entries)
{
    /// <summary>Reads a block that the store has checked.</summary>
    public static BlockView Of(StoredBlock stored)
    {
        Block block = stored.Decode();
        ImmutableArray<EntryView> entries =
            [.. block.Entries.Select((bytes, i) => View(stored.FirstIndex + i, bytes))];
        return new BlockView(block.Digest, (Seal)entries[^1].Entry, entries);
    }

    private static EntryView View(long index, byte[] bytes)
    {
        Entry entry = Entry.Codec.Decode(bytes);
        if (entry is not TransactionEntry each)
        {
            return new EntryView(index, entry, null);
        }

        bool ok = SignedTransaction.TryDecode(
            each.Transaction, out SignedTransaction? transaction, out string? why);
        Invariant.Require(ok, $"a logged transaction decodes ({why})");
        return new EntryView(index, entry, transaction);
    }
}
