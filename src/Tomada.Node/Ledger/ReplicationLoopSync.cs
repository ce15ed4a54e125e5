using Tomada.Node.Peers;
using Tomada.Replication;

namespace Tomada.Node;

/// <content>Snapshots of peers: taken up before the loop runs, looked for while it does.</content>
public sealed partial class ReplicationLoop
{
    private readonly TaskCompletionSource _farAhead =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Completes when a peer has a snapshot far ahead of where this loop runs: who opens the node
    /// anew takes it up.
    /// </summary>
    public Task FarAhead => _farAhead.Task;

    /// <summary>
    /// Takes up a snapshot of a peer when one is far ahead, unless the network is so young that
    /// none can be; before <see cref="RunAsync"/>, and before anybody follows the desk.
    /// </summary>
    public async Task SyncAsync(CancellationToken stop)
    {
        long ageMs = WallNow().UnixMs - _replicator.State.Genesis.Draft.Time.UnixMs;
        if (ageMs >= NodeLimits.SyncNetworkAgeMin.TotalMilliseconds)
        {
            await SyncAsync(ReplicationLimits.SnapshotGapMin, stop);
        }
    }

    /// <param name="gapMin">Blocks that the snapshot must be ahead.</param>
    /// <param name="stop">Stops it.</param>
    internal async Task SyncAsync(long gapMin, CancellationToken stop)
    {
        if (!_start.IsWhole)
        {
            return;
        }

        TrustAnchor? anchor = JoinInvitation.ReadFrom(_store)?.Anchor;
        StateSync sync = new(
            _replicator, _store, _peers, _snapshots, anchor, _wall, _logger, gapMin);
        await sync.RunAsync(stop);
        Note(_start.Keep(new ReplicatorInput.PeersReachable(sync.Reachable)));
        foreach (PeerEvent.Arrived each in sync.Kept)
        {
            _start.Keep(new ReplicatorInput.Received(each.From, each.Bytes));
        }

        Desk.StandAt(_replicator.State);
    }

    private void SayFarAhead(SnapshotHead? head)
    {
        if (head is not null && !_farAhead.Task.IsCompleted)
        {
            LogFarAhead(_logger, head.Height, _replicator.State.Height);
            _farAhead.SetResult();
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Peers have a snapshot of block {Height}, far ahead of block {Own}: this node "
            + "opens anew to take it up.")]
    private static partial void LogFarAhead(ILogger logger, long height, long own);
}
