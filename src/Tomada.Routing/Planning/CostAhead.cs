namespace Tomada.Routing;

/// <summary>
/// What an objective counts, all as milliseconds: time itself, and what a stop, a Wh driven and a
/// minor unit of money are worth beside it.
/// </summary>
internal readonly record struct CostWeights(long StopMs, double DrivenWhMs, double MinorMs)
{
    /// <summary>
    /// So much that no time of any plan outweighs it: what it is given to is counted first.
    /// </summary>
    private const long First = 10_000_000_000;

    public bool IsTimeAlone => this == default;

    public static CostWeights Of(Objective objective) => objective switch
    {
        Objective.Fastest => default,
        Objective.Cheapest => new CostWeights(0, 0, First),
        Objective.FewestStops => new CostWeights(First, 0, 0),
        Objective.Greenest => new CostWeights(0, First / 1_000.0, 0),
        _ => throw new System.Diagnostics.UnreachableException(objective.ToString()),
    };
}

/// <summary>
/// The least cost that a label still has ahead, by two shortest ways backward over the drives
/// between stops: one that counts no charging, and one that counts every Wh driven as charged at
/// the strongest power and the lowest price anywhere. Either never overestimates, so the first
/// label that is settled at the end is the best (Hart, Nilsson and Raphael, "A formal basis for the
/// heuristic determination of minimum cost paths", 1968).
/// </summary>
internal sealed class CostAhead
{
    public const long Never = long.MaxValue / 4;

    private static readonly long s_plugMs =
        (RoutingLimits.PlugIn + RoutingLimits.PlugOut).Ticks / TimeSpan.TicksPerMillisecond;

    private readonly Journey _journey;
    private readonly CostWeights _weights;
    private readonly long[] _uncharged;
    private readonly long[] _charged;
    private readonly double _whMs;
    private readonly long _roundingMs;

    public CostAhead(Journey journey, CostWeights weights)
    {
        _journey = journey;
        _weights = weights;
        _whMs = (3_600_000.0 / journey.StrongestW) + (weights.MinorMs * journey.PriceFloorPerWh);

        // Each stop's price was rounded, by half a minor unit at most.
        _roundingMs = (long)(weights.MinorMs * RoutingLimits.StopsMax);
        _uncharged = Backward(0);
        _charged = Backward(_whMs);
    }

    public bool IsPossible => _uncharged[_journey.StateOfOrigin(0)] < Never;

    public long Least(int state, int energyWh)
    {
        long charged = _charged[state] - _roundingMs
            - (long)((energyWh - _journey.ArrivalWh) * _whMs);
        return Math.Max(_uncharged[state], charged);
    }

    private long CostOf(Leg leg, double whMs) =>
        leg.TimeMs + (long)(leg.EnergyWh * (_weights.DrivenWhMs + whMs));

    private long[] Backward(double whMs)
    {
        long[] least = new long[_journey.StateCount];
        Array.Fill(least, Never);
        least[_journey.EndState] = 0;
        PriorityQueue<int, long> open = new();
        for (int segment = _journey.Segments.Length - 1; segment >= 0; segment--)
        {
            Settle(segment, least, whMs, open);
        }

        return least;
    }

    private void Settle(int number, long[] least, double whMs, PriorityQueue<int, long> open)
    {
        Segment segment = _journey.Segments[number];
        long beyond = least[_journey.StateOfOrigin(number + 1)] + _journey.StayMs(number + 1);
        int first = _journey.StateOf(number, 0);
        long stopMs = s_plugMs + _weights.StopMs;
        for (int stop = 0; stop < segment.Last.Length; stop++)
        {
            foreach (Leg leg in segment.Last[stop] ?? [])
            {
                Offer(stop, beyond + CostOf(leg, whMs) + stopMs);
            }
        }

        int mostWh = _journey.ChargeMaxWh - _journey.ReserveWh;
        while (open.TryDequeue(out int stop, out long cost))
        {
            if (cost > least[first + stop])
            {
                continue;
            }

            foreach (ref readonly Leg leg in _journey.Legs.To(stop))
            {
                if (leg.EnergyWh <= mostWh && _journey.Options[leg.Stop] is not null)
                {
                    Offer(leg.Stop, cost + CostOf(leg, whMs) + stopMs);
                }
            }
        }

        long start = Never;
        foreach (Leg leg in segment.Direct)
        {
            start = Math.Min(start, beyond + CostOf(leg, whMs));
        }

        foreach (Leg leg in segment.First)
        {
            start = Math.Min(start, least[first + leg.Stop] + CostOf(leg, whMs));
        }

        least[_journey.StateOfOrigin(number)] = Math.Min(start, Never);

        void Offer(int stop, long cost)
        {
            if (cost < least[first + stop])
            {
                least[first + stop] = cost;
                open.Enqueue(stop, cost);
            }
        }
    }
}
