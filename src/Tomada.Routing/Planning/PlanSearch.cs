using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>The end of one search: a plan, or how far the car got.</summary>
internal sealed record SearchEnd(
    TripPlan? Plan, bool IsTooLarge, SortedDictionary<int, int> MostEnergyWh);

/// <summary>
/// Label-setting search for one best plan (Martins, "On a multicriteria shortest path problem",
/// 1984): labels are settled in the order of the objective, so the first one at the destination is
/// best. At a site the car drives on, or charges to one of a few levels: just enough for each next
/// site with a margin, each bend of the charging curve, and full. Waiting for a free EVSE is part
/// of the stop.
/// </summary>
internal sealed class PlanSearch
{
    private readonly TripQuery _query;
    private readonly BusyWindows _busy;
    private readonly PriceEstimate _price;
    private readonly int _destination;
    private readonly int _reserveWh;
    private readonly int _marginWh;
    private readonly int _chargeMaxWh;
    private readonly SortedDictionary<int, List<StopOption>> _options;
    private readonly LegTable _legs;
    private readonly Frontier _frontier;
    private readonly TimeAhead _ahead;
    private readonly long _latestMs;
    private readonly PriorityQueue<Label, (long First, long Second, int Number)> _open = new();
    private int _labels;

    private PlanSearch(
        TripQuery query,
        RoadGraph roads,
        ImmutableArray<ChargingSite> sites,
        BusyWindows busy,
        PriceEstimate price,
        long latestMs)
    {
        _query = query;
        _busy = busy;
        _price = price;
        _destination = roads.NodeOf(query.To);
        _reserveWh = query.Vehicle.WhAt(query.ReserveSocPermille);
        _marginWh = query.Vehicle.WhAt(RoutingLimits.MarginPermille);
        _chargeMaxWh = query.Vehicle.BatteryWh * query.ChargeMaxPermille / 1000;
        _options = StopOptions.For(query, roads, sites);
        _legs = new LegTable(
            roads, query, query.Vehicle.BatteryWh - _reserveWh, [.. _options.Keys, _destination]);

        bool isFastest = query.Objective == Objective.Fastest;
        _frontier = new Frontier(new KeptFor(
            TimeStepMs: isFastest ? 1 : Ms(RoutingLimits.CheapestTimeStep),
            Price: !isFastest || query.PriceMax is not null,
            Stops: query.StopsMax < RoutingLimits.StopsMax));
        _ahead = new TimeAhead(roads, query, _reserveWh, _options.Values.SelectMany(each => each));
        _latestMs = latestMs;
    }

    /// <summary>
    /// Finds the best plan of a query that <see cref="TripPlanner"/> has checked. The cheapest is
    /// sought among plans that take not much longer than the fastest and cost no more than it.
    /// </summary>
    public static SearchEnd Run(
        TripQuery query,
        RoadGraph roads,
        ImmutableArray<ChargingSite> sites,
        BusyWindows busy,
        PriceEstimate price)
    {
        SearchEnd fastest = RunOne(query with { Objective = Objective.Fastest }, long.MaxValue);
        if (query.Objective == Objective.Fastest || fastest.Plan is not { } plan)
        {
            return fastest;
        }

        long takesMs = plan.Arrival.UnixMs - query.Departure.UnixMs;
        long latestMs = query.Departure.UnixMs
            + (takesMs * RoutingLimits.CheapestDurationPermille / 1000);
        SearchEnd cheapest = RunOne(query with { PriceMax = plan.Price }, latestMs);
        return cheapest.IsTooLarge ? fastest : cheapest;

        SearchEnd RunOne(TripQuery asked, long latest)
        {
            PlanSearch search = new(asked, roads, sites, busy, price, latest);
            int start = roads.NodeOf(query.From);
            search.Add(new Label(
                start, query.Departure.UnixMs, StartWh(query), 0, 0, null, null, null));
            return search.Settle();
        }
    }

    /// <summary>Battery energy at the start, rounded down.</summary>
    internal static int StartWh(TripQuery query) =>
        (int)((long)query.Vehicle.BatteryWh * query.StartSocPermille / 1000);

    private SearchEnd Settle()
    {
        while (_open.TryDequeue(out Label? label, out _))
        {
            if (label.Node == _destination)
            {
                return new SearchEnd(PlanReader.Read(_query, label), false, []);
            }

            if (_labels >= RoutingLimits.LabelsMax)
            {
                return new SearchEnd(null, true, []);
            }

            if (_frontier.Holds(label))
            {
                Drive(label);
                ChargeAt(label);
            }
        }

        return new SearchEnd(null, false, _frontier.MostEnergyWh());
    }

    private void Add(Label label)
    {
        if ((_query.PriceMax is { } cap && label.Price > cap.Amount)
            || !_ahead.IsPossible(label.Node))
        {
            return;
        }

        long earliestMs = label.TimeMs + _ahead.LeastMs(label);
        if (earliestMs <= _latestMs && _frontier.TryAdd(label))
        {
            (long first, long second) = _query.Objective == Objective.Cheapest
                ? (label.Price, earliestMs)
                : (earliestMs, label.Price);
            _open.Enqueue(label, (first, second, _labels++));
        }
    }

    private static long Ms(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMillisecond;

    private void Drive(Label label)
    {
        foreach (Leg leg in _legs.From(label.Node))
        {
            int arrivalWh = label.EnergyWh - leg.EnergyWh;
            if (arrivalWh >= _reserveWh)
            {
                Add(new Label(
                    leg.Target,
                    label.TimeMs + leg.TimeMs,
                    arrivalWh,
                    label.Price,
                    label.Stops,
                    label,
                    leg,
                    null));
            }
        }
    }

    private void ChargeAt(Label label)
    {
        if (!label.MayCharge || label.Stops >= _query.StopsMax
            || !_options.TryGetValue(label.Node, out List<StopOption>? options))
        {
            return;
        }

        SortedSet<int> needs = NeedsFrom(label.Node);
        foreach (StopOption option in options)
        {
            if (!label.HasUsed(option.Evse.Id))
            {
                ChargeAt(label, option, needs);
            }
        }
    }

    private void ChargeAt(Label label, StopOption option, SortedSet<int> needs)
    {
        IReadOnlyList<TimeWindow> busy = _busy(option.Evse.Id);
        IEnumerable<int> bends = option.Curve.BendsWh.Select(wh => (int)wh);
        SortedSet<int> levels = [.. needs, .. bends, _chargeMaxWh];
        foreach (int level in levels.Where(each => each > label.EnergyWh && each <= _chargeMaxWh))
        {
            TimeSpan charging = option.Curve.TimeBetween(label.EnergyWh, level);
            Slot? slot = SlotFinder.Find(
                new Timestamp(label.TimeMs), charging, _query.Departure, _query.WaitMax, busy);
            if (slot is { } found)
            {
                AddCharged(label, option, level, found, charging);
            }
        }
    }

    private void AddCharged(Label label, StopOption option, int level, Slot slot, TimeSpan charging)
    {
        Money price = _price(option.Evse.Id, level - label.EnergyWh, charging);
        if (price.Currency != _query.Currency || price.Amount < 0)
        {
            return;
        }

        Add(new Label(
            label.Node,
            slot.ChargeUntil.Plus(RoutingLimits.PlugOut).UnixMs,
            level,
            label.Price + price.Amount,
            label.Stops + 1,
            label,
            null,
            new Charge(option, slot, price)));
    }

    /// <summary>
    /// What the battery should hold to reach each next node: with the margin if it fits.
    /// </summary>
    private SortedSet<int> NeedsFrom(int node)
    {
        SortedSet<int> needs = [];
        foreach (Leg leg in _legs.From(node))
        {
            int least = leg.EnergyWh + _reserveWh;
            if (least <= _chargeMaxWh)
            {
                needs.Add(Math.Min(least + _marginWh, _chargeMaxWh));
            }
        }

        return needs;
    }
}
