using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>What a comparison found.</summary>
/// <param name="Report">Its findings.</param>
/// <param name="Evidence">
/// Proofs of guilt, each of a company once per kind, height and ballot.
/// </param>
public sealed record SplitReport(AuditReport Report, ImmutableArray<EvidenceFile> Evidence)
{
    /// <summary>Who is guilty, in order.</summary>
    public ImmutableSortedSet<CompanyId> Guilty => [.. Evidence.Select(each => each.Guilty)];
}

/// <summary>
/// Compares mirrors that were taken from different places. One network has one log: where two
/// mirrors differ, members have signed both, and their own votes convict them.
/// </summary>
public static class SplitView
{
    /// <summary>Compares mirrors pair by pair.</summary>
    /// <param name="mirrors">Two or more.</param>
    /// <param name="verify">Checks signatures; null: Ed25519.</param>
    public static SplitReport Compare(
        IReadOnlyList<MirrorFolder> mirrors, VerifySignature? verify = null)
    {
        FindingList findings = new();
        Comparison comparison = new(findings, verify ?? Ed25519.Verify);
        try
        {
            List<Side> sides = [.. mirrors.Select(each => comparison.Open(each))];
            for (int i = 0; i < sides.Count; i++)
            {
                for (int j = i + 1; j < sides.Count; j++)
                {
                    comparison.Compare(sides[i], sides[j]);
                }
            }
        }
        catch (MirrorException unreadable)
        {
            findings.Add(unreadable.Class, unreadable.Message);
        }

        findings.Count("mirrors", mirrors.Count, "mirrors");
        findings.Count("guilty", comparison.Evidence.Guilty.Count, "companies");
        return new SplitReport(findings.ToReport(), [.. comparison.Evidence.Files]);
    }
}

/// <summary>One of the mirrors that are compared.</summary>
internal sealed record Side(MirrorFolder Mirror, MirrorHead Head, ReadNode Nodes)
{
    public Digest Network => Head.Genesis.NetworkId;

    public long Size => Head.Head.Size;

    public Digest RootAt(long size) => MerkleTree.Root(size, Nodes);
}

/// <summary>A comparison under way.</summary>
internal sealed class Comparison(FindingList findings, VerifySignature verify)
{
    public GuiltCollector Evidence { get; } = new(verify);

    /// <exception cref="MirrorException">It cannot be read, or is not one log.</exception>
    public Side Open(MirrorFolder mirror)
    {
        MirrorHead head = MirrorHead.Read(mirror, null, verify);
        Side side = new(
            mirror, head, Tiles.NodesOf(head.Head.Size, mirror.TileReader()));
        if (side.RootAt(side.Size) != head.Head.Root)
        {
            throw new MirrorException(
                FindingClass.Log,
                $"{mirror.Path} is not one log; 'fsck' says where. Nothing can be said of it.");
        }

        CompareConflicts(side);
        return side;
    }

    /// <summary>
    /// Heads that a node showed at another time, and that are not of this log: who cosigned both is
    /// guilty. A larger one proves nothing without its log.
    /// </summary>
    private void CompareConflicts(Side side)
    {
        string folder = side.Mirror.FileOf(MirrorFolder.ConflictsName);
        string[] files = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)]
            : [];
        foreach (string file in files)
        {
            if (!MirrorHead.TryParse(
                    MirrorFolder.Read(file), out SignedNote? note, out Checkpoint? head, out _)
                || head.Origin != side.Head.Head.Origin || head.Size > side.Size
                || side.RootAt(head.Size) == head.Root)
            {
                continue;
            }

            ChainReader chain = new(side.Mirror, side.Head, new FindingList(), null);
            foreach (LogBlock _ in chain.Blocks())
            {
                // The reader takes each block's changes of the members.
            }

            Evidence.Add(
                side.Network, chain.Trail.Members.Values, note, side.Head.Note, side.Nodes);
            findings.Add(new Finding(
                FindingClass.SplitView,
                $"{file} is no head of this log. Proven guilty: "
                    + (Evidence.Guilty.Count == 0 ? "nobody" : string.Join(", ", Evidence.Guilty))
                    + ".",
                "I14"));
        }
    }

    public void Compare(Side one, Side other)
    {
        if (one.Network != other.Network)
        {
            findings.Add(
                FindingClass.Chain,
                $"{one.Mirror.Path} is of network {one.Network}, {other.Mirror.Path} of "
                    + $"{other.Network}: they have no log in common");
            return;
        }

        long common = Math.Min(one.Size, other.Size);
        if (one.RootAt(common) == other.RootAt(common))
        {
            return;
        }

        long first = FirstDifference(one, other, common);
        (long height, Digest digest) = SealFrom(one, first);
        (long otherHeight, Digest otherDigest) = SealFrom(other, first);
        if (height != otherHeight || digest == otherDigest)
        {
            throw new MirrorException(
                FindingClass.Chain,
                $"entry {first} differs, and not as blocks of one height do: 'fsck' says which "
                    + "of the two is no chain");
        }

        Blame(one, other, height, first);
    }

    private static long FirstDifference(Side one, Side other, long common)
    {
        long same = 0;
        long different = common;
        while (different - same > 1)
        {
            long middle = same + ((different - same) / 2);
            (same, different) = one.RootAt(middle) == other.RootAt(middle)
                ? (middle, different)
                : (same, middle);
        }

        return same;
    }

    private static (long Height, Digest Digest) SealFrom(Side side, long index)
    {
        ReceiptMaker entries = new(side.Mirror, side.Head);
        for (long at = index; at < side.Size && at <= index + LedgerLimits.BlockEntriesMax; at++)
        {
            byte[] bytes = entries.Entry(at);
            if (Entry.Codec.TryDecode(bytes, out Entry? entry, out _) && entry is Seal seal)
            {
                return (seal.Height, Digest.Of(bytes));
            }
        }

        throw new MirrorException(
            FindingClass.Chain, $"{side.Mirror.Path}: no seal follows entry {index}");
    }

    private void Blame(Side one, Side other, long height, long index)
    {
        SortedDictionary<long, HeightVotes> mine =
            ForkVotes.Read(one.Mirror, one.Head, height, findings);
        SortedDictionary<long, HeightVotes> theirs =
            ForkVotes.Read(other.Mirror, other.Head, height, findings);
        int needed = 0;
        foreach ((long at, HeightVotes votes) in mine)
        {
            // Members that changed differently on both sides sign different things.
            if (!theirs.TryGetValue(at, out HeightVotes? others)
                || others.Members.Hash != votes.Members.Hash)
            {
                break;
            }

            if (at == height)
            {
                needed = Quorum.LiarsToFork(votes.Members.N);
                (Side smaller, Side larger) =
                    one.Size <= other.Size ? (one, other) : (other, one);
                Evidence.Add(
                    one.Network, votes.Records, smaller.Head.Note, larger.Head.Note,
                    larger.Nodes);
            }

            Evidence.Add(one.Network, votes.Members, [.. votes.Votes, .. others.Votes]);
        }

        string named = Evidence.Guilty.Count == 0
            ? "nobody"
            : string.Join(", ", Evidence.Guilty);
        string missing = Evidence.Guilty.Count >= needed
            ? string.Empty
            : " The others' proof is in votes that members keep and these mirrors do not have.";
        findings.Add(new Finding(
            FindingClass.SplitView,
            $"{one.Mirror.Path} and {other.Mirror.Path} have different blocks here, which takes at "
                + $"least {needed} liars. Proven guilty: {named}.{missing}",
            "I14",
            height,
            index));
    }
}
