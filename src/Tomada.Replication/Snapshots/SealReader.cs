using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>Reads seals for who is far behind from a chain that may have holes.</summary>
/// <param name="block">A sound stored block; null where there is none.</param>
/// <param name="governance">Members, f and q of a root; null when it is not known.</param>
public sealed class SealReader(
    Func<long, ConsensusMessage.Decided?> block, Func<Digest, Governance?> governance)
{
    /// <summary>
    /// The seals that were asked for, as many as one answer holds; up to the first hole.
    /// </summary>
    public SyncMessage.Seals Read(SyncMessage.SealsAsked asked)
    {
        List<SealLink> links = [];
        int bytes = 0;
        BlockProof? proof = null;
        Digest? root = RootBefore(asked.From);
        for (long height = asked.From;
            height <= asked.To && links.Count < ReplicationLimits.SealsPerAnswerMax
                && bytes < ReplicationLimits.AnswerBytesMax
                && block(height) is { } stored
                && SealedBlock.TryRead(stored.Value, out SealedBlock? read);
            height++)
        {
            proof = BlockProof.Of(stored);
            Governance? next = read.Seal.GovernanceRoot == root
                ? null
                : governance(read.Seal.GovernanceRoot);
            root = read.Seal.GovernanceRoot;
            links.Add(new SealLink(read.Block.Entries[^1], next is null ? null : proof, next));
            bytes += read.Block.Entries[^1].Length;
        }

        if (links.Count > 0)
        {
            links[^1] = links[^1] with { Proof = proof };
        }

        return new SyncMessage.Seals([.. links]);
    }

    /// <summary>Who was to decide at a height, by the seal before it.</summary>
    private Digest? RootBefore(long height) =>
        block(height - 1) is { } stored
        && SealedBlock.TryRead(stored.Value, out SealedBlock? read)
            ? read.Seal.GovernanceRoot
            : null;
}
