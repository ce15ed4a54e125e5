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

    /// <summary>Takes a block that was just executed, as it stands.</summary>
    public static BlockView Of(AppliedBlock applied)
    {
        long first = applied.Seal.FirstIndex;
        return new BlockView(
            applied.Digest,
            applied.Seal,
            [
                .. applied.Entries.Select((entry, i) =>
                    new EntryView(first + i, entry, applied.Transactions[i])),
                new EntryView(first + applied.Entries.Length, applied.Seal, null),
            ]);
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
