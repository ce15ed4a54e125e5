using System.Collections.Immutable;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>What becomes of the disk of the node that dies.</summary>
public enum DiskLoss
{
    /// <summary>It holds what was synced.</summary>
    None = 0,

    /// <summary>It is empty; the keys are kept elsewhere.</summary>
    Empty = 1,

    /// <summary>An older copy is put back.</summary>
    OlderCopy = 2,
}

/// <summary>What is wanted of the members, and whose disk is lost.</summary>
public sealed partial class ClusterPlan
{
    /// <summary>
    /// A restored disk comes back when nothing is on its way any more that its node said before.
    /// </summary>
    private const int DiskDownMinMs = 4_000;

    /// <summary>Histories without trips need fewer minutes of faults.</summary>
    private const int ChangingMaxMs = 20_000;

    /// <summary>What is wanted of the members; empty: they stay as they are.</summary>
    public ImmutableArray<ClusterChange> Changes { get; private set; } = [];

    /// <summary>Whether the story of reservation, charging and settlement is told.</summary>
    public bool HasTrips { get; private set; } = true;

    /// <summary>Whether there is a company that is no founder: number N.</summary>
    public bool HasNewcomer => Changes.Any(
        each => each.Kind is ClusterChangeKind.Admit or ClusterChangeKind.Replace);

    /// <summary>From when on the newcomer's node runs.</summary>
    public int NewcomerFromMs { get; private set; }

    /// <summary>What becomes of the disk of the node that dies.</summary>
    public DiskLoss DiskLoss { get; private set; }

    /// <summary>
    /// Blocks behind from which on a node takes a snapshot; 0: nobody makes or takes any.
    /// </summary>
    public int SnapshotGap { get; private set; }

    /// <summary>Blocks between two snapshots of a node.</summary>
    public int SnapshotEvery { get; private set; }

    /// <summary>
    /// Whether the node that dies does so while it takes up a snapshot, or not at all.
    /// </summary>
    public bool DiesAtSnapshot { get; private set; }

    /// <summary>When the copy was made that is put back.</summary>
    public int CopyAtMs { get; private set; }

    /// <summary>
    /// The third of three dies; a fourth wants to join while it is down; later the dead one is
    /// replaced or put out, still while it is down.
    /// </summary>
    public static ClusterPlan JoiningWhileDown(ClusterChangeKind later, int lossPerMillion) =>
        new(members: 3, censor: -1, censored: 0)
        {
            LossPerMillion = lossPerMillion,
            DuplicatePerMillion = lossPerMillion,
            SlowPerMillion = lossPerMillion,
            FaultsUntilMs = 40_000,
            LoadUntilMs = 0,
            CrashNode = 2,
            CrashAtMs = 1_000,
            DownMs = 45_000,
            HasTrips = false,
            NewcomerFromMs = 500,
            Changes =
            [
                new ClusterChange(ClusterChangeKind.Admit, -1, 2_000),
                new ClusterChange(later, 2, 20_000),
            ],
        };

    private void DrawChanges(SimulationRandom random)
    {
        DrawDisk(random);
        List<ClusterChange> changes = [];
        int going = Liar >= 0 ? Liar : random.Chance(500_000) ? CrashNode : random.Below(N);

        // Two of two would have to want it; and two are stuck when one of them has lost its votes.
        bool mayShrink = N - 1 >= (DiskLoss == DiskLoss.None ? 2 : 3);
        if (mayShrink && random.Chance(250_000))
        {
            changes.Add(Wanted(random, ClusterChangeKind.Replace, going));
        }
        else
        {
            if (random.Chance(500_000))
            {
                changes.Add(Wanted(random, ClusterChangeKind.Admit, -1));
            }

            if (mayShrink && random.Chance(600_000))
            {
                ClusterChangeKind kind = random.Chance(500_000)
                    ? ClusterChangeKind.Leave : ClusterChangeKind.Remove;
                changes.Add(Wanted(random, kind, going));
            }
        }

        if (changes.Count == 0 || random.Chance(400_000))
        {
            int rotating = random.Below(N);
            if (!changes.Exists(each => each.Company == rotating))
            {
                changes.Add(Wanted(random, ClusterChangeKind.Rotate, rotating));
            }
        }

        Changes = [.. changes];
        HasTrips = changes.TrueForAll(each => each.Company < 0
            || each.Kind is ClusterChangeKind.Rotate or ClusterChangeKind.RotateTls
                or ClusterChangeKind.RotateIdentity) && random.Chance(250_000);
        if (!HasTrips)
        {
            FaultsUntilMs = Math.Min(FaultsUntilMs, ChangingMaxMs);
            CrashAtMs = Math.Min(CrashAtMs, FaultsUntilMs - 1);
        }

        NewcomerFromMs = random.Between(0, FaultsUntilMs / 2);
        if (HasNewcomer && random.Chance(200_000))
        {
            CrashNode = N;
        }

        CopyAtMs = random.Between(1, Math.Max(2, CrashAtMs - 1));
    }

    /// <summary>Somebody is away for long while all are busy.</summary>
    private void DrawSnapshots(SimulationRandom random)
    {
        SnapshotGap = random.Between(3, 10);
        SnapshotEvery = random.Between(2, 8);
        if (random.Chance(700_000))
        {
            LoadUntilMs = Math.Min(FaultsUntilMs, LoadMaxMs);
            CutNode = random.Below(N);
            CutAtMs = random.Between(500, LoadUntilMs / 2);
            CutMs = random.Between(1_000, LoadUntilMs / 2);
            if (random.Chance(400_000))
            {
                (DiesAtSnapshot, CrashNode, CrashAtMs) = (true, CutNode, CutAtMs);
            }
        }
    }

    private void DrawDisk(SimulationRandom random)
    {
        if (N < 3 || !random.Chance(500_000))
        {
            return;
        }

        // What a disk has lost is known for sure only while everybody can be asked.
        DiskLoss = (DiskLoss)random.Between(1, 2);
        DownMs = random.Between(DiskDownMinMs, 2 * DiskDownMinMs);
        CutNode = -1;
        Liar = -1;
    }

    private ClusterChange Wanted(SimulationRandom random, ClusterChangeKind kind, int company)
    {
        int atMs = random.Between(200, Math.Min(FaultsUntilMs, ChangingMaxMs) - 1);
        ClusterChangeKind drawn = (kind, atMs % 3) switch
        {
            (ClusterChangeKind.Remove, 0) => ClusterChangeKind.Suspend,
            (ClusterChangeKind.Rotate, 0) => ClusterChangeKind.RotateTls,
            (ClusterChangeKind.Rotate, 1) => ClusterChangeKind.RotateIdentity,
            _ => kind,
        };
        return new ClusterChange(drawn, company, atMs);
    }
}
