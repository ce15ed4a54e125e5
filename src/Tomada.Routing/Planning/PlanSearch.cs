using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>The end of one search: the label at the end, or how far the car got.</summary>
/// <param name="End">The best label at the end; null: there is none.</param>
/// <param name="IsTooLarge">Whether the search gave up.</param>
/// <param name="MostWh">The most energy in each state; -1 where the car did not get.</param>
internal sealed record SearchEnd(Label? End, bool IsTooLarge, int[] MostWh);

/// <summary>What one search looks for.</summary>
/// <param name="Weights">What it counts.</param>
/// <param name="Ahead">The bound for that.</param>
/// <param name="TimeAhead">The bound for time alone.</param>
/// <param name="LatestMs">Later arrivals are not wanted.</param>
/// <param name="CostMax">Neither is a higher cost.</param>
/// <param name="GapPermille">How much the bound is stretched.</param>
internal sealed record SearchAim(
    CostWeights Weights,
    CostAhead Ahead,
    CostAhead TimeAhead,
    long LatestMs,
    long CostMax,
    int GapPermille)
{
    /// <summary>EVSEs that are not used beside those of the query.</summary>
    public IReadOnlySet<EvseId>? Without { get; init; }

    /// <summary>Whether the aim is to see how far the car gets, not a plan.</summary>
    public bool IsExploring { get; init; }
}

/// <summary>
/// Label-setting search for one best plan (Martins, "On a multicriteria shortest path problem",
/// 1984): labels are settled in the order of cost and the bound ahead, so the first one at the end
/// is best. At a site the car charges to one of a few levels: just enough for the next site with a
/// margin, each bend of the charging curve, and full. Waiting for a free EVSE is part of the stop.
/// </summary>
internal sealed class PlanSearch
{
    private const int ExploredMax = 20_000;

    private readonly Journey _journey;
    private readonly SearchAim _aim;
    private readonly Frontier _frontier;
    private readonly int[] _mostWh;
    private readonly PriorityQueue<Label, (long First, long Second, int Number)> _open = new();
    private int _labels;

    private PlanSearch(Journey journey, SearchAim aim)
    {
        _journey = journey;
        _aim = aim;
        CostMax = aim.CostMax;
        TripQuery query = journey.Query;
        bool isTime = aim.Weights.IsTimeAlone;
        _frontier = new Frontier(journey.StateCount, new KeptFor(
            TimeStepMs: isTime ? 1 : Ms(RoutingLimits.AlikeTimeStep),
            Cost: !isTime || journey.HasAversions,
            Price: query.PriceMax is not null,
            Stops: query.StopsMax < RoutingLimits.StopsMax));
        _mostWh = new int[journey.StateCount];
        Array.Fill(_mostWh, -1);
    }

    public Journey Journey => _journey;

    public SearchAim Aim => _aim;

    /// <summary>What a plan may cost at most; falls with each plan found.</summary>
    public long CostMax { get; private set; }

    public static SearchEnd Run(Journey journey, SearchAim aim)
    {
        PlanSearch search = new(journey, aim);
        search.Add(new Label(
            journey.StateOfOrigin(0),
            journey.Query.Departure.UnixMs,
            journey.StartWh,
            0,
            0,
            0,
            null,
            Shortest.Time,
            null));
        return search.Settle();
    }

    /// <summary>
    /// Whether a label there, then, could still be part of a plan worth having.
    /// </summary>
    public bool IsWorth(int state, long timeMs, int energyWh, long cost) => _aim.IsExploring
        || (cost + _aim.Ahead.Least(state, energyWh) <= CostMax
            && (_aim.Weights.IsTimeAlone
                || timeMs + _aim.TimeAhead.Least(state, energyWh) <= _aim.LatestMs));

    /// <summary>Adds what a drive leads to; arriving at a via place the car stays there.</summary>
    public void Drive(Label from, Leg leg, int segment)
    {
        int state = _journey.StateOf(segment, leg.Stop);
        long stayMs = 0;
        if (leg.Stop == _journey.StopCount)
        {
            state = _journey.StateOfOrigin(segment + 1);
            stayMs = _journey.StayMs(segment + 1);
        }

        int arrivalWh = from.EnergyWh - leg.EnergyWh;
        if (arrivalWh >= _journey.LeastWhAt(state))
        {
            Add(new Label(
                state,
                from.TimeMs + leg.TimeMs + stayMs,
                arrivalWh,
                from.Cost + leg.TimeMs + stayMs
                    + (long)(leg.EnergyWh * _aim.Weights.DrivenWhMs),
                from.Price,
                from.Stops,
                from,
                leg.By,
                null));
        }
    }

    public void NoteEnergy(int state, int energyWh) =>
        _mostWh[state] = Math.Max(energyWh, _mostWh[state]);

    private static long Ms(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMillisecond;

    private SearchEnd Settle()
    {
        while (_open.TryDequeue(out Label? label, out _))
        {
            if (label.State == _journey.EndState)
            {
                return new SearchEnd(label, false, _mostWh);
            }

            if (_labels >= (_aim.IsExploring ? ExploredMax : RoutingLimits.LabelsMax))
            {
                return new SearchEnd(null, true, _mostWh);
            }

            if (!label.IsDropped)
            {
                Leave(label);
            }
        }

        return new SearchEnd(null, false, _mostWh);
    }

    private void Leave(Label label)
    {
        NoteEnergy(label.State, label.EnergyWh);
        (int number, int stop) = _journey.Of(label.State);
        if (stop < _journey.StopCount)
        {
            foreach (StopOption option in label.Stops < _journey.Query.StopsMax
                ? _journey.Options[stop] ?? [] : [])
            {
                new StopSearch(this, label, option).Leave();
            }

            return;
        }

        Segment segment = _journey.Segments[number];
        foreach (Leg leg in segment.First)
        {
            Drive(label, leg, number);
        }

        foreach (Leg leg in segment.Direct)
        {
            Drive(label, leg, number);
        }
    }

    private void Add(Label label)
    {
        if ((_journey.Query.PriceMax is { } cap && label.Price > cap.Amount)
            || !IsWorth(label.State, label.TimeMs, label.EnergyWh, label.Cost)
            || !_frontier.TryAdd(label))
        {
            return;
        }

        // A bound that is stretched by the gap finds a plan that much sooner, and at most the gap
        // later than the best one (Pohl, "Heuristic search viewed as path finding", 1970).
        long ahead = _aim.IsExploring
            ? 0
            : Math.Max(0, _aim.Ahead.Least(label.State, label.EnergyWh));
        long stretched =
            label.Cost + ahead + (long)((double)ahead * _aim.GapPermille / 1000);
        _open.Enqueue(label, (stretched, label.Price, _labels++));
        if (label.State == _journey.EndState && !_aim.IsExploring)
        {
            // Nothing that must cost more can be better; equal costs still can, by price.
            CostMax = Math.Min(CostMax, label.Cost);
        }
    }
}
