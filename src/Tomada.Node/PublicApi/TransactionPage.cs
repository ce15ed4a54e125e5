using System.Collections.Immutable;

namespace Tomada.Node;

/// <summary>One page of the transactions, newest first.</summary>
/// <param name="Items">Those that match.</param>
/// <param name="Next">Log index that the next page stays below; null at the log's
/// beginning.</param>
internal sealed record TransactionPage(
    ImmutableArray<(BlockView Block, EntryView Entry)> Items, long? Next)
{
    /// <summary>Looks downwards through the log, at a bounded number of entries.</summary>
    /// <param name="chronicle">The history.</param>
    /// <param name="before">Log index that the page stays below.</param>
    /// <param name="limit">Most items.</param>
    /// <param name="matches">Which transactions are wanted.</param>
    public static TransactionPage Read(
        Chronicle chronicle, long before, int limit, Func<EntryView, bool> matches)
    {
        ImmutableArray<(BlockView Block, EntryView Entry)>.Builder items =
            ImmutableArray.CreateBuilder<(BlockView Block, EntryView Entry)>();
        long lowest = Math.Max(before - PublicApiLimits.ScanEntriesMax, 0);
        while (before > lowest)
        {
            BlockView block = chronicle.BlockOfEntry(before - 1)!;
            while (before > Math.Max(block.Seal.FirstIndex, lowest))
            {
                before--;
                EntryView entry = block.Entries[(int)(before - block.Seal.FirstIndex)];
                if (entry.Transaction is null || !matches(entry))
                {
                    continue;
                }

                items.Add((block, entry));
                if (items.Count == limit)
                {
                    return new TransactionPage(items.ToImmutable(), Rest(before));
                }
            }
        }

        return new TransactionPage(items.ToImmutable(), Rest(before));
    }

    private static long? Rest(long before) => before > 0 ? before : null;
}
