using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>Own transactions that wait for a block, as the store keeps them.</summary>
internal static class WaitingRows
{
    /// <summary>Those that still decode, in order of arrival.</summary>
    public static IEnumerable<SignedTransaction> Read(NodeStore store)
    {
        foreach (PendingTransaction row in store.ReadPending())
        {
            if (SignedTransaction.TryDecode(row.Bytes, out SignedTransaction? transaction, out _))
            {
                yield return transaction!;
            }
        }
    }

    /// <summary>
    /// The highest number that this company's lane ever used, decided or waiting.
    /// </summary>
    public static long LastNumber(Replicator replicator, NodeStore store, CompanyId self) =>
        Read(store)
            .Where(each => each.Content.Company == self)
            .Select(each => each.Content.Number)
            .Append(replicator.State.Lanes
                .GetValueOrDefault(new LaneId(self, LedgerDesk.Lane), Tomada.Ledger.Lane.Unused)
                .Highest)
            .Max();
}
