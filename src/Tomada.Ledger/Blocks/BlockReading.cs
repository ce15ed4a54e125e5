using System.Collections.Immutable;

namespace Tomada.Ledger;

/// <summary>Reads a block that somebody else made.</summary>
internal static class BlockReading
{
    /// <summary>The transactions of a block in its order, and its seal.</summary>
    public static bool TryRead(
        Block block,
        Func<ReadOnlyMemory<byte>, SignedTransaction?>? known,
        out ImmutableArray<SignedTransaction> transactions,
        out Seal? seal,
        out string? why)
    {
        transactions = [];
        seal = null;
        ImmutableArray<SignedTransaction>.Builder found =
            ImmutableArray.CreateBuilder<SignedTransaction>();
        for (int i = 0; i < block.Entries.Length; i++)
        {
            if (!Entry.Codec.TryDecode(block.Entries[i], out Entry? entry, out why))
            {
                why = $"entry {i}: {why}";
                return false;
            }

            bool isLast = i == block.Entries.Length - 1;
            if (entry is Seal != isLast)
            {
                why =
                    isLast ? "the last entry is not a seal" : $"entry {i} is a seal before the end";
                return false;
            }

            seal = entry as Seal;
            if (entry is TransactionEntry each)
            {
                SignedTransaction? transaction = known?.Invoke(each.Transaction);
                if (transaction is null
                    && !SignedTransaction.TryDecode(each.Transaction, out transaction, out why))
                {
                    why = $"entry {i}: transaction: {why}";
                    return false;
                }

                found.Add(transaction!);
            }
        }

        transactions = found.ToImmutable();
        why = found.Count <= LedgerLimits.BlockTransactionsMax
            ? null
            : $"{found.Count} transactions are more than {LedgerLimits.BlockTransactionsMax}";
        return why is null;
    }

    /// <summary>Where a block differs from what the rules make of it; null when nowhere.</summary>
    public static string? FirstDifference(Block own, Block other)
    {
        if (own.Entries.Length != other.Entries.Length)
        {
            return $"the rules make {own.Entries.Length - 1} entries of it, "
                + $"not {other.Entries.Length - 1}";
        }

        for (int i = 0; i < own.Entries.Length - 1; i++)
        {
            if (!own.Entries[i].AsSpan().SequenceEqual(other.Entries[i]))
            {
                return $"entry {i} is not what the rules make of it";
            }
        }

        return own.Entries[^1].AsSpan().SequenceEqual(other.Entries[^1])
            ? null
            : SealDifference(
                (Seal)Entry.Codec.Decode(own.Entries[^1]),
                (Seal)Entry.Codec.Decode(other.Entries[^1]));
    }

    private static string SealDifference(Seal own, Seal other)
    {
        if (own.Height != other.Height)
        {
            return $"seal: height is {own.Height}, not {other.Height}";
        }

        if (own.Previous != other.Previous)
        {
            return $"seal: the block before is {own.Previous}, not {other.Previous}";
        }

        if (own.StateRoot != other.StateRoot)
        {
            return $"seal: the state root is {own.StateRoot}, not {other.StateRoot}";
        }

        return own.TransactionRoot != other.TransactionRoot
            ? $"seal: the transaction root is {own.TransactionRoot}, not {other.TransactionRoot}"
            : "seal: range or governance root is not what the rules make of it";
    }
}
