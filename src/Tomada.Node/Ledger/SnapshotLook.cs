using Tomada.Replication;

namespace Tomada.Node;

/// <summary>When a running node that is far behind looks for a snapshot.</summary>
/// <param name="GapMin">Blocks behind the others; 1 or more.</param>
/// <param name="FromMs">Not before; monotonic milliseconds of the node's clock.</param>
public sealed record SnapshotLook(long GapMin, long FromMs)
{
    /// <summary>At once, when executing the blocks would take longer than opening anew.</summary>
    public static SnapshotLook Default { get; } =
        new(ReplicationLimits.RunningSnapshotGapMin, 0);

    /// <summary>
    /// The same after a node was opened anew for one: not again for a while, for a peer may have
    /// promised what it has not got.
    /// </summary>
    public static SnapshotLook After(TimeProvider clock) =>
        Default with { FromMs = clock.MonotonicMs() + Ms(NodeLimits.OpenAnewPeriod) };

    /// <summary>
    /// Not before the network is old enough for a start to take a snapshot up.
    /// </summary>
    /// <param name="age">How old the network is; below zero when the clock is wrong.</param>
    /// <param name="clock">The node's.</param>
    public SnapshotLook InNetworkOf(TimeSpan age, TimeProvider clock) =>
        age >= NodeLimits.SyncNetworkAgeMin
            ? this
            : this with
            {
                FromMs = Math.Max(
                    FromMs, clock.MonotonicMs() + Ms(NodeLimits.SyncNetworkAgeMin - age)),
            };

    private static long Ms(TimeSpan time) => (long)time.TotalMilliseconds;
}
