using System.Text;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>Receipts of confirmed trips: the entry that confirmed, under a cosigned head.</summary>
internal sealed class TripReceipts(LedgerDesk desk, PublicLog log, NodeStore store)
{
    /// <summary>How long a head with a quorum is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The receipt as a text; null when the trip was never confirmed, its blocks are missing here,
    /// or no head had a quorum in time.
    /// </summary>
    public async Task<string?> FindAsync(TripId trip, CancellationToken stop)
    {
        try
        {
            return ConfirmedAt(trip) is { } index
                && await log.CosignedAsync(index, Patience, stop) is { } head
                && LogPages.Receipt(log, store, head, index) is { } receipt
                ? Encoding.UTF8.GetString(receipt)
                : null;
        }
        catch (StoreCorruptException)
        {
            // The read told the store; a later question finds the block mended.
            return null;
        }
    }

    /// <summary>
    /// Log index of the entry that confirmed it: between its proposal and its deadline.
    /// </summary>
    private long? ConfirmedAt(TripId id)
    {
        if (desk.State.Trips.GetValueOrDefault(id) is not { } trip
            || store.FindTransaction(new TransactionId(id.Digest)) is not { } place)
        {
            return null;
        }

        for (long height = place.Height; height <= desk.State.Height;)
        {
            IReadOnlyList<StoredBlock> blocks =
                store.ReadBlocks(height, PublicApiLimits.BlocksPerReadMax);
            foreach (BlockView block in blocks.Select(BlockView.Of))
            {
                EntryView? entry = block.Entries.FirstOrDefault(each =>
                    each.Entry is TransactionEntry said
                    && said.Effects.Contains(new TripConfirmed(id)));
                if (entry is not null || block.Seal.Time > trip.DecideBy)
                {
                    return entry?.Index;
                }
            }

            if (blocks.Count == 0)
            {
                return null;
            }

            height = blocks[^1].Height + 1;
        }

        return null;
    }
}
