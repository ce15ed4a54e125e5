using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Consensus;
using Tomada.Transparency;

namespace Tomada.Simulation.Cluster;

/// <summary>Ways of one member to lie; a seed turns on any of them.</summary>
[Flags]
public enum ClusterLies
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A block with a wrong state root.</summary>
    WrongRoot = 1,

    /// <summary>A block of another time, another height or with an entry missing.</summary>
    InvalidBlock = 2,

    /// <summary>Two valid blocks in one ballot, and votes for both.</summary>
    Equivocation = 4,

    /// <summary>Votes that some members never get.</summary>
    WithheldVotes = 8,

    /// <summary>Old messages again, its own and others'.</summary>
    Replay = 16,

    /// <summary>Heads of the log that contradict each other.</summary>
    TwoHeads = 32,

    /// <summary>Snapshots with another row, or of a height that it has not reached.</summary>
    WrongSnapshot = 64,

    /// <summary>All of them.</summary>
    All = 127,
}

/// <summary>
/// Stands between a sound replicator and the network and spoils what it says. It signs with its own
/// key only. Half of the members hear one story and half another.
/// </summary>
internal sealed class ClusterLiar(ClusterWorld world, ClusterNode node)
{
    private const int RememberedMax = 64;
    private readonly Dictionary<(long, int), ConsensusMessage.Propose> _others = [];
    private readonly List<PeerMessage> _heard = [];

    private ClusterLies Lies => world.Plan.Lies;

    private SimulationRandom Random => world.Random;

    /// <summary>Remembers what may be replayed.</summary>
    public void Heard(PeerMessage message)
    {
        if (_heard.Count == RememberedMax)
        {
            _heard.RemoveAt(Random.Below(RememberedMax));
        }

        _heard.Add(message);
    }

    /// <summary>What a member is told instead.</summary>
    public IEnumerable<PeerMessage> Say(ClusterNode to, PeerMessage message)
    {
        Heard(message);
        bool isVote = message is PeerMessage.Voting { Message: not ConsensusMessage.Tip };
        if (Does(ClusterLies.Replay) && Random.Chance(100_000))
        {
            world.Oracles.Faults.Met(ClusterFaults.LiarReplayed);
            yield return Random.Pick(_heard);
        }

        if (isVote && Does(ClusterLies.WithheldVotes) && Random.Chance(300_000))
        {
            world.Oracles.Faults.Met(ClusterFaults.LiarWithheld);
        }
        else if (message is PeerMessage.Cosigned words && (to.Index & 1) == 0
            && Does(ClusterLies.TwoHeads))
        {
            yield return words with { Words = [.. words.Words.Select(OtherHead)] };
        }
        else if (message is PeerMessage.Syncing sync && Does(ClusterLies.WrongSnapshot))
        {
            yield return new PeerMessage.Syncing(OtherSnapshot(sync.Message));
        }
        else if (message is PeerMessage.Voting voting && (to.Index & 1) == 0)
        {
            yield return new PeerMessage.Voting(OtherStory(voting.Message));
        }
        else
        {
            yield return message;
        }
    }

    private SyncMessage OtherSnapshot(SyncMessage message)
    {
        SyncMessage? other = message switch
        {
            SyncMessage.SnapshotOffered { Head: { } head } offer when Random.Chance(300_000) =>
                offer with { Head = head with { Height = head.Height + Random.Between(1, 20) } },
            SyncMessage.Part { Bytes: [.. var before, var last] } part =>
                part with { Bytes = [.. before, (byte)(last ^ 1)] },
            _ => null,
        };
        world.Oracles.Faults.Met(ClusterFaults.LiarWrongSnapshot, other is null ? 0 : 1);
        return other ?? message;
    }

    /// <summary>A head of its own that is not of the log: about as large as its word.</summary>
    private HeadCosignature OtherHead(HeadCosignature word)
    {
        if (word.Company != node.Company || !node.IsUp
            || !node.State.Members.ContainsKey(node.Company))
        {
            return word;
        }

        world.Oracles.Faults.Met(ClusterFaults.LiarTwoHeads);
        Checkpoint other = word.Head.In(world.Network) with
        {
            Size = Math.Max(1, word.Head.Size + Random.Between(-1, 1)),
            Root = Digest.Of("another log"u8),
        };
        return HeadCosignature.Sign(
            other, node.Company, word.Head.UnixSeconds,
            ClusterKeys.IdentitySigner(node.State, node.Company));
    }

    private bool Does(ClusterLies lie) => (Lies & lie) != 0;

    private ConsensusMessage OtherStory(ConsensusMessage message) => message switch
    {
        ConsensusMessage.Propose { Justification: null } propose => Spoiled(propose),
        ConsensusMessage.Endorse each when OtherOf(each.Ballot, each.Height) is { } other =>
            each with
            {
                Digest = other,
                Signature = Sign(VoteType.Endorse, each.Height, each.Ballot, other),
            },
        ConsensusMessage.Accept each when OtherOf(each.Ballot, each.Height) is { } other =>
            each with
            {
                Digest = other,
                Signature = Sign(VoteType.Accept, each.Height, each.Ballot, other),
            },
        _ => message,
    };

    private Digest? OtherOf(int ballot, long height) =>
        _others.TryGetValue((height, ballot), out ConsensusMessage.Propose? other)
            ? Block.Codec.Decode(other.Value).Digest
            : null;

    private ConsensusMessage.Propose Spoiled(ConsensusMessage.Propose sound)
    {
        if (_others.TryGetValue((sound.Height, sound.Ballot), out ConsensusMessage.Propose? known))
        {
            return known;
        }

        Block block = Block.Codec.Decode(sound.Value);
        Seal seal = (Seal)Entry.Codec.Decode(block.Entries[^1]);
        Block? other = Random.Below(3) switch
        {
            0 when Does(ClusterLies.WrongRoot) => WrongRoot(block, seal),
            1 when Does(ClusterLies.InvalidBlock) => Invalid(block, seal),
            _ when Does(ClusterLies.Equivocation) => Second(block, seal),
            _ => null,
        };
        if (other is null)
        {
            return sound;
        }

        ConsensusMessage.Propose said = sound with
        {
            Value = Block.Codec.Encode(other),
            Signature = Sign(VoteType.Propose, sound.Height, sound.Ballot, other.Digest),
        };
        _others[(sound.Height, sound.Ballot)] = said;
        return said;
    }

    private Block WrongRoot(Block block, Seal seal)
    {
        world.Oracles.Faults.Met(ClusterFaults.LiarWrongRoot);
        return Sealed([.. block.Entries[..^1]], seal with { StateRoot = Digest.Of("lie"u8) });
    }

    private Block Invalid(Block block, Seal seal)
    {
        world.Oracles.Faults.Met(ClusterFaults.LiarInvalidBlock);
        ImmutableArray<byte[]> entries = [.. block.Entries[..^1]];
        return Random.Below(3) switch
        {
            0 => Sealed(entries, seal with { Time = seal.Time.Plus(TimeSpan.FromHours(1)) }),
            1 => Sealed(entries, seal with { Height = seal.Height + 1 }),
            _ => Sealed([.. entries.Take(entries.Length - 1)], seal),
        };
    }

    /// <summary>As sound as the first, and a millisecond later.</summary>
    private Block? Second(Block block, Seal seal)
    {
        List<SignedTransaction> transactions = [];
        foreach (byte[] bytes in block.Entries)
        {
            if (Entry.Codec.Decode(bytes) is TransactionEntry each
                && SignedTransaction.TryDecode(each.Transaction, out SignedTransaction? one, out _))
            {
                transactions.Add(one!);
            }
        }

        if (!node.IsUp || node.State.Height != seal.Height - 1)
        {
            return null;
        }

        world.Oracles.Faults.Met(ClusterFaults.LiarEquivocated);
        return BlockExecution.Build(
            node.State, transactions, new Timestamp(seal.Time.UnixMs + 1), seal.Proposer,
            seal.Certificate, StandInSignatures.Verify).Block;
    }

    private static Block Sealed(ImmutableArray<byte[]> entries, Seal seal)
    {
        Digest[] leaves = [.. entries.Select(entry => MerkleTree.LeafHash(entry))];
        Seal bound = seal with
        {
            Count = entries.Length,
            TransactionRoot = MerkleTree.Root(leaves),
        };
        return new Block([.. entries, Entry.Codec.Encode(bound)]);
    }

    private byte[] Sign(VoteType type, long height, int ballot, Digest digest)
    {
        MemberSet members = world.Oracles.MembersAt(height);
        byte[] bytes = new VoteContent(type, height, ballot, digest).SignedBytes(
            world.Network, members.Hash);
        PublicKey key = members.Members.First(each => each.Company == node.Company).VotingKey;
        return StandInSignatures.SignerOf(key)(bytes);
    }
}
