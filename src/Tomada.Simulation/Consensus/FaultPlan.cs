namespace Tomada.Simulation.Consensus;

/// <summary>
/// How bad one history is. The weights are drawn once per seed: histories that are mostly quiet
/// with one sharp fault find other defects than those where everything fails a little.
/// </summary>
public sealed class FaultPlan
{
    private static readonly int[] s_members =
        [1, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 6, 7, 7, 8, 9, 10];

    private static readonly int[] s_losses = [0, 0, 10_000, 50_000, 150_000, 300_000];
    private static readonly int[] s_duplicates = [0, 0, 20_000, 100_000];
    private static readonly int[] s_slow = [0, 10_000, 50_000, 200_000];
    private static readonly int[] s_crashes = [0, 0, 2_000, 10_000, 30_000];
    private static readonly int[] s_latencies = [1, 5, 20, 60];

    public FaultPlan(SimulationRandom random, int? members)
    {
        N = members ?? random.Pick(s_members);
        LossPerMillion = random.Pick(s_losses);
        DuplicatePerMillion = random.Pick(s_duplicates);
        SlowPerMillion = random.Pick(s_slow);
        CrashPerMillion = random.Pick(s_crashes);
        LatencyMaxMs = random.Pick(s_latencies);
        PartitionPeriodMs = random.Chance(500_000) ? random.Between(300, 3_000) : 0;
        Liars = random.Below(Tomada.Consensus.Quorum.Faults(N) + 1);
        Lies = (Lies)random.Between(0, (int)Lies.All);
        ClockSkewMaxMs = random.Chance(300_000) ? 900 : 50;
        ClockJumpPeriodMs = random.Chance(150_000) ? random.Between(200, 2_000) : 0;
        HasNewcomer = random.Chance(150_000);
        ChecksCodec = random.Chance(20_000);
        FaultsUntilMs = random.Between(1_500, 5_000);
        HeightsUnderFaults = random.Between(2, 5);
        ComplaintPerMillion = random.Chance(200_000) ? random.Between(50_000, 500_000) : 0;
        PowerCutAtMs = random.Chance(100_000) ? random.Between(1, FaultsUntilMs - 1) : 0;
        PowerCutMs = random.Between(100, 6_000);
        LatencyAfterMs = random.Chance(50_000) ? random.Between(200, 600) : 0;
        HasRealSignatures = random.Chance(10_000);
    }

    /// <summary>Members at first.</summary>
    public int N { get; }

    public int LossPerMillion { get; private set; }

    public int DuplicatePerMillion { get; private set; }

    /// <summary>
    /// Messages that take up to 3 s and so overtake nothing and are overtaken by all.
    /// </summary>
    public int SlowPerMillion { get; private set; }

    /// <summary>Chance that a node dies within a step, at a point drawn then.</summary>
    public int CrashPerMillion { get; private set; }

    public int LatencyMaxMs { get; }

    /// <summary>0: none.</summary>
    public int PartitionPeriodMs { get; }

    /// <summary>Members that lie; 0 to f. Each is two replicas with one key.</summary>
    public int Liars { get; }

    /// <summary>What the liars do beside that.</summary>
    public Lies Lies { get; }

    public int ClockSkewMaxMs { get; }

    /// <summary>How often some ledger clock jumps by up to 5 s; 0: none does.</summary>
    public int ClockJumpPeriodMs { get; }

    /// <summary>Whether one member is replaced at height 3.</summary>
    public bool HasNewcomer { get; }

    /// <summary>Whether every message goes through its bytes.</summary>
    public bool ChecksCodec { get; }

    /// <summary>From then on nothing fails any more.</summary>
    public int FaultsUntilMs { get; }

    public int HeightsUnderFaults { get; }

    /// <summary>Chance that a node, rightly or not, finds a leader censoring.</summary>
    public int ComplaintPerMillion { get; private set; }

    /// <summary>When all nodes die at once; 0: never.</summary>
    public int PowerCutAtMs { get; }

    /// <summary>How long the power is away.</summary>
    public int PowerCutMs { get; }

    /// <summary>
    /// Delay of messages after the faults, when it is longer than T0 at first: only timeouts that
    /// grow decide then. 0: as before.
    /// </summary>
    public int LatencyAfterMs { get; }

    /// <summary>Whether votes are signed with Ed25519 instead of the stand-in.</summary>
    public bool HasRealSignatures { get; }

    /// <summary>From now on nothing fails; liars go on lying.</summary>
    public void End()
    {
        LossPerMillion = 0;
        DuplicatePerMillion = 0;
        SlowPerMillion = 0;
        CrashPerMillion = 0;
        ComplaintPerMillion = 0;
    }

    public override string ToString() =>
        $"n={N} liars={Liars} ({Lies}) loss={LossPerMillion} duplicate={DuplicatePerMillion}"
        + $" slow={SlowPerMillion} crash={CrashPerMillion} latency={LatencyMaxMs}ms"
        + $" partitions={PartitionPeriodMs}ms newcomer={HasNewcomer} skew={ClockSkewMaxMs}ms"
        + $" jumps={ClockJumpPeriodMs}ms power cut={PowerCutAtMs}ms for {PowerCutMs}ms"
        + $" complaints={ComplaintPerMillion} latency after={LatencyAfterMs}ms"
        + $" faults until {FaultsUntilMs}ms real signatures={HasRealSignatures}";
}
