using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Simulation.Cluster;

/// <summary>Members that change, disks that are lost, who sees whom, and the end of the
/// faults.</summary>
internal sealed partial class ClusterWorld
{
    /// <summary>One in so many crashes comes between a head's record and its word.</summary>
    private const int CrashesPerHeadCrash = 5;

    private VirtualDisk _copy = new();
    private readonly ImmutableArray<WantedChange> _wanted;

    /// <summary>Changes of the members as they took effect.</summary>
    public List<ClusterChangeMet> Changes { get; } = [];

    /// <summary>What a company's desk knows of the members; null where they stay.</summary>
    public MembershipView? MembersSeenBy(ClusterNode node) =>
        _wanted.IsEmpty && Plan.DiskLoss == DiskLoss.None ? null : new MembershipView(
            [.. _wanted.Where(each => each.AtMs <= NowMs)],
            _wanted.All(each => each.AtMs <= NowMs),
            ReachableFrom(node),
            node.Disk.LostKey);

    private void Changed(ConcludedChange change)
    {
        Note($"the members change: {change.Change}");
        bool isDown = _hasCrashed && !_nodes[Plan.CrashNode].IsUp;
        Changes.Add(new ClusterChangeMet(
            change.Change.Kind, NowMs, isDown));
        Oracles.Faults.Met(ClusterFaults.ChangedWhileDown, isDown ? 1 : 0);
        bool isLiarOut = Plan.Liar >= 0
            && change.Change.Leaving == ClusterCompanies.Company(Plan.Liar);
        Oracles.Faults.Met(ClusterFaults.LiarPutOut, isLiarOut ? 1 : 0);
    }

    /// <summary>
    /// Whether the node that dies does so here, with a head recorded and its word not sent.
    /// </summary>
    public bool CrashesAtHead(ClusterNode node)
    {
        if (!MayCrash(node) || Plan.DiesAtSnapshot || Plan.CrashAtMs % CrashesPerHeadCrash != 0)
        {
            return false;
        }

        _hasCrashed = true;
        Oracles.Faults.Met(ClusterFaults.CrashAfterHeadRecord);
        return true;
    }

    /// <summary>
    /// Whether the node that dies does so here, with a snapshot written and its block not.
    /// </summary>
    public bool CrashesAtSnapshot(ClusterNode node)
    {
        if (!MayCrash(node))
        {
            return false;
        }

        _hasCrashed = true;
        Oracles.Faults.Met(ClusterFaults.CrashAfterSnapshot);
        return true;
    }

    /// <summary>A node that ran far behind starts again.</summary>
    public void OpensAnew(ClusterNode node)
    {
        Note($"{node.Company} opens anew");
        Oracles.Faults.Met(ClusterFaults.OpenedAnew);
        At(NowMs + Random.Between(1, 500), new ClusterHappening.Restarted(node));
        ReachAll();
    }

    private bool MayCrash(ClusterNode node) => !_hasCrashed && !IsHealed
        && node.Index == Plan.CrashNode && NowMs >= Plan.CrashAtMs;

    private void LoseDisk(ClusterNode node)
    {
        if (!_hasCrashed || node.Index != Plan.CrashNode || Plan.DiskLoss == DiskLoss.None)
        {
            return;
        }

        Oracles.Faults.Met(Plan.DiskLoss == DiskLoss.Empty
            ? ClusterFaults.DiskLost : ClusterFaults.DiskRestored);
        node.Replace(_copy);
        Oracles.DiskReplaced(node.Company);
    }

    private int LatencyMs() => Random.Chance(Plan.SlowPerMillion)
        ? Random.Between(1, 3_000)
        : Random.Between(1, Plan.LatencyMaxMs);

    private bool IsConnected(ClusterNode from, ClusterNode to) =>
        _cut != from.Index && (_cut != to.Index || Plan.IsCutOneWay);

    private ImmutableSortedSet<CompanyId> ReachableFrom(ClusterNode node) =>
    [
        .. _nodes.Where(other => other.IsUp && (other == node || IsConnected(other, node)))
            .Select(other => other.Company),
    ];

    private void ReachAll()
    {
        foreach (ClusterNode node in _nodes)
        {
            At(NowMs + Random.Between(0, 200), new ClusterHappening.ReachChanged(node));
        }
    }

    private void Heal()
    {
        Note("the faults end");
        IsHealed = true;
        _cut = -1;
        if (Plan.JumpNode >= 0)
        {
            _nodes[Plan.JumpNode].SkewMs = 0;
        }

        Plan.End();
        ReachAll();
        At(NowMs + ClusterSimulation.CatchUpMaxMs,
            new ClusterHappening.CaughtUpBy(Oracles.Highest));
    }

    private void Cut(int node)
    {
        _cut = node;
        Oracles.Faults.Met(
            Plan.IsCutOneWay ? ClusterFaults.LinkCutOneWay : ClusterFaults.LinkCut,
            _cut >= 0 ? 1 : 0);
        ReachAll();
    }
}
