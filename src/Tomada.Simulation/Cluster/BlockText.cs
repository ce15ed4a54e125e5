using Tomada.Ledger;
using Tomada.Replication;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>Blocks as one line each, for logs.</summary>
internal static class BlockText
{
    /// <summary>Height, ballot, digest, time, and what each entry is.</summary>
    public static string Of(AppendedBlock block)
    {
        Seal seal = block.Applied.Seal;
        return $"{seal.Height}/{block.Proof.Certificate.Ballot}"
            + $" {block.Applied.Digest.ToShortString()} by {seal.Proposer} at {seal.Time}: "
            + string.Join(", ", block.Applied.Entries.Select(Of));
    }

    /// <summary>Type and what it speaks of.</summary>
    public static string Of(PeerMessage message) => message switch
    {
        PeerMessage.Voting voting => MessageText.Of(voting.Message),
        PeerMessage.Gossip gossip => $"Gossip of {gossip.Transactions.Length}",
        PeerMessage.BlockRequest request => $"BlockRequest {request.FromHeight}",
        PeerMessage.BlockAnswer answer => $"BlockAnswer of {answer.Blocks.Length}",
        PeerMessage.HeldVotes held => $"HeldVotes of {held.Votes.Length}",
        _ => PeerMessage.Codec.CaseOf(message).Name,
    };

    private static string Of(Entry entry) => entry switch
    {
        TransactionEntry each
            when SignedTransaction.TryDecode(each.Transaction, out SignedTransaction? one, out _) =>
            $"{one!.Content.Company} {one.Content.Body.Kind} {one.Id.Digest.ToShortString()}"
            + (each.Outcome.IsApplied ? "" : $" {each.Outcome.Code}: {each.Outcome.Detail}"),
        RuleEntry rule => string.Join(' ', rule.Effects.Select(effect => effect.GetType().Name)),
        _ => entry.GetType().Name,
    };
}
