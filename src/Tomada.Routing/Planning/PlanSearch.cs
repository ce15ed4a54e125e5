using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>The end of one search: a plan, or how far the car got.</summary>
internal sealed record SearchEnd(
    TripPlan? Plan, bool IsTooLarge, SortedDictionary<int, int> MostEnergyWh);

/// <summary>
/// Label-setting search for one best plan (Martins, "On a multicriteria shortest path problem",
/// 1984): labels are settled in the order of the objective, so the first one at the destination is
/// best. At a site the car charges to one of a few levels: just enough for the next site with a
/// margin, each bend of the charging curve, and full. Waiting for a free EVSE is part
/// of the stop.
/// </summary>
internal sealed class PlanSearch
{
    private const int HastyGapPermille = 500;

    private readonly TripQuery _query;
    private readonly int _source;
    private readonly BusyWindows _busy;
    private readonly PriceEstimate _price;
    private readonly int _destination;
    private readonly int _reserveWh;
    private readonly int _marginWh;
    private readonly int _chargeMaxWh;
    private readonly List<StopOption>?[] _options;
    private readonly LegTable _legs;
    private readonly Frontier _frontier;
    private readonly TimeAhead _ahead;
    private readonly SortedDictionary<int, int> _mostWh = [];
    private readonly int _gapPermille;
    private readonly Leg[] _firstLegs;
    private long _latestMs;
    private readonly PriorityQueue<Label, (long First, long Second, int Number)> _open = new();
    private int _labels;

    private PlanSearch(
        TripQuery query,
        LegTable legs,
        TimeAhead ahead,
        List<StopOption>?[] options,
        Leg[] firstLegs,
        BusyWindows busy,
        PriceEstimate price,
        long latestMs)
    {
        RoadGraph roads = legs.Costs.Graph;
        _query = query;
        _source = roads.NodeOf(query.From);
        _busy = busy;
        _price = price;
        _destination = roads.NodeOf(query.To);
        _reserveWh = query.Vehicle.WhAt(query.ReserveSocPermille);
        _marginWh = query.Vehicle.WhAt(RoutingLimits.MarginPermille);
        _chargeMaxWh = query.Vehicle.BatteryWh * query.ChargeMaxPermille / 1000;
        _options = options;
        _firstLegs = firstLegs;
        _legs = legs;
        _ahead = ahead;
        _gapPermille = query.GapPermille;

        bool isFastest = query.Objective == Objective.Fastest;
        _frontier = new Frontier(roads.NodeCount, new KeptFor(
            TimeStepMs: isFastest ? 1 : Ms(RoutingLimits.CheapestTimeStep),
            Price: !isFastest || query.PriceMax is not null,
            Stops: query.StopsMax < RoutingLimits.StopsMax));
        _latestMs = latestMs;
    }

    /// <summary>
    /// Finds the best plan of a query that <see cref="TripPlanner"/> has checked. The cheapest is
    /// sought among plans that take not much longer than the fastest and cost no more than it.
    /// </summary>
    public static SearchEnd Run(
        TripQuery query,
        LegTable legs,
        ImmutableArray<ChargingSite> sites,
        BusyWindows busy,
        PriceEstimate price)
    {
        RoadGraph roads = legs.Costs.Graph;
        List<StopOption>?[] options = new List<StopOption>?[roads.NodeCount];
        double strongestW = 1;
        foreach ((int node, List<StopOption> here) in StopOptions.For(query, roads, sites))
        {
            options[node] = here;
            strongestW = Math.Max(strongestW, here.Max(each => each.Curve.StrongestW));
        }

        int reserveWh = query.Vehicle.WhAt(query.ReserveSocPermille);
        TimeAhead ahead = new(
            legs.Costs,
            roads.NodeOf(query.To),
            reserveWh,
            query.Vehicle.BatteryWh,
            strongestW);
        Leg[] first = legs.Find(
            roads.NodeOf(query.From), Math.Max(0, StartWh(query) - reserveWh), legs.Targets);
        // A hasty search first: what it finds bounds the careful one, which then looks at little.
        TripQuery careful = query with { Objective = Objective.Fastest };
        SearchEnd hasty = RunOne(careful with { GapPermille = HastyGapPermille }, long.MaxValue);
        SearchEnd fastest = hasty.Plan is { } some
            ? RunOne(careful, some.Arrival.UnixMs)
            : hasty;
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
            PlanSearch search = new(asked, legs, ahead, options, first, busy, price, latest);
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
                return new SearchEnd(PlanReader.Read(_query, _legs, label), false, []);
            }

            if (_labels >= RoutingLimits.LabelsMax)
            {
                return new SearchEnd(null, true, []);
            }

            if (label.IsDropped)
            {
                continue;
            }

            NoteEnergy(label.Node, label.EnergyWh);
            if (label.Parent is null)
            {
                DriveFromStart(label);
            }

            if (label.Stops < _query.StopsMax && _options[label.Node] is { } options)
            {
                foreach (StopOption option in options)
                {
                    if (!label.HasUsed(option.Evse.Id))
                    {
                        new Stop(this, label, option).Leave();
                    }
                }
            }
        }

        return new SearchEnd(null, false, _mostWh);
    }

    /// <summary>Whether a label there, then, could still be part of a plan worth having.</summary>
    private bool IsWorth(int node, long timeMs, int energyWh) =>
        timeMs + _ahead.LeastMs(node, energyWh) <= _latestMs;

    private void Add(Label label)
    {
        bool isTooDear = _query.PriceMax is { } cap && label.Price > cap.Amount;
        if (isTooDear || !_ahead.IsPossible(label.Node))
        {
            return;
        }

        long aheadMs = _ahead.LeastMs(label.Node, label.EnergyWh);
        long earliestMs = label.TimeMs + aheadMs;
        if (earliestMs > _latestMs || !_frontier.TryAdd(label))
        {
            return;
        }

        // A bound that is stretched by the gap finds a plan that much sooner, and at most the gap
        // later than the best one (Pohl, "Heuristic search viewed as path finding", 1970).
        long stretchedMs = earliestMs + (aheadMs * _gapPermille / 1000);
        (long first, long second) = _query.Objective == Objective.Cheapest
            ? (label.Price, earliestMs)
            : (stretchedMs, label.Price);
        _open.Enqueue(label, (first, second, _labels++));
        if (label.Node == _destination && _query.Objective == Objective.Fastest)
        {
            // Nothing that must come later can be better; equal times still can, by price.
            _latestMs = Math.Min(_latestMs, earliestMs);
        }
    }

    private void NoteEnergy(int node, int energyWh) =>
        _mostWh[node] = Math.Max(energyWh, _mostWh.GetValueOrDefault(node));

    private static long Ms(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMillisecond;

    private void DriveFromStart(Label label)
    {
        foreach (Leg leg in LegsFrom(label.Node))
        {
            Drive(leg);
        }

        foreach (Leg leg in LastLegs(label.Node))
        {
            Drive(leg);
        }

        void Drive(Leg leg)
        {
            int arrivalWh = label.EnergyWh - leg.EnergyWh;
            bool isUseful = leg.Target == _destination || _options[leg.Target] is not null;
            if (arrivalWh >= _reserveWh && isUseful)
            {
                Add(new Label(
                    leg.Target, label.TimeMs + leg.TimeMs, arrivalWh, 0, 0, label, leg, null));
            }
        }
    }

    private Leg[] LegsFrom(int node) =>
        node == _source && _options[node] is null ? _firstLegs : _legs.From(node);

    /// <summary>The drives that end the journey: the fastest, and one that takes less.</summary>
    private Leg[] LastLegs(int node)
    {
        (long fastMs, int fastWh) = _ahead.Fastest(node);
        (long slowMs, int slowWh) = _ahead.Frugal(node);
        Leg fast = new(
            node, _destination, fastMs, fastWh, LegSearch.Weight.Time, double.MaxValue);
        Leg slow = new(
            node, _destination, slowMs, slowWh, LegSearch.Weight.Energy, double.MaxValue);
        return slowWh < fastWh ? [fast, slow] : [fast];
    }

    /// <summary>One stop of one label at one plug, and every way on from it.</summary>
    private sealed class Stop(PlanSearch search, Label label, StopOption option)
    {
        private readonly IReadOnlyList<TimeWindow> _busy = search._busy(option.Evse.Id);
        private readonly long _readyMs = label.TimeMs
            + Ms(RoutingLimits.PlugIn) + Ms(RoutingLimits.PlugOut);
        private readonly List<Level> _levels = [];

        /// <summary>
        /// Drives on to each next node with just enough for it and the margin, and with what the
        /// bends of the curve and a full battery give beyond that.
        /// </summary>
        public void Leave()
        {
            if (!search.IsWorth(label.Node, _readyMs, search._chargeMaxWh))
            {
                return;
            }

            foreach (double bend in option.Curve.BendsWh.Append(search._chargeMaxWh))
            {
                int wh = (int)bend;
                if (wh > label.EnergyWh && wh <= search._chargeMaxWh
                    && !_levels.Exists(each => each.EnergyWh == wh))
                {
                    _levels.Add(new Level(wh));
                }
            }

            if (search._latestMs == long.MaxValue)
            {
                // No plan is known: should none be found, what could be had here tells why.
                foreach (Level level in _levels)
                {
                    level.Charging = option.Curve.TimeBetween(label.EnergyWh, level.EnergyWh);
                    _ = Charged(level);
                }
            }

            foreach (Leg leg in search.LegsFrom(label.Node))
            {
                if (leg.Target != search._destination && search._options[leg.Target] is not null)
                {
                    Drive(leg);
                }
            }

            foreach (Leg leg in search.LastLegs(label.Node))
            {
                Drive(leg);
            }
        }

        private void Drive(Leg leg)
        {
            int leastWh = leg.EnergyWh + search._reserveWh;
            if (leastWh > search._chargeMaxWh || !IsWorth(leg, search._chargeMaxWh, TimeSpan.Zero))
            {
                return;
            }

            int enoughWh = Math.Min(leastWh + search._marginWh, search._chargeMaxWh);
            if (enoughWh > label.EnergyWh)
            {
                Drive(leg, new Level(enoughWh));
            }

            foreach (Level level in _levels)
            {
                if (level.EnergyWh > leastWh && level.EnergyWh != enoughWh)
                {
                    Drive(leg, level);
                }
            }
        }

        private void Drive(Leg leg, Level level)
        {
            level.Charging ??= option.Curve.TimeBetween(label.EnergyWh, level.EnergyWh);
            if (!IsWorth(leg, level.EnergyWh, level.Charging.Value) || Charged(level) is not { } at)
            {
                return;
            }

            search.Add(new Label(
                leg.Target,
                at.TimeMs + leg.TimeMs,
                at.EnergyWh - leg.EnergyWh,
                at.Price,
                at.Stops,
                at,
                leg,
                null));
        }

        private bool IsWorth(Leg leg, int energyWh, TimeSpan charging) => search.IsWorth(
            leg.Target, _readyMs + Ms(charging) + leg.TimeMs, energyWh - leg.EnergyWh);

        private Label? Charged(Level level)
        {
            if (!level.IsSought)
            {
                level.IsSought = true;
                level.Charged = Charge(level);
            }

            return level.Charged;
        }

        private Label? Charge(Level level)
        {
            TripQuery query = search._query;
            if (SlotFinder.Find(
                new Timestamp(label.TimeMs), level.Charging!.Value, query.Departure, query.WaitMax,
                _busy) is not { } slot)
            {
                return null;
            }

            Money price = search._price(
                option.Evse.Id, level.EnergyWh - label.EnergyWh, level.Charging.Value);
            if (price.Currency != query.Currency || price.Amount < 0)
            {
                return null;
            }

            search.NoteEnergy(label.Node, level.EnergyWh);
            return new Label(
                label.Node,
                slot.ChargeUntil.Plus(RoutingLimits.PlugOut).UnixMs,
                level.EnergyWh,
                label.Price + price.Amount,
                label.Stops + 1,
                label,
                null,
                new Charge(option, slot, price));
        }
    }

    /// <summary>So much in the battery after a stop, and when and for what it is had.</summary>
    private sealed class Level(int energyWh)
    {
        public int EnergyWh => energyWh;

        public TimeSpan? Charging { get; set; }

        public bool IsSought { get; set; }

        public Label? Charged { get; set; }
    }
}
