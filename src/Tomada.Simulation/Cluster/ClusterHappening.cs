namespace Tomada.Simulation.Cluster;

/// <summary>What may happen in a history at an instant.</summary>
internal abstract record ClusterHappening
{
    private ClusterHappening()
    {
    }

    public sealed record Ticked(ClusterNode Node, long Version) : ClusterHappening;

    public sealed record Arrived(
        ClusterNode Node, ClusterNode From, byte[] Bytes, long Number, bool IsAnswer)
        : ClusterHappening;

    /// <summary>The desks look at the ledger and the clock.</summary>
    public sealed record DeskLooked(ClusterNode Node) : ClusterHappening;

    /// <summary>Time has passed for all desks.</summary>
    public sealed record DesksWoke : ClusterHappening;

    /// <summary>Every company submits something that changes nothing.</summary>
    public sealed record LoadCame : ClusterHappening;

    public sealed record ReachChanged(ClusterNode Node) : ClusterHappening;

    public sealed record Restarted(ClusterNode Node) : ClusterHappening;

    public sealed record CutChanged(int Node) : ClusterHappening;

    public sealed record ClockJumped : ClusterHappening;

    /// <summary>The disk of the node that dies later is copied.</summary>
    public sealed record DiskCopied : ClusterHappening;

    public sealed record Healed : ClusterHappening;

    public sealed record CaughtUpBy(long Height) : ClusterHappening;
}
