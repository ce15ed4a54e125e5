using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Consensus;
using Tomada.Transparency;

namespace Tomada.Simulation.Cluster;

/// <summary>
/// What a node's store keeps: exactly what it was told to write and has synced. It lives on when
/// its node dies.
/// </summary>
internal sealed class VirtualDisk
{
    private readonly SortedDictionary<(long, DurableKind, int), DurableRecord> _votes = [];
    private readonly SortedDictionary<long, (byte[] Block, byte[] Proof)> _chain = [];
    private readonly Dictionary<Digest, Governance> _governances = [];
    private readonly List<(SnapshotHead Head, byte[][] Parts)> _snapshots = [];
    private readonly SortedDictionary<TransactionId, SignedTransaction> _pending = [];

    /// <summary>The stored tip.</summary>
    public long Height { get; private set; }

    /// <summary>The voting key whose votes an earlier disk took with it; null: none.</summary>
    public PublicKey? LostKey { get; private set; }

    /// <summary>The largest head that was ever cosigned from this disk.</summary>
    public Checkpoint? LargestHead { get; set; }

    /// <summary>Votes that convict somebody.</summary>
    public List<Evidence> Found { get; private init; } = [];

    /// <summary>Heads that convict somebody.</summary>
    public List<TwoHeads> FoundHeads { get; private init; } = [];

    /// <summary>All of it as it is now, to be put back later.</summary>
    public VirtualDisk Copy()
    {
        VirtualDisk copy = new()
        {
            LostKey = LostKey,
            LargestHead = LargestHead,
            Found = [.. Found],
            FoundHeads = [.. FoundHeads],
        };
        foreach (((long, DurableKind, int) key, DurableRecord row) in _votes)
        {
            copy._votes.Add(key, row);
        }

        foreach ((TransactionId id, SignedTransaction waiting) in _pending)
        {
            copy._pending.Add(id, waiting);
        }

        foreach ((long height, (byte[], byte[]) row) in _chain)
        {
            copy._chain.Add(height, row);
        }

        foreach ((Digest root, Governance governance) in _governances)
        {
            copy._governances.Add(root, governance);
        }

        copy.Height = Height;
        copy._snapshots.AddRange(_snapshots);
        return copy;
    }

    /// <summary>The votes of the height that is to be decided.</summary>
    public IEnumerable<DurableRecord> Votes => _votes.Values.Where(row => row.Height > Height);

    public IReadOnlyCollection<SignedTransaction> Pending => _pending.Values;

    public bool IsPending(TransactionId id) => _pending.ContainsKey(id);

    /// <summary>All of it in one synced write.</summary>
    public void Write(IEnumerable<ReplicatorOutput> outputs)
    {
        foreach (ReplicatorOutput output in outputs)
        {
            foreach (DurableRecord row in output.Votes)
            {
                _votes[(row.Height, row.Kind, row.Ballot)] = row;
            }

            foreach (AppendedBlock block in output.Append)
            {
                Invariant.Require(
                    block.Applied.Seal.Height == Height + 1, "blocks are appended without gap");
                Put(block.Proof);
                Know(Governance.Of(block.Applied.After.Members));
            }

            LostKey = output.Lost?.Key ?? LostKey;
            Found.AddRange(output.Found);
            foreach (SignedTransaction added in output.PendingAdded)
            {
                _pending[added.Id] = added;
            }

            foreach (TransactionId removed in output.PendingRemoved)
            {
                _pending.Remove(removed);
            }
        }

        while (_votes.Count > 0 && _votes.Keys.First().Item1 < Height)
        {
            _votes.Remove(_votes.Keys.First());
        }
    }

    /// <summary>A stored block; null where there is a hole.</summary>
    public ConsensusMessage.Decided? ReadBlock(long height) =>
        _chain.TryGetValue(height, out (byte[] Block, byte[] Proof) row)
            ? BlockProof.Codec.Decode(row.Proof).With(row.Block)
            : null;

    /// <summary>Who decides after a governance root; null when it was never seen here.</summary>
    public Governance? ReadGovernance(Digest root) => _governances.GetValueOrDefault(root);

    /// <summary>The lowest height below the tip whose block is missing; null: the chain is
    /// whole.</summary>
    public long? LowestHole
    {
        get
        {
            long height = 1;
            while (_chain.Count < Height && _chain.ContainsKey(height))
            {
                height++;
            }

            return _chain.Count < Height ? height : null;
        }
    }

    /// <summary>The newest snapshot that was completed; null before the first.</summary>
    public SnapshotHead? NewestSnapshot => _snapshots.Count > 0 ? _snapshots[^1].Head : null;

    /// <summary>Remembers who decides.</summary>
    public void Know(Governance governance) => _governances[governance.Root()] = governance;

    /// <summary>Writes a snapshot; the newest two stay.</summary>
    public void Write(Standing standing)
    {
        byte[][] parts = [.. StatePart.Of(standing.State).Select(StatePart.Codec.Encode)];
        _snapshots.Add((
            new SnapshotHead(
                standing.State.Height, standing.State.Tip, parts.Length,
                StatePart.RowsOf(standing.State), standing.Term, standing.Deciders),
            parts));
        if (_snapshots.Count > 2)
        {
            _snapshots.RemoveAt(0);
        }
    }

    /// <summary>A peer's snapshot is written: its block is the tip from now on.</summary>
    public void Adopt(ConsensusMessage.Decided tip, IEnumerable<Governance> governances)
    {
        foreach (Governance each in governances)
        {
            Know(each);
        }

        Put(tip);
    }

    /// <summary>Puts a block into a hole.</summary>
    public void Fill(ConsensusMessage.Decided block) => Put(block);

    /// <summary>Where the newest sound snapshot stands whose block is here; null: none.</summary>
    public Standing? ReadStanding(Genesis genesis)
    {
        foreach ((SnapshotHead head, byte[][] parts) in Enumerable.Reverse(_snapshots))
        {
            if (ReadBlock(head.Height) is not { } block)
            {
                continue;
            }

            SnapshotLoader loader = new(genesis, head, block, StandInSignatures.Verify);
            foreach (byte[] part in parts)
            {
                Invariant.Require(loader.TryAdd(part, out string? why), $"a part is sound: {why}");
            }

            Invariant.Require(
                loader.TryFinish(out Standing? standing, out string? not),
                $"a snapshot of the own disk is sound: {not}");
            return standing;
        }

        return null;
    }

    /// <summary>The answer to a question about snapshots; null to what is no question.</summary>
    public SyncMessage? Answer(SyncMessage asked) => asked switch
    {
        SyncMessage.SnapshotAsked => NewestSnapshot is { } head && ReadBlock(head.Height) is { } tip
            ? new SyncMessage.SnapshotOffered(head, tip)
            : new SyncMessage.SnapshotOffered(null, null),
        SyncMessage.SealsAsked seals => new SealReader(ReadBlock, ReadGovernance).Read(seals),
        SyncMessage.PartAsked part => new SyncMessage.Part(part.Height, part.Number, PartOf(part)),
        _ => null,
    };

    private byte[] PartOf(SyncMessage.PartAsked asked) => _snapshots
        .Where(each => each.Head.Height == asked.Height && asked.Number < each.Parts.Length)
        .Select(each => each.Parts[asked.Number])
        .FirstOrDefault([]);

    private void Put(ConsensusMessage.Decided block)
    {
        _chain[block.Height] = (block.Value, BlockProof.Codec.Encode(BlockProof.Of(block)));
        Height = Math.Max(Height, block.Height);
    }

    /// <summary>The answer to a peer that is behind, within the limits of one answer.</summary>
    public PeerMessage.BlockAnswer ReadAnswer(long fromHeight)
    {
        ImmutableArray<ConsensusMessage.Decided>.Builder blocks =
            ImmutableArray.CreateBuilder<ConsensusMessage.Decided>();
        int bytes = 0;
        for (long height = fromHeight;
            blocks.Count < ReplicationLimits.BlocksPerAnswerMax && ReadBlock(height) is { } block;
            height++)
        {
            bytes += block.Value.Length;
            if (blocks.Count > 0 && bytes > ReplicationLimits.AnswerBytesMax)
            {
                break;
            }

            blocks.Add(block);
        }

        return new PeerMessage.BlockAnswer(blocks.ToImmutable());
    }
}
