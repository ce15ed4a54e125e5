using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>
/// Makes blocks and repeats them. There is one way to run a block, so whoever endorses one runs
/// it again and compares every byte: order, outcomes, effects and roots.
/// </summary>
public static class BlockExecution
{
    /// <summary>Runs what is due at the time, then the transactions in the agreed order.</summary>
    /// <param name="parent">The state after the block before.</param>
    /// <param name="transactions">
    /// The longest waiting first. What may not enter, or does not fit any more, is left out; what a
    /// rule refuses is in the block with its reason.
    /// </param>
    /// <param name="time">Block time; after the parent's.</param>
    /// <param name="proposer">A member.</param>
    /// <param name="certificate">Of the block before, as the proposer holds it; null at height
    /// 1.</param>
    /// <param name="verify">Checks signatures; a caller that has checked some may remember
    /// them.</param>
    public static AppliedBlock Build(
        LedgerState parent,
        IReadOnlyList<SignedTransaction> transactions,
        Timestamp time,
        CompanyId proposer,
        byte[]? certificate,
        VerifySignature verify)
    {
        Invariant.Require(time > parent.Time, "block time strictly increases");
        Working state = new(parent, time);
        List<Entry> entries = [];
        Sweeping.Run(state, entries);
        List<SignedTransaction?> entered = [.. entries.Select(_ => (SignedTransaction?)null)];
        foreach (SignedTransaction transaction in BlockOrder.Arrange(transactions, proposer))
        {
            if (Admission.Refuse(state, transaction, verify) is null)
            {
                entries.Add(Execute(state, transaction, verify));
                entered.Add(transaction);
            }
        }

        MembershipConclusion.Run(state, entries);
        entered.AddRange(new SignedTransaction?[entries.Count - entered.Count]);
        Invariants.CheckChanged(state);
        (StateRows rows, StateTree tree) = state.Finish();
        LedgerState after = parent.With(rows, tree);
        (Block block, Seal seal) = SealUp(parent, after, entries, time, proposer, certificate);
        Digest digest = block.Digest;
        return new AppliedBlock(
            block,
            digest,
            seal,
            [.. entries],
            [.. entered],
            after.Sealed(seal, digest),
            state.Written);
    }

    /// <summary>Repeats a block that somebody else made.</summary>
    /// <param name="parent">The state after the block before.</param>
    /// <param name="block">As received.</param>
    /// <param name="verify">Checks signatures.</param>
    /// <param name="applied">The executed block, when the answer is true.</param>
    /// <param name="why">Otherwise what is wrong, and in which entry.</param>
    /// <param name="known">Finds a transaction that was decoded before, by its exact bytes.</param>
    public static bool TryApply(
        LedgerState parent,
        Block block,
        VerifySignature verify,
        out AppliedBlock? applied,
        out string? why,
        Func<ReadOnlyMemory<byte>, SignedTransaction?>? known = null)
    {
        applied = null;
        if (!BlockReading.TryRead(
            block, known, out ImmutableArray<SignedTransaction> transactions, out Seal? seal,
            out why))
        {
            return false;
        }

        if (seal!.Time <= parent.Time)
        {
            why = $"seal: time {seal.Time} is not after its parent's {parent.Time}";
        }
        else if (seal.Time > LedgerLimits.BlockTimeMax)
        {
            why = $"seal: time {seal.Time} is after {LedgerLimits.BlockTimeMax}";
        }
        else if (!parent.Members.ContainsKey(seal.Proposer))
        {
            why = $"seal: proposer {seal.Proposer} is not a member";
        }
        else
        {
            AppliedBlock own = Build(
                parent, transactions, seal.Time, seal.Proposer, seal.Certificate, verify);
            why = BlockReading.FirstDifference(own.Block, block);
            applied = why is null ? own : null;
        }

        return applied is not null;
    }

    private static TransactionEntry Execute(
        Working state, SignedTransaction transaction, VerifySignature verify)
    {
        Transaction content = transaction.Content;
        LaneId lane = new(content.Company, content.Lane);
        Lane used = state.Lanes.TryGet(lane, out Lane? row) ? row : Lane.Unused;
        state.Lanes.Put(lane, used.Use(content.Number));

        object[] before = state.Snapshot();
        TransactionContext context = new(transaction.Id, content.Company, verify);
        Outcome outcome = Dispatch.Apply(state, context, content.Body);
        if (!outcome.IsApplied)
        {
            state.RollBackTo(before);
        }

        return new TransactionEntry(transaction.Bytes.ToArray(), outcome, state.TakeEffects());
    }

    private static (Block Block, Seal Seal) SealUp(
        LedgerState parent,
        LedgerState after,
        List<Entry> entries,
        Timestamp time,
        CompanyId proposer,
        byte[]? certificate)
    {
        byte[][] bytes = new byte[entries.Count + 1][];
        for (int i = 0; i < entries.Count; i++)
        {
            bytes[i] = Encode(entries[i], i);
        }

        Seal seal = new(
            parent.Height + 1,
            parent.Tip,
            parent.Size,
            entries.Count,
            MerkleTree.Root(bytes.Take(entries.Count).Select(each => MerkleTree.LeafHash(each))),
            after.StateRoot,
            after.GovernanceRoot,
            time,
            proposer,
            certificate);
        bytes[^1] = Encode(seal, entries.Count);
        return (new Block(ImmutableCollectionsMarshal.AsImmutableArray(bytes)), seal);
    }

    private static byte[] Encode(Entry entry, int at)
    {
        byte[] bytes = Entry.Codec.Encode(entry);
        Invariant.Require(
            bytes.Length <= LedgerLimits.EntryBytesMax,
            $"entry {at} has at most {LedgerLimits.EntryBytesMax} bytes");
        return bytes;
    }
}
