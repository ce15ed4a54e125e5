namespace Tomada.Simulation.Consensus;

/// <summary>
/// How bad one history is. The weights are drawn once per seed: histories that are mostly quiet
/// with
/// one sharp fault find other defects than those where everything fails a little.
/// </summary>
public sealed class FaultPlan
{
    private static readonly int[] Members = [1, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 7, 8, 9, 10];
    private static readonly int[] Losses = [0, 0, 10_000, 50_000, 150_000, 300_000];
    private static readonly int[] Duplicates = [0, 0, 20_000, 100_000];
    private static readonly int[] Slow = [0, 10_000, 50_000, 200_000];
    private static readonly int[] Crashes = [0, 0, 2_000, 10_000, 30_000];
    private static readonly int[] LatencyMs = [1, 5, 20, 60];

    private readonly string _text;

    public FaultPlan(SimulationRandom random, int? members)
    {
        N = members ?? random.Pick(Members);
        LossPerMillion = random.Pick(Losses);
        DuplicatePerMillion = random.Pick(Duplicates);
        SlowPerMillion = random.Pick(Slow);
        CrashPerMillion = random.Pick(Crashes);
        LatencyMaxMs = random.Pick(LatencyMs);
        PartitionPeriodMs = random.Chance(500_000) ? random.Between(300, 3_000) : 0;
        Liars = random.Below(Tomada.Consensus.Quorum.Faults(N) + 1);
        ClockSkewMaxMs = random.Chance(300_000) ? 900 : 50;
        HasNewcomer = random.Chance(150_000);
        ChecksCodec = random.Chance(20_000);
        FaultsUntilMs = random.Between(1_500, 5_000);
        HeightsUnderFaults = random.Between(2, 5);
        ComplaintPerMillion = random.Chance(200_000) ? random.Between(50_000, 500_000) : 0;
        _text = Describe();
    }

    /// <summary>Chance that a node, rightly or not, finds a leader censoring.</summary>
    public int ComplaintPerMillion { get; private set; }


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

    /// <summary>Members that lie; 0 to f.</summary>
    public int Liars { get; }

    public int ClockSkewMaxMs { get; }

    /// <summary>Whether one member is replaced at height 3.</summary>
    public bool HasNewcomer { get; }

    /// <summary>Whether every message goes through its bytes.</summary>
    public bool ChecksCodec { get; }

    /// <summary>From then on nothing fails any more.</summary>
    public int FaultsUntilMs { get; }

    public int HeightsUnderFaults { get; }

    /// <summary>From now on nothing fails; liars go on lying.</summary>
    public void End()
    {
        LossPerMillion = 0;
        DuplicatePerMillion = 0;
        SlowPerMillion = 0;
        CrashPerMillion = 0;
        ComplaintPerMillion = 0;
    }

    public override string ToString() => _text;

    private string Describe() =>
        $"n={N} liars={Liars} loss={LossPerMillion} duplicate={DuplicatePerMillion}"
        + $" slow={SlowPerMillion} crash={CrashPerMillion} latency={LatencyMaxMs}ms"
        + $" partitions={PartitionPeriodMs}ms newcomer={HasNewcomer} skew={ClockSkewMaxMs}ms"
        + $" complaints={ComplaintPerMillion}";
}
