using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Simulation.Cluster;

/// <summary>
/// What a node's store keeps: exactly what it was told to write and has synced. It lives on when
/// its node dies.
/// </summary>
internal sealed class VirtualDisk
{
    private readonly SortedDictionary<(long, DurableKind, int), DurableRecord> _votes = [];
    private readonly List<(byte[] Block, byte[] Proof)> _chain = [];
    private readonly SortedDictionary<TransactionId, SignedTransaction> _pending = [];

    public long Height => _chain.Count;

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

        copy._chain.AddRange(_chain);
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
                _chain.Add(
                    (block.Proof.Value, BlockProof.Codec.Encode(BlockProof.Of(block.Proof))));
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

    public ConsensusMessage.Decided ReadBlock(long height)
    {
        (byte[] block, byte[] proof) = _chain[(int)height - 1];
        return BlockProof.Codec.Decode(proof).With(block);
    }

    /// <summary>The answer to a peer that is behind, within the limits of one answer.</summary>
    public PeerMessage.BlockAnswer ReadAnswer(long fromHeight)
    {
        ImmutableArray<ConsensusMessage.Decided>.Builder blocks =
            ImmutableArray.CreateBuilder<ConsensusMessage.Decided>();
        int bytes = 0;
        for (long height = fromHeight;
            height <= Height && blocks.Count < ReplicationLimits.BlocksPerAnswerMax; height++)
        {
            ConsensusMessage.Decided block = ReadBlock(height);
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
