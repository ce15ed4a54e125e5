using System.Collections.Immutable;

namespace Tomada.Routing;

/// <summary>
/// What a query's searches share: the stops that its car can use, and for each of its segments the
/// drives that begin and end it. A segment leads from the start or a via place to the next of them
/// or the end. A state is where a car can be in a search: at a stop in a segment, or at the
/// segment's origin, which is numbered after the stops.
/// </summary>
internal sealed class Journey
{
    private readonly Segment[] _segments;
    private readonly ReachSearch _search;
    private readonly Dictionary<(int From, int To, Shortest By), RoutePath> _paths = [];

    public Journey(
        TripQuery query, VehicleModel car, LegTable legs, ImmutableArray<ChargingSite> sites,
        PlannerView view)
    {
        Query = query;
        Car = car;
        Legs = legs;
        View = view;
        ReserveWh = car.WhAt(query.ReserveSocPermille);
        ArrivalWh = car.WhAt(query.ArrivalSocPermille ?? query.ReserveSocPermille);
        ChargeMaxWh = (int)((long)car.BatteryWh * query.ChargeMaxPermille / 1000);
        StartWh = (int)((long)car.BatteryWh * query.StartSocPermille / 1000);
        Options = StopOptions.For(query, car, legs, sites, view);
        MarginWh = car.WhAt(RoutingLimits.MarginPermille);
        HasAversions = Options.Any(here => here?.Any(each => each.AversionMs > 0) == true);
        StrongestW = Math.Max(1, Options.Max(
            here => here?.Max(each => each.Curve.StrongestW)) ?? 1);
        PriceFloorPerWh = FloorOf(Options);

        RoadGraph roads = legs.Arcs.Costs.Graph;
        int[] nodes =
        [
            roads.NodeOf(query.From),
            .. query.Vias.Select(via => roads.NodeOf(via.Place)),
            roads.NodeOf(query.To),
        ];
        _search = new ReachSearch(legs.Arcs);
        _segments = new Segment[nodes.Length - 1];
        for (int i = 0; i < _segments.Length; i++)
        {
            _segments[i] = SegmentOf(nodes[i], nodes[i + 1], i);
        }
    }

    public TripQuery Query { get; }

    /// <summary>The query's car under its load and at its temperature.</summary>
    public VehicleModel Car { get; }

    public LegTable Legs { get; }

    public PlannerView View { get; }

    public int ReserveWh { get; }

    public int ArrivalWh { get; }

    /// <summary>What is charged beyond the least that the next drive needs.</summary>
    public int MarginWh { get; }

    public int ChargeMaxWh { get; }

    /// <summary>Whether some stops count as more than their time.</summary>
    public bool HasAversions { get; }

    public int StartWh { get; }

    public double StrongestW { get; }

    /// <summary>No stop charges less than this per Wh, in minor units.</summary>
    public double PriceFloorPerWh { get; }

    /// <summary>What can be plugged into, by stop; null where nothing can.</summary>
    public StopOption[]?[] Options { get; }

    public ReadOnlySpan<Segment> Segments => _segments;

    public int StopCount => Legs.Nodes.Length;

    /// <summary>Start and via places, and beyond them the end.</summary>
    public int StateCount => ((_segments.Length + 1) * (StopCount + 1)) + 1;

    public int EndState => StateOfOrigin(_segments.Length);

    public int StateOf(int segment, int stop) => (segment * (StopCount + 1)) + stop;

    public int StateOfOrigin(int segment) => StateOf(segment, StopCount);

    public (int Segment, int Stop) Of(int state) => Math.DivRem(state, StopCount + 1);

    public bool IsOrigin(int state) => Of(state).Stop == StopCount;

    /// <summary>The node that a state stands at.</summary>
    public int NodeOf(int state)
    {
        (int segment, int stop) = Of(state);
        return stop < StopCount ? Legs.Nodes[stop]
            : segment < _segments.Length ? _segments[segment].Origin
            : _segments[^1].Target;
    }

    /// <summary>Least energy that a drive into a state must leave.</summary>
    public int LeastWhAt(int state) => state == EndState ? ArrivalWh : ReserveWh;

    /// <summary>How long the car stays at a via place before it drives on, in ms.</summary>
    public long StayMs(int segment) => segment is 0 || segment == _segments.Length
        ? 0
        : (long)Query.Vias[segment - 1].Stay.TotalMilliseconds;

    /// <summary>The way of a drive from one state to another, searched again.</summary>
    public RoutePath PathOf(int from, int to, Shortest by)
    {
        if (!_paths.TryGetValue((from, to, by), out RoutePath? path))
        {
            path = Find(from, to, by);
            _paths.Add((from, to, by), path);
        }

        return path;
    }

    private RoutePath Find(int from, int to, Shortest by)
    {
        (int fromNode, int toNode) = (NodeOf(from), NodeOf(to));
        if (fromNode == toNode)
        {
            PlaceId here = Legs.Arcs.Costs.Graph.Places[fromNode].Id;
            return new RoutePath(here, here, []);
        }

        // A bounded search finds the same way again only from the same end with the same bound.
        if (IsOrigin(to) && !IsOrigin(from))
        {
            Segment last = _segments[Of(from).Segment];
            _search.Run(toNode, by, last.LastBoundWh, isBackward: true, fromNode);
            return _search.PathOf(fromNode);
        }

        double boundWh =
            IsOrigin(from) ? _segments[Of(from).Segment].FirstBoundWh : Legs.BoundWh;
        _search.Run(fromNode, by, boundWh, isBackward: false, toNode);
        return _search.PathOf(toNode);
    }

    private Segment SegmentOf(int origin, int target, int number)
    {
        double firstWh = number == 0
            ? Math.Max(0, StartWh - Math.Min(ReserveWh, ArrivalWh))
            : Legs.BoundWh;
        double lastWh = Math.Max(0, ChargeMaxWh - Math.Min(ReserveWh, ArrivalWh));
        List<Leg> first = Legs.Between(_search, origin, firstWh, isBackward: false, target);
        Leg[] direct = [.. first.Where(leg => leg.Stop == StopCount)];
        first.RemoveAll(leg => leg.Stop == StopCount || Options[leg.Stop] is null);
        if (Legs.StopOf(origin) is >= 0 and int here && Options[here] is not null)
        {
            first.Add(new Leg(here, 0, 0, Shortest.Time));
        }

        Leg[]?[] last = new Leg[]?[StopCount];
        List<Leg> toTarget = Legs.Between(_search, target, lastWh, isBackward: true);
        if (Legs.StopOf(target) is >= 0 and int there && there != Legs.StopOf(origin))
        {
            toTarget.Add(new Leg(there, 0, 0, Shortest.Time));
        }

        foreach (Leg leg in toTarget.Where(leg => Options[leg.Stop] is not null))
        {
            last[leg.Stop] = [.. last[leg.Stop] ?? [], leg with { Stop = StopCount }];
        }

        return new Segment(origin, target, [.. first], direct, last, firstWh, lastWh);
    }

    private static double FloorOf(StopOption[]?[] options)
    {
        double floor = double.MaxValue;
        foreach (StopOption[]? here in options)
        {
            foreach (StopOption option in here ?? [])
            {
                floor = Math.Min(floor, option.PriceFloorPerWh);
            }
        }

        return floor == double.MaxValue ? 0 : floor;
    }
}

/// <summary>A part of a journey between two places where the car must be.</summary>
/// <param name="Origin">The node where it begins.</param>
/// <param name="Target">The node where it ends.</param>
/// <param name="First">The drives from the origin to stops.</param>
/// <param name="Direct">The drives from the origin straight to the target.</param>
/// <param name="Last">The drives to the target, by stop.</param>
/// <param name="FirstBoundWh">Most energy of the drives from the origin.</param>
/// <param name="LastBoundWh">Most energy of the drives to the target.</param>
internal sealed record Segment(
    int Origin,
    int Target,
    Leg[] First,
    Leg[] Direct,
    Leg[]?[] Last,
    double FirstBoundWh,
    double LastBoundWh);
