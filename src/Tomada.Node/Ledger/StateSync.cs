using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// Before a node takes part it asks its peers for a snapshot (<see cref="SnapshotFetch"/>), and
/// stands at it when a sound one is far ahead; without any the chain is executed.
/// </summary>
internal sealed partial class StateSync(
    Replicator replicator,
    NodeStore store,
    IPeerChannel peers,
    SnapshotKeeper keeper,
    TrustAnchor? anchor,
    TimeProvider wall,
    ILogger logger,
    long gapMin)
{
    private readonly SnapshotFetch _fetch = new(
        replicator.State,
        replicator.Standing?.Term
            ?? LeaderTerm.AtGenesis(MemberSets.Of(replicator.State), replicator.State.Time),
        Ed25519.Verify,
        anchor,
        gapMin,
        (long)NodeLimits.SyncAnswerTimeout.TotalMilliseconds);

    private SnapshotHead? _said;
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
        // Nobody may ever come; who is there is asked at once.
        long patienceMs = NowMs() + (long)NodeLimits.SyncPeersWait.TotalMilliseconds;
        while (!_fetch.IsOver && (Reachable.Count > 0 || NowMs() < patienceMs))
        {
            long wakeMs = Reachable.Count > 0 ? _fetch.WakeAtMs : patienceMs;
            Ask(await NextAsync(TimeSpan.FromMilliseconds(Math.Max(0, wakeMs - NowMs())), stop)
                is { } happened ? Take(happened) : _fetch.Tick(NowMs()));
        }

        if (_fetch.Taken is { } standing)
        {
            Adopt(standing);
        }
    }

    private SnapshotQuestion? Take(PeerEvent happened)
    {
        if (happened is PeerEvent.ReachableChanged changed)
        {
            Reachable = changed.Reachable;
            return _fetch.Reach(Reachable, NowMs());
        }

        if (happened is not PeerEvent.Arrived arrived)
        {
            return null;
        }

        PeerMessage.Codec.TryDecode(arrived.Bytes, out PeerMessage? message, out _);
        if (message is not PeerMessage.Syncing syncing)
        {
            Keep(arrived);
            return null;
        }

        return _fetch.Hear(arrived.From, syncing.Message, NowMs());
    }

    private void Ask(SnapshotQuestion? question)
    {
        foreach (RefusedSnapshot refused in _fetch.TakeRefused())
        {
            LogRefused(logger, refused.Peer, refused.Height, refused.Why);
        }

        if (question is { } next)
        {
            Say(next.To);
            peers.Send(next.To, PeerMessage.Codec.Encode(new PeerMessage.Syncing(next.Message)));
        }
    }

    private void Adopt(Standing standing)
    {
        // The snapshot first: a block without its state would have to be executed to.
        keeper.Write(standing);
        Invariant.Require(
            SealedBlock.TryRead(standing.Tip.Value, out SealedBlock? tip),
            "the block of a loaded snapshot was read before");
        store.Adopt(ChainRows.Of(tip, standing.Tip), _fetch.Governances);
        replicator.Resume(standing);
        store.States.Stand(standing.State);
        LogTaken(logger, standing.State.Height);
    }

    private void Keep(PeerEvent.Arrived arrived)
    {
        if (Kept.Count >= NodeLimits.KeptMessagesMax)
        {
            Kept.Dequeue();
        }

        Kept.Enqueue(arrived);
    }

    /// <summary>What happens next; null when nothing does in time.</summary>
    private async Task<PeerEvent?> NextAsync(TimeSpan patience, CancellationToken stop)
    {
        using CancellationTokenSource limit = new(patience, wall);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            return await peers.Incoming.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private void Say(CompanyId peer)
    {
        if (_fetch.Head is not { } head)
        {
            return;
        }

        if (_said != head)
        {
            _said = head;
            LogTaking(logger, head.Height, peer, head.Rows, replicator.State.Height);
        }

        if (wall.GetElapsedTime(_saidAt) >= NodeLimits.SyncSayPeriod)
        {
            _saidAt = wall.GetTimestamp();
            (string what, long done, long all) = _fetch.SealHeight is { } seal
                ? ("seals", seal, head.Height)
                : ("rows", _fetch.Rows ?? 0, head.Rows);
            LogProgress(logger, what, done, all);
        }
    }

    private long NowMs() => wall.MonotonicMs();

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
