using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// The order of transactions within a block, so that its proposer cannot choose who gets a window:
/// by priority class, then those of other companies before the proposer's own, then by id.
/// </summary>
internal static class BlockOrder
{
    /// <summary>What fits into one block, in the block's order.</summary>
    /// <param name="transactions">The longest waiting first; what does not fit is left out at the
    /// end.</param>
    /// <param name="proposer">The block's proposer.</param>
    public static ImmutableArray<SignedTransaction> Arrange(
        IReadOnlyList<SignedTransaction> transactions, CompanyId proposer)
    {
        List<SignedTransaction> fitting = [];
        long bytes = 0;
        foreach (SignedTransaction transaction
            in transactions.Take(LedgerLimits.BlockTransactionsMax))
        {
            bytes += transaction.Bytes.Length;
            if (bytes > LedgerLimits.BlockTransactionBytesMax)
            {
                break;
            }

            fitting.Add(transaction);
        }

        return
        [
            .. fitting
                .OrderBy(each => (int)PriorityOf(each.Content.Body))
                .ThenBy(each => each.Content.Company == proposer)
                .ThenBy(each => each.Id),
        ];
    }

    private static PriorityClass PriorityOf(Body body) =>
        body is ProposeTrip trip ? trip.Priority : PriorityClass.Normal;
}
