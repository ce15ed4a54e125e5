using System.Collections.Immutable;
using System.Threading.Channels;
using Tomada.Consensus;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// Sends older blocks to peers that are behind, beside the loop: reading a chain must not delay a
/// vote. One request of each peer at a time; an honest one waits for its answer, and what is asked
/// on top is dropped.
/// </summary>
internal sealed class ChainServer(NodeStore store, IPeerChannel peers)
{
    private readonly Channel<BlockService> _requests = Channel.CreateBounded<BlockService>(
        new BoundedChannelOptions(NodeLimits.ChainRequestsMax) { SingleReader = true });

    private ImmutableSortedSet<CompanyId> _waiting = [];

    /// <summary>Takes a request, unless one of the same peer waits.</summary>
    public void Ask(BlockService request)
    {
        if (!_waiting.Contains(request.To) && _requests.Writer.TryWrite(request))
        {
            ImmutableInterlocked.Update(ref _waiting, (all, to) => all.Add(to), request.To);
        }
    }

    /// <summary>Answers until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (BlockService request in _requests.Reader.ReadAllAsync(stop))
        {
            peers.Send(request.To, PeerMessage.Codec.Encode(Read(request.FromHeight)));
            ImmutableInterlocked.Update(ref _waiting, (all, to) => all.Remove(to), request.To);
        }
    }

    /// <summary>What is sound from a height on, up to the first hole.</summary>
    private PeerMessage.BlockAnswer Read(long fromHeight)
    {
        ImmutableArray<ConsensusMessage.Decided>.Builder blocks =
            ImmutableArray.CreateBuilder<ConsensusMessage.Decided>();
        int bytes = 0;
        // One by one: all that one answer may count could be far more than it may weigh.
        while (blocks.Count < ReplicationLimits.BlocksPerAnswerMax
            && ChainRows.Read(store, fromHeight + blocks.Count) is { } block)
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
