using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Transactions from their arrival to their end: taken in, passed on, and let go of when they are
/// decided or never can be.
/// </summary>
internal sealed class Intake(
    PendingQueue pending, CompanyId self, PublicKey? identity, VerifiedSignatures signatures,
    CheckBudget budget)
{
    private const string SkippedText =
        "its number is used by a block that was not executed here; look it up on the ledger";

    private ImmutableSortedDictionary<CompanyId, MemberRecord>? _signers;

    /// <summary>Whether own transactions wait, which are sent again from time to time.</summary>
    public bool HasOwn => pending.Of(self).Any();

    /// <summary>The company's own transaction: it waits from now on, or ends here.</summary>
    /// <param name="transaction">Signed by this company.</param>
    /// <param name="state">The newest state.</param>
    /// <param name="blockTime">The earliest time that the next block can have.</param>
    /// <param name="leads">
    /// Whether this company proposes next: the others get it with the proposal, and are sent it by
    /// itself only when it still waits at the next round (<see cref="SendOwn"/>).
    /// </param>
    /// <param name="output">Takes the effects.</param>
    public void Submit(
        SignedTransaction transaction, LedgerState state, Timestamp blockTime, bool leads,
        OutputBuilder output)
    {
        // What waits already may still be decided, whatever the clock says by now.
        if (pending.Contains(transaction.Id))
        {
            return;
        }

        if (transaction.Content.Company != self)
        {
            End(transaction, TransactionEnd.Refused, $"company: this is {self}'s node", output);
        }
        else if (pending.IsFullFor(self))
        {
            End(
                transaction, TransactionEnd.Busy, "too many transactions wait; try again later",
                output);
        }
        else if (Admission.Refuse(state, transaction, blockTime, CheckOf(state)) is { } why)
        {
            End(transaction, TransactionEnd.Refused, why, output);
        }
        else
        {
            pending.Add(transaction);
            output.PendingAdded.Add(transaction);
            if (!leads)
            {
                Send([transaction], output);
            }
        }
    }

    /// <summary>A transaction that a peer passed on; kept when it may enter a block.</summary>
    public void Hear(
        CompanyId from, byte[] bytes, LedgerState state, Timestamp blockTime, OutputBuilder output)
    {
        if (!budget.Allows(from))
        {
            output.Refusals.Add(new RefusedInput(from, "transaction.budget", "too many forged"));
        }
        else if (!SignedTransaction.TryDecode(
            bytes, out SignedTransaction? heard, out string? why))
        {
            budget.Failed(from);
            output.Refusals.Add(new RefusedInput(from, "transaction.malformed", why!));
        }
        else if (!pending.Contains(heard!.Id)
            && !pending.IsFullFor(heard.Content.Company)
            && Admission.Refuse(state, heard, blockTime, VerifiedSignatures.Before) is null)
        {
            // All that is cheap was asked first: a signature costs more than everything else.
            if (Admission.Refuse(state, heard, blockTime, signatures.Verify) is { } forged)
            {
                budget.Failed(from);
                output.Refusals.Add(new RefusedInput(from, "transaction.forged", forged));
            }
            else
            {
                // In memory only: its own company keeps it, and sends it again until its end.
                pending.Add(heard);
            }
        }
    }

    /// <summary>What the store kept waiting: the company's own.</summary>
    public void Restore(IEnumerable<SignedTransaction> waiting)
    {
        foreach (SignedTransaction transaction in waiting)
        {
            if (!pending.Contains(transaction.Id)
                && !pending.IsFullFor(transaction.Content.Company))
            {
                pending.Add(transaction);
            }
        }
    }

    /// <summary>Sends the own oldest again: a message may have been lost.</summary>
    public void SendOwn(OutputBuilder output) =>
        Send([.. pending.Of(self).Take(ReplicationLimits.RegossipMax)], output);

    /// <summary>
    /// Whether a block of this time could hold any of them. One whose time has passed waits for the
    /// next block to say so, but makes none: until then a block of an earlier time may still come.
    /// One whose time is still too far ahead waits for it, as after the clock has slowed down.
    /// </summary>
    public bool HasWork(LedgerState state, Timestamp blockTime) => pending.Count > 0
        && pending.All.Any(each =>
            Admission.Refuse(state, each, blockTime, VerifiedSignatures.Before) is null);

    /// <summary>Lets go of what a block holds.</summary>
    public void Forget(AppliedBlock block, OutputBuilder output)
    {
        foreach (SignedTransaction? decided in block.Transactions)
        {
            if (decided is not null && pending.Remove(decided.Id))
            {
                Removed(decided, output);
            }
        }
    }

    /// <summary>
    /// Lets go of what has no hope to enter a block any more. What a company signed with a key that
    /// it has given up is such: it would count as work that no leader can do.
    /// </summary>
    /// <param name="state">The newest state.</param>
    /// <param name="blockTime">The earliest time that the next block can have.</param>
    /// <param name="output">Takes the effects.</param>
    /// <param name="isStart">
    /// Whether blocks that were not executed here, as those below a snapshot, may hold what waited:
    /// then a used number does not tell what used it.
    /// </param>
    public void Prune(
        LedgerState state, Timestamp blockTime, OutputBuilder output, bool isStart = false)
    {
        VerifySignature verify = ReferenceEquals(_signers, state.Members)
            ? VerifiedSignatures.Before
            : signatures.Verify;
        _signers = state.Members;
        Timestamp earliest = new(state.Time.UnixMs + 1);
        foreach (SignedTransaction each in pending.All.ToList())
        {
            if (Admission.RefuseForGood(state, each, blockTime, verify) is not { } why)
            {
                continue;
            }

            pending.Remove(each.Id);
            Removed(each, output);
            if (each.Content.Company != self)
            {
                continue;
            }

            if (isStart && IsUsed(state, each))
            {
                End(each, TransactionEnd.Undecided, SkippedText, output);
            }
            else
            {
                bool expired = each.Content.ValidUntil < earliest;
                End(each, expired ? TransactionEnd.Expired : TransactionEnd.Refused, why, output);
            }
        }
    }

    /// <summary>
    /// What this process signed is known to be right, unless the company has another key by now.
    /// </summary>
    private VerifySignature CheckOf(LedgerState state) =>
        identity is { } key && state.Members.TryGetValue(self, out MemberRecord? member)
            && member.IdentityKey == key
                ? signatures.Trust
                : signatures.Verify;

    private static bool IsUsed(LedgerState state, SignedTransaction transaction) =>
        state.Lanes.TryGetValue(
            new LaneId(transaction.Content.Company, transaction.Content.Lane), out Lane? lane)
        && !lane.IsFree(transaction.Content.Number);

    private void Removed(SignedTransaction transaction, OutputBuilder output)
    {
        if (transaction.Content.Company == self)
        {
            output.PendingRemoved.Add(transaction.Id);
        }
    }

    private static void End(
        SignedTransaction transaction, TransactionEnd end, string why, OutputBuilder output) =>
        output.Ended.Add(new EndedTransaction(transaction.Id, end, why));

    private static void Send(ImmutableArray<SignedTransaction> transactions, OutputBuilder output)
    {
        foreach (SignedTransaction[] chunk in
            transactions.Chunk(ReplicationLimits.GossipTransactionsMax))
        {
            output.Send.Add(new OutgoingMessage(
                null, new PeerMessage.Gossip([.. chunk.Select(each => each.Bytes.ToArray())])));
        }
    }
}
