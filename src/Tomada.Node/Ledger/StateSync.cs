using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// Before a node takes part it asks its peers for a snapshot. One that is far ahead of the own tip
/// is taken: the seals up to its block are followed from the own state, then its rows come part by
/// part, and nothing is used before their root is the one that the proven seal names. Whoever gives
/// a bad answer, or none, is asked no more; without any good one the chain is executed.
/// </summary>
internal sealed partial class StateSync(
    Replicator replicator,
    NodeStore store,
    IPeerChannel peers,
    SnapshotKeeper keeper,
    TrustAnchor? anchor,
    TimeProvider wall,
    ILogger logger,
    long gapMin = ReplicationLimits.SnapshotGapMin)
{
    private readonly SortedSet<CompanyId> _tried = [];
    private SealChain? _seals;
    private long _saidAt;

    /// <summary>Who can be reached, as the newest event says.</summary>
    public ImmutableSortedSet<CompanyId> Reachable { get; private set; } = [];

    /// <summary>What peers said of other matters meanwhile; the newest of it.</summary>
    public Queue<PeerEvent.Arrived> Kept { get; } = [];

    /// <summary>
    /// Takes up a snapshot of a peer if one is far ahead; otherwise does nothing.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await WaitForPeersAsync(stop);
        while (Reachable.Except(_tried) is [var peer, ..])
        {
            _tried.Add(peer);
            if (await TakeFromAsync(peer, stop))
            {
                return;
            }
        }
    }

    private async Task<bool> TakeFromAsync(CompanyId peer, CancellationToken stop)
    {
        SyncMessage.SnapshotOffered? offer = await AskAsync<SyncMessage.SnapshotOffered>(
            peer, new SyncMessage.SnapshotAsked(), stop);
        if (offer is not { Head: { } head, Block: { } block }
            || head.Height < replicator.State.Height + gapMin)
        {
            return false;
        }

        LogTaking(logger, head.Height, peer, head.Rows, replicator.State.Height);
        if (await FollowAsync(peer, head, stop) is { } refused)
        {
            LogRefused(logger, peer, head.Height, refused);
            return false;
        }

        SnapshotLoader loader = new(replicator.State.Genesis, head, block, Ed25519.Verify);
        string? why = null;
        while (!loader.IsComplete && why is null)
        {
            SyncMessage.Part? part = await AskAsync<SyncMessage.Part>(
                peer, new SyncMessage.PartAsked(head.Height, loader.NextPart), stop);
            if (part?.Number != loader.NextPart || part.Height != head.Height)
            {
                why = $"part {loader.NextPart} did not come";
            }
            else if (loader.TryAdd(part.Bytes, out why))
            {
                Say("rows", loader.Rows, head.Rows);
            }
        }

        if (why is not null || !loader.TryFinish(out Standing? standing, out why))
        {
            LogRefused(logger, peer, head.Height, why!);
            return false;
        }

        Adopt(standing);
        return true;
    }

    /// <summary>Follows the seals to the snapshot's block; null, or what was wrong.</summary>
    private async Task<string?> FollowAsync(
        CompanyId peer, SnapshotHead head, CancellationToken stop)
    {
        // What another peer has proven holds; only a snapshot below it begins anew.
        if (_seals is null || _seals.Height > head.Height)
        {
            LedgerState state = replicator.State;
            LeaderTerm term = replicator.Standing?.Term
                ?? LeaderTerm.AtGenesis(MemberSets.Of(state), state.Time);
            _seals = new SealChain(state, term, Ed25519.Verify, anchor);
        }

        while (_seals.Height < head.Height)
        {
            SyncMessage.Seals? answer = await AskAsync<SyncMessage.Seals>(
                peer, new SyncMessage.SealsAsked(_seals.Height + 1, head.Height), stop);
            if (answer is null)
            {
                return $"the seals from {_seals.Height + 1} on did not come";
            }

            if (!_seals.TryAdd(answer.Links, out string? why))
            {
                return why;
            }

            Say("seals", _seals.Height, head.Height);
        }

        return _seals.Tip != head.Tip ? "its block is not the one that the seals name"
            : _seals.Deciders.Root() != head.Deciders.Root() ? "its deciders are not the seals'"
            : _seals.Term != head.Term ? "its term is not the one that follows from the seals"
            : null;
    }

    private void Adopt(Standing standing)
    {
        // The snapshot first: a block without its state would have to be executed to.
        keeper.Write(standing);
        Invariant.Require(
            SealedBlock.TryRead(standing.Tip.Value, out SealedBlock? tip),
            "the block of a loaded snapshot was read before");
        store.Adopt(ChainRows.Of(tip, standing.Tip), _seals!.Governances);
        replicator.Resume(standing);
        store.States.Stand(standing.State);
        LogTaken(logger, standing.State.Height);
    }

    private async Task WaitForPeersAsync(CancellationToken stop)
    {
        await ReadUntilAsync(
            happened =>
            {
                if (happened is PeerEvent.Arrived arrived)
                {
                    Keep(arrived);
                }

                return Reachable.Count > 0;
            },
            NodeLimits.SyncPeersWait,
            stop);
    }

    private void Keep(PeerEvent.Arrived arrived)
    {
        if (Kept.Count >= NodeLimits.KeptMessagesMax)
        {
            Kept.Dequeue();
        }

        Kept.Enqueue(arrived);
    }

    private async Task<T?> AskAsync<T>(
        CompanyId peer, SyncMessage question, CancellationToken stop)
        where T : SyncMessage
    {
        T? found = null;
        peers.Send(peer, PeerMessage.Codec.Encode(new PeerMessage.Syncing(question)));
        await ReadUntilAsync(
            happened =>
            {
                if (happened is PeerEvent.Arrived arrived)
                {
                    PeerMessage.Codec.TryDecode(arrived.Bytes, out PeerMessage? message, out _);
                    found = arrived.From == peer
                        && message is PeerMessage.Syncing { Message: T answer } ? answer : null;
                    if (message is not PeerMessage.Syncing)
                    {
                        Keep(arrived);
                    }
                }

                return found is not null || !Reachable.Contains(peer);
            },
            NodeLimits.SyncAnswerTimeout,
            stop);
        return found;
    }

    private async Task ReadUntilAsync(
        Func<PeerEvent, bool> isEnough, TimeSpan patience, CancellationToken stop)
    {
        using CancellationTokenSource limit = new(patience, wall);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            while (true)
            {
                PeerEvent happened = await peers.Incoming.ReadAsync(either.Token);
                if (happened is PeerEvent.ReachableChanged changed)
                {
                    Reachable = changed.Reachable;
                }

                if (isEnough(happened))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The peer is silent; the caller sees that nothing came.
        }
    }

    private void Say(string what, long done, long all)
    {
        if (wall.GetElapsedTime(_saidAt) >= NodeLimits.SyncSayPeriod || done == all)
        {
            _saidAt = wall.GetTimestamp();
            LogProgress(logger, what, done, all);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Taking the snapshot of block {Height} from {Peer}: {Rows} rows. This node "
            + "stands at block {Own}.")]
    private static partial void LogTaking(
        ILogger logger, long height, CompanyId peer, long rows, long own);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Snapshot: {Done} of {All} {What}.")]
    private static partial void LogProgress(ILogger logger, string what, long done, long all);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The snapshot of block {Height} from {Peer} is not used: {Why}.")]
    private static partial void LogRefused(
        ILogger logger, CompanyId peer, long height, string why);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Standing at block {Height}. The blocks below come in while the node works; "
            + "until then the public API says that it still reads its chain.")]
    private static partial void LogTaken(ILogger logger, long height);
}
