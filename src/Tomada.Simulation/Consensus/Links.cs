namespace Tomada.Simulation.Consensus;

/// <summary>Who hears whom, and how long a message takes.</summary>
internal sealed class Links(SimulationRandom random, FaultPlan plan, FaultTable met)
{
    private const int NodesMax = 64;
    private readonly ulong[] _hears = [.. Enumerable.Repeat(ulong.MaxValue, NodesMax)];
    private readonly Dictionary<(int, int), long> _newest = [];

    public bool IsHealed { get; private set; }

    /// <summary>Whether what one sends reaches the other.</summary>
    public bool Reaches(int from, int to) => from == to || ((_hears[to] >> from) & 1) != 0;

    /// <summary>Another weather: all connected, two halves, or links that work one way.</summary>
    public void Change()
    {
        Array.Fill(_hears, ulong.MaxValue);
        if (random.Chance(500_000))
        {
            return;
        }

        if (random.Chance(500_000))
        {
            met.Met(ConsensusFaults.CutBothWays);
            ulong half = random.Next();
            for (int i = 0; i < NodesMax; i++)
            {
                _hears[i] = ((half >> i) & 1) != 0 ? half : ~half;
            }
        }
        else
        {
            met.Met(ConsensusFaults.CutOneWay);
            for (int i = 0; i < NodesMax; i++)
            {
                _hears[i] = random.Next() | random.Next();
            }
        }
    }

    public void Heal()
    {
        IsHealed = true;
        Array.Fill(_hears, ulong.MaxValue);
    }

    /// <summary>Milliseconds until each copy of a message arrives; none when lost.</summary>
    public IEnumerable<int> Deliveries()
    {
        if (random.Chance(plan.LossPerMillion))
        {
            met.Met(ConsensusFaults.Lost);
            yield break;
        }

        yield return LatencyMs();
        if (random.Chance(plan.DuplicatePerMillion))
        {
            met.Met(ConsensusFaults.Duplicated);
            yield return LatencyMs();
        }
    }

    /// <summary>Notes an arrival; messages are numbered as they are sent.</summary>
    public void Arrived(int from, int to, long number)
    {
        long newest = _newest.GetValueOrDefault((from, to), -1);
        met.Met(ConsensusFaults.Overtaken, number < newest ? 1 : 0);
        _newest[(from, to)] = Math.Max(newest, number);
    }

    private int LatencyMs()
    {
        if (IsHealed && plan.LatencyAfterMs > 0)
        {
            return random.Between(plan.LatencyAfterMs / 2, plan.LatencyAfterMs);
        }

        return random.Chance(plan.SlowPerMillion)
            ? random.Between(1, 3_000)
            : random.Between(1, plan.LatencyMaxMs);
    }
}
