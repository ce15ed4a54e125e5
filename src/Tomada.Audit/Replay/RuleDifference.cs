using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>
/// Where a block differs from what the rules make of it, and which invariant that breaks.
/// </summary>
internal static class RuleDifference
{
    /// <summary>The first difference; null when there is none.</summary>
    /// <param name="own">What the rules make of the transactions.</param>
    /// <param name="block">What the log has.</param>
    /// <param name="parent">The state before.</param>
    /// <param name="verify">Checks signatures.</param>
    public static Finding? Find(
        AppliedBlock own, LogBlock block, LedgerState parent, VerifySignature verify)
    {
        ImmutableArray<byte[]> mine = own.Block.Entries;
        ImmutableArray<byte[]> theirs = block.Block.Entries;
        int last = Math.Min(mine.Length, theirs.Length) - 1;
        for (int i = 0; i < last; i++)
        {
            if (!mine[i].AsSpan().SequenceEqual(theirs[i]))
            {
                return Of(block, i, own.Entries[i], block.Entries[i], parent, verify);
            }
        }

        if (mine.Length != theirs.Length)
        {
            return Of(
                block,
                last,
                mine.Length > theirs.Length ? own.Entries[last] : null,
                theirs.Length > mine.Length ? block.Entries[last] : null,
                parent,
                verify);
        }

        return mine[^1].AsSpan().SequenceEqual(theirs[^1])
            ? null
            : OfSeal(own.Seal, block, last);
    }

    private static Finding Of(
        LogBlock block,
        int at,
        Entry? own,
        Entry? theirs,
        LedgerState parent,
        VerifySignature verify)
    {
        if (theirs is TransactionEntry && own is not TransactionEntry
            && block.Transactions[at] is { } left
            && Admission.Refuse(parent, left, block.Seal.Time, verify) is { } why)
        {
            return new Finding(
                FindingClass.Rules,
                $"{left.Content.Body.Kind} may not be in this block: {why}",
                why.StartsWith("signature", StringComparison.Ordinal) ? "I11" : null,
                block.Seal.Height,
                block.FirstIndex + at);
        }

        return new Finding(
            FindingClass.Rules,
            $"the rules make {TextOf(own)} of it; the log has {TextOf(theirs)}",
            new BrokenInvariant(parent, block.Seal.Time, block.Entries.Take(at))
                .Of(own, theirs),
            block.Seal.Height,
            block.FirstIndex + at);
    }

    private static Finding OfSeal(Seal own, LogBlock block, int at) => new(
        FindingClass.Rules,
        own.StateRoot != block.Seal.StateRoot
            ? $"the rules lead to the state {own.StateRoot}; the seal says {block.Seal.StateRoot}"
            : $"the rules lead to another seal: governance {own.GovernanceRoot}, transactions "
                + $"{own.TransactionRoot}",
        null,
        block.Seal.Height,
        block.FirstIndex + at);

    private static string TextOf(Entry? entry) => entry switch
    {
        null => "nothing",
        TransactionEntry each =>
            $"{each.Outcome.Code} with {NamesOf(each.Effects)}",
        RuleEntry each => $"the rules' own {NamesOf(each.Effects)}",
        _ => "a seal",
    };

    private static string NamesOf(ImmutableArray<Effect> effects) => effects.IsEmpty
        ? "no effect"
        : string.Join(", ", effects.Select(each => each.GetType().Name));
}
