using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>At which point of carrying out one step's effects a node dies.</summary>
public enum CrashPoint
{
    /// <summary>Nothing of the step reached the disk.</summary>
    BeforeSync = 1,

    /// <summary>All of it did; nothing was sent.</summary>
    AfterSync = 2,

    /// <summary>Some messages left.</summary>
    WhileSending = 3,

    /// <summary>All messages left; nobody in the node heard of the blocks.</summary>
    AfterSending = 4,
}

/// <summary>What one owner does with the first trip that is proposed.</summary>
public enum FirstAnswer
{
    /// <summary>Every owner accepts.</summary>
    Accept = 1,

    /// <summary>The last leg's owner refuses.</summary>
    Refuse = 2,

    /// <summary>The last leg's owner stays silent until the deadline.</summary>
    Silence = 3,
}

/// <summary>Everything that one seed decides before its history begins.</summary>
public sealed partial class ClusterPlan
{
    private const int LoadMaxMs = 8_000;

    /// <summary>With the skew of another clock just within the tolerance.</summary>
    private const int JumpMaxMs = 1_500;
    private static readonly int[] s_members = [3, 3, 3, 3, 3, 4, 4, 5, 1, 2];
    private static readonly int[] s_losses = [0, 10_000, 50_000, 150_000, 250_000];
    private static readonly int[] s_duplicates = [0, 20_000, 100_000];
    private static readonly int[] s_slow = [0, 20_000, 100_000];
    private static readonly int[] s_latencies = [1, 5, 20, 60];
    private static readonly int[] s_validities = [60_000, 60_000, 20_000, 4_000];
    private static readonly int[] s_factors = [60, 240, 600];

    public ClusterPlan(SimulationRandom random)
    {
        N = random.Pick(s_members);
        LossPerMillion = random.Pick(s_losses);
        DuplicatePerMillion = random.Pick(s_duplicates);
        SlowPerMillion = random.Pick(s_slow);
        LatencyMaxMs = random.Pick(s_latencies);
        ClockSkewMaxMs = random.Chance(300_000) ? 400 : 40;
        IsSimulated = random.Chance(800_000);
        FastFactor = random.Pick(s_factors);
        ValidityMs = random.Pick(s_validities);
        FaultsUntilMs = random.Between(4_000, IsSimulated ? 25_000 : 120_000);
        CrashNode = random.Below(N);
        CrashAtMs = random.Between(50, FaultsUntilMs - 1);
        CrashPoint = (CrashPoint)random.Between(1, 4);
        DownMs = random.Chance(200_000)
            ? random.Between(8_000, 15_000)
            : random.Between(20, 3_000);
        CutNode = random.Chance(300_000) ? random.Below(N) : -1;
        CutAtMs = random.Between(50, FaultsUntilMs - 1);
        CutMs = random.Between(200, 6_000);
        FirstAnswer = random.Chance(500_000) ? FirstAnswer.Accept
            : random.Chance(500_000) ? FirstAnswer.Refuse : FirstAnswer.Silence;
        DecideWithinMs = random.Between(4_000, 10_000);
        NoShowLeg = random.Chance(150_000) ? random.Between(1, N) : 0;
        UnendedLeg = random.Chance(150_000) ? random.Between(1, N) : 0;
        Home = random.Below(N);
        IsHomeSilent = random.Chance(200_000);
        Liar = N >= 4 && random.Chance(600_000) ? random.Below(N) : -1;
        Lies = (ClusterLies)random.Between(1, (int)ClusterLies.All);
        Censor = N >= 2 && random.Chance(120_000) ? random.Below(N) : -1;
        Censored = (Censor + random.Between(1, Math.Max(1, N - 1))) % N;
        LoadUntilMs = Censor >= 0 || random.Chance(20_000)
            ? Math.Min(FaultsUntilMs, random.Between(1_500, LoadMaxMs)) : 0;
        IsCutOneWay = random.Chance(400_000);
        JumpNode = random.Chance(150_000) ? random.Below(N) : -1;
        JumpMs = random.Between(-JumpMaxMs, JumpMaxMs);
        JumpAtMs = random.Between(50, FaultsUntilMs - 1);
        if (N is >= 2 and <= 4 && Censor < 0 && random.Chance(450_000))
        {
            DrawChanges(random);
        }

        BrokenLeg = random.Chance(200_000) ? random.Between(1, N) : 0;
        if (N >= 2 && DiskLoss == DiskLoss.None && random.Chance(300_000))
        {
            DrawSnapshots(random);
        }
    }

    private ClusterPlan(int members, int censor, int censored)
    {
        N = members;
        LatencyMaxMs = 5;
        FastFactor = 1;
        ValidityMs = 60_000;
        FaultsUntilMs = 1;
        CrashNode = -1;
        CrashPoint = CrashPoint.BeforeSync;
        CutNode = -1;
        JumpNode = -1;
        FirstAnswer = FirstAnswer.Accept;
        DecideWithinMs = 5_000;
        Liar = -1;
        Censor = censor;
        Censored = censored;
        LoadUntilMs = LoadMaxMs;
    }

    /// <summary>Nothing fails, all are busy, and one leader ignores one company.</summary>
    public static ClusterPlan Censoring(int members, int censor, int censored) =>
        new(members, censor, censored);

    /// <summary>Nothing fails, and the last member cosigns two logs.</summary>
    public static ClusterPlan TwoHeads(int members) => new(members, -1, 0)
    {
        Liar = members - 1,
        Lies = ClusterLies.TwoHeads,
    };

    /// <summary>Members; also companies, and legs of a trip.</summary>
    public int N { get; }

    /// <summary>A member that lies; -1: none. Below four members none may.</summary>
    public int Liar { get; private set; }

    /// <summary>What it does.</summary>
    public ClusterLies Lies { get; private init; }

    /// <summary>A member that never takes up what one other submits; -1: none.</summary>
    public int Censor { get; }

    /// <summary>Whom it ignores.</summary>
    public int Censored { get; }

    /// <summary>Until then every company submits something all the time; 0: none does.</summary>
    public int LoadUntilMs { get; private set; }

    public int LossPerMillion { get; private set; }

    public int DuplicatePerMillion { get; private set; }

    /// <summary>Messages that take up to 3 s, so that others overtake them.</summary>
    public int SlowPerMillion { get; private set; }

    public int LatencyMaxMs { get; }

    public int ClockSkewMaxMs { get; }

    /// <summary>Whether the ledger clock may run faster than the wall.</summary>
    public bool IsSimulated { get; }

    /// <summary>Its speed between confirmation and the last session's end.</summary>
    public int FastFactor { get; }

    /// <summary>How long a transaction may wait, in wall milliseconds.</summary>
    public int ValidityMs { get; }

    /// <summary>From then on nothing fails any more.</summary>
    public int FaultsUntilMs { get; private set; }

    /// <summary>The one node that dies.</summary>
    public int CrashNode { get; private set; }

    /// <summary>It dies in its first step with effects from then on.</summary>
    public int CrashAtMs { get; private set; }

    public CrashPoint CrashPoint { get; }

    public int DownMs { get; private set; }

    /// <summary>A node whose links break for a while; -1: none.</summary>
    public int CutNode { get; private set; }

    public int CutAtMs { get; private set; }

    public int CutMs { get; private set; }

    /// <summary>Whether the cut node still hears the others.</summary>
    public bool IsCutOneWay { get; }

    /// <summary>A node whose wall clock jumps, and returns when the faults end; -1: none.</summary>
    public int JumpNode { get; }

    public int JumpMs { get; }

    public int JumpAtMs { get; }

    public FirstAnswer FirstAnswer { get; }

    /// <summary>The company that proposes the trip, and closes the period.</summary>
    public int Home { get; }

    /// <summary>The company that asks for a window which the trip has.</summary>
    public int RivalHome => (Home + 1) % N;

    /// <summary>Ledger milliseconds for the owners to answer.</summary>
    public int DecideWithinMs { get; }

    /// <summary>The leg to which no car comes; 0: none.</summary>
    public int NoShowLeg { get; }

    /// <summary>The leg that its owner breaks once it is confirmed; 0: none.</summary>
    public int BrokenLeg { get; }

    /// <summary>The leg whose session nobody ends; 0: none.</summary>
    public int UnendedLeg { get; }

    /// <summary>
    /// Whether the home company acknowledges CDRs but never says that it accepts.
    /// </summary>
    public bool IsHomeSilent { get; }

    /// <summary>From now on nothing fails.</summary>
    public void End()
    {
        LossPerMillion = 0;
        DuplicatePerMillion = 0;
        SlowPerMillion = 0;
    }

    public override string ToString() =>
        $"n={N} simulated={IsSimulated} factor={FastFactor} validity={ValidityMs}ms"
        + $" loss={LossPerMillion} duplicate={DuplicatePerMillion} slow={SlowPerMillion}"
        + $" latency={LatencyMaxMs}ms skew={ClockSkewMaxMs}ms faults until {FaultsUntilMs}ms"
        + $" crash of {CrashNode} {CrashPoint} at {CrashAtMs}ms for {DownMs}ms"
        + $" cut of {CutNode} at {CutAtMs}ms for {CutMs}ms"
        + $" one way={IsCutOneWay} jump of {JumpNode} by {JumpMs}ms at {JumpAtMs}ms"
        + $" home={Home} first answer={FirstAnswer} no show={NoShowLeg} unended={UnendedLeg}"
        + $" broken={BrokenLeg}"
        + $" home silent={IsHomeSilent} liar={Liar} ({Lies}) censor={Censor} of {Censored}"
        + $" load until {LoadUntilMs}ms trips={HasTrips} disk={DiskLoss} copied at {CopyAtMs}ms"
        + $" newcomer from {NewcomerFromMs}ms snapshot gap={SnapshotGap} every {SnapshotEvery}"
        + string.Concat(Changes.Select(each => $" {each.Kind}({each.Company}) at {each.AtMs}ms"));
}
