using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Audit;

/// <summary>
/// The votes that a mirror shows for the heights from a fork on: those in the certificates of its
/// blocks, and in the justifications of their ballots.
/// </summary>
internal static class ForkVotes
{
    /// <summary>Reads the votes; nothing of them is checked.</summary>
    /// <param name="mirror">The folder.</param>
    /// <param name="head">What it claims.</param>
    /// <param name="from">The first height.</param>
    /// <param name="findings">What is wrong before that height.</param>
    public static SortedDictionary<long, HeightVotes> Read(
        MirrorFolder mirror, MirrorHead head, long from, FindingList findings)
    {
        SortedDictionary<long, HeightVotes> heights = [];
        ChainReader chain = new(mirror, head, findings, null);
        foreach (LogBlock block in chain.Blocks())
        {
            long height = block.Seal.Height;
            if (heights.TryGetValue(height - 1, out HeightVotes? before)
                && block.Seal.Certificate is { } bytes
                && Certificate.Codec.TryDecode(bytes, out Certificate? certificate, out _)
                && certificate.Height == height - 1)
            {
                before.Votes.AddRange(MessageVotes.Of(certificate));
            }

            if (height >= from + AuditLimits.ForkHeightsMax)
            {
                break;
            }

            if (height >= from)
            {
                heights[height] = Begin(mirror, block, [.. chain.Trail.Members.Values]);
            }
        }

        return heights;
    }

    private static HeightVotes Begin(
        MirrorFolder mirror, LogBlock block, ImmutableArray<MemberRecord> records)
    {
        HeightVotes votes = new(block.Members, records, []);
        if (MirrorFolder.TryRead(mirror.CertificateFile(block.Seal.Height)) is { } file
            && BlockProof.Codec.TryDecode(file, out BlockProof? proof, out _))
        {
            votes.Votes.AddRange(MessageVotes.Of(proof.Certificate));
            votes.Votes.AddRange(MessageVotes.Of(proof.Justification));
        }

        return votes;
    }
}

/// <summary>The votes of one height in one mirror.</summary>
/// <param name="Members">Who decided it, by the log before.</param>
/// <param name="Records">The same, with all their keys.</param>
/// <param name="Votes">Unchecked.</param>
internal sealed record HeightVotes(
    MemberSet Members, ImmutableArray<MemberRecord> Records, List<SignedVote> Votes);
