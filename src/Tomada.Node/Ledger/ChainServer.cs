using System.Collections.Immutable;
using System.Threading.Channels;
using Tomada.Consensus;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>What a peer asks of the chain: blocks, or what is needed for a snapshot.</summary>
internal sealed record ChainRequest(CompanyId To, BlockService? Blocks, SyncMessage? Sync)
{
    public static IEnumerable<ChainRequest> Of(ReplicatorOutput output) =>
    [
        .. output.Serve.Select(each => new ChainRequest(each.To, each, null)),
        .. output.Syncing.Select(each => new ChainRequest(each.From, null, each.Message)),
    ];
}

/// <summary>
/// Sends older blocks to peers that are behind, beside the loop: reading a chain must not delay a
/// vote. An honest peer waits for its answers, so what it asks beyond a few is dropped.
/// </summary>
internal sealed class ChainServer(NodeStore store, IPeerChannel peers)
{
    private readonly Channel<ChainRequest> _requests = Channel.CreateBounded<ChainRequest>(
        new BoundedChannelOptions(NodeLimits.ChainRequestsMax) { SingleReader = true });

    private readonly SealReader _seals =
        new(height => ChainRows.Read(store, height), store.ReadGovernance);

    private ImmutableSortedDictionary<CompanyId, int> _waiting =
        ImmutableSortedDictionary<CompanyId, int>.Empty;

    /// <summary>Takes a request, unless as many of the same peer wait as may.</summary>
    public void Ask(ChainRequest request)
    {
        if (_waiting.GetValueOrDefault(request.To) < NodeLimits.ChainRequestsPerPeerMax
            && _requests.Writer.TryWrite(request))
        {
            Count(request.To, 1);
        }
    }

    /// <summary>Answers until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (ChainRequest request in _requests.Reader.ReadAllAsync(stop))
        {
            if (Answer(request) is { } answer)
            {
                peers.Send(request.To, PeerMessage.Codec.Encode(answer));
            }

            Count(request.To, -1);
        }
    }

    private void Count(CompanyId peer, int change) => ImmutableInterlocked.Update(
        ref _waiting, all => all.SetItem(peer, all.GetValueOrDefault(peer) + change));

    private PeerMessage? Answer(ChainRequest request)
    {
        SyncMessage? sync = request.Sync switch
        {
            SyncMessage.SnapshotAsked => Offer(),
            SyncMessage.SealsAsked asked => _seals.Read(asked),
            SyncMessage.PartAsked asked => new SyncMessage.Part(
                asked.Height,
                asked.Number,
                store.Snapshots.ReadPart(asked.Height, asked.Number) ?? []),
            // What nobody asked for here, or an answer that came too late.
            SyncMessage.SnapshotOffered or SyncMessage.Seals or SyncMessage.Part or null => null,
            _ => throw new System.Diagnostics.UnreachableException(request.ToString()),
        };
        return sync is not null ? new PeerMessage.Syncing(sync)
            : request.Blocks is { } blocks ? Read(blocks.FromHeight)
            : null;
    }

    private SyncMessage.SnapshotOffered Offer()
    {
        foreach (SnapshotHead head in store.Snapshots.ReadHeads())
        {
            if (ChainRows.Read(store, head.Height) is { } block)
            {
                return new SyncMessage.SnapshotOffered(head, block);
            }
        }

        return new SyncMessage.SnapshotOffered(null, null);
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
