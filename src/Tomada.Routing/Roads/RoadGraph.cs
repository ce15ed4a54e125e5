using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Tomada.Routing;

/// <summary>
/// The road network, one edge for each direction of a road. Nodes are numbered in the order of
/// their ids, so equal data gives equal answers.
/// </summary>
public sealed class RoadGraph
{
    private readonly ImmutableArray<Place> _places;
    private readonly ImmutableArray<string> _highways;
    private readonly RoadRows _rows;
    private readonly int[] _component;
    private readonly ImmutableSortedSet<int> _passedOnly;

    private RoadGraph(
        ImmutableArray<Place> places,
        ImmutableArray<string> highways,
        RoadRow[] rows,
        ImmutableSortedSet<int> passedOnly)
    {
        _places = places;
        _highways = highways;
        _rows = new RoadRows(places.Length, rows);
        _component = StrongComponents.Of(_rows);
        _passedOnly = passedOnly;
    }

    /// <summary>All places, in the order of their ids.</summary>
    public ImmutableArray<Place> Places => _places;

    /// <summary>The places where a journey may start, stop and end; the others are passed only.
    /// </summary>
    public IEnumerable<Place> StopPlaces =>
        _passedOnly.IsEmpty ? _places : _places.Where((_, node) => !_passedOnly.Contains(node));

    /// <summary>How many edges there are: one for each direction of a road.</summary>
    public int EdgeCount => _rows.EdgeCount;

    internal int NodeCount => _places.Length;

    internal ImmutableArray<string> Highways => _highways;

    internal ImmutableSortedSet<int> PassedOnly => _passedOnly;

    /// <summary>Builds the graph; refuses data that does not fit together.</summary>
    /// <param name="places">1 to <see cref="RoutingLimits.PlacesMax"/>, each id once.</param>
    /// <param name="roads">Up to <see cref="RoutingLimits.RoadsMax"/>, between these
    /// places.</param>
    /// <param name="graph">The graph, when the answer is true.</param>
    /// <param name="why">Otherwise the item and what is wrong with it.</param>
    public static bool TryBuild(
        ImmutableArray<Place> places,
        ImmutableArray<Road> roads,
        [NotNullWhen(true)] out RoadGraph? graph,
        [NotNullWhen(false)] out string? why)
    {
        ImmutableArray<Place> sorted = places.Sort((left, right) => left.Id.CompareTo(right.Id));
        why = WhyNot(sorted, roads);
        graph = why is null ? Joined(sorted, roads) : null;
        return graph is not null;
    }

    /// <summary>Builds the graph from its parts; refuses what does not fit together.</summary>
    /// <param name="parts">The nodes and the directions of roads.</param>
    /// <param name="graph">The graph, when the answer is true.</param>
    /// <param name="why">Otherwise the item and what is wrong with it.</param>
    public static bool TryBuild(
        RoadGraphParts parts,
        [NotNullWhen(true)] out RoadGraph? graph,
        [NotNullWhen(false)] out string? why)
    {
        why = WhyNot(parts);
        graph = why is null
            ? new RoadGraph(parts.Places, parts.Highways, [.. parts.Rows], [.. parts.PassedOnly])
            : null;
        return graph is not null;
    }

    /// <summary>The place with this id, or null.</summary>
    public Place? Find(PlaceId id) => NodeOf(id) is >= 0 and int node ? _places[node] : null;

    /// <summary>
    /// The place nearest to a position, in a straight line, of those that one may stop at; at a
    /// tie the first by id. It looks at every place.
    /// </summary>
    public Place Nearest(GeoPoint at) => StopPlaces.MinBy(place => place.At.DistanceM(at))!;

    /// <summary>The fastest way between two places, or null where there is none.</summary>
    /// <param name="from">One end.</param>
    /// <param name="to">The other.</param>
    /// <param name="speedMaxKmh">The driver's own limit; slower roads keep their speed.</param>
    public RoutePath? FastestPath(
        PlaceId from, PlaceId to, int speedMaxKmh = RoutingLimits.SpeedMaxKmh)
    {
        int source = NodeOf(from);
        int target = NodeOf(to);
        return source < 0 || target < 0
            ? null
            : new LegSearch(
                new DriveCosts(this, null, speedMaxKmh),
                source,
                LegSearch.Weight.Time,
                double.MaxValue,
                new SearchSpace(NodeCount),
                target).PathTo(target);
    }

    /// <summary>The node of a place; negative when it is not in the graph.</summary>
    internal int NodeOf(PlaceId id) => NodeOf(_places, id);

    private static int NodeOf(ImmutableArray<Place> places, PlaceId id)
    {
        int low = 0;
        int high = places.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = places[middle].Id.CompareTo(id);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>Whether roads lead from one node to the other.</summary>
    internal bool AreJoined(int one, int other)
    {
        if (_component[one] == _component[other])
        {
            return true;
        }

        bool[] seen = new bool[NodeCount];
        Stack<int> open = new([one]);
        while (open.TryPop(out int node) && node != other)
        {
            (int first, int end) = EdgesOf(node);
            for (int edge = first; edge < end; edge++)
            {
                int target = Target(edge);
                if (!seen[target])
                {
                    seen[target] = true;
                    open.Push(target);
                }
            }
        }

        return seen[other];
    }

    /// <summary>
    /// The edges that leave a node: from the first up to, not including, the second.
    /// </summary>
    internal (int First, int End) EdgesOf(int node) => _rows.Leaving(node);

    /// <summary>The edges that lead to a node.</summary>
    internal ReadOnlySpan<int> EdgesInto(int node) => _rows.Into(node);

    internal ref readonly RoadRow Row(int edge) => ref _rows[edge];

    internal int Source(int edge) => _rows[edge].From;

    internal int Target(int edge) => _rows[edge].To;

    internal int LengthM(int edge) => _rows[edge].LengthM;

    internal int SpeedKmh(int edge) => _rows[edge].SpeedKmh;

    internal RoadTraits Traits(int edge) => _rows[edge].Traits;

    internal RouteEdge Drive(int from, int edge, int speedMaxKmh)
    {
        RoadRow row = _rows[edge];
        return new RouteEdge(
            _places[from].Id,
            _places[row.To].Id,
            _highways[row.Highway],
            row.LengthM,
            Math.Min(row.SpeedKmh, speedMaxKmh),
            row.Traits);
    }

    private static RoadGraph Joined(ImmutableArray<Place> sorted, ImmutableArray<Road> roads)
    {
        ImmutableArray<string> highways =
            [.. roads.Select(road => road.Highway).Distinct().Order(StringComparer.Ordinal)];
        List<RoadRow> rows = new(2 * roads.Length);
        foreach (Road road in roads)
        {
            RoadRow row = new(
                NodeOf(sorted, road.From),
                NodeOf(sorted, road.To),
                road.LengthM,
                road.SpeedKmh,
                highways.BinarySearch(road.Highway, StringComparer.Ordinal),
                RoadTraits.None);
            rows.Add(row);
            if (road.OneWay != true)
            {
                rows.Add(row with { From = row.To, To = row.From });
            }
        }

        return new RoadGraph(sorted, highways, [.. rows], []);
    }

    private static string? WhyNot(RoadGraphParts parts)
    {
        if (parts.Places.Length is 0 or > RoutingLimits.GraphNodesMax
            || parts.Rows.Count > RoutingLimits.GraphEdgesMax)
        {
            return $"{parts.Places.Length} nodes and {parts.Rows.Count} edges; allowed are 1 to "
                + $"{RoutingLimits.GraphNodesMax} nodes and up to "
                + $"{RoutingLimits.GraphEdgesMax} edges";
        }

        for (int i = 1; i < parts.Places.Length; i++)
        {
            if (parts.Places[i].Id <= parts.Places[i - 1].Id)
            {
                return $"place '{parts.Places[i].Id}' does not ascend";
            }
        }

        foreach (RoadRow row in parts.Rows)
        {
            if (row.WhyNot(parts.Places.Length, parts.Highways.Length) is { } why)
            {
                return $"the edge from node {row.From} to node {row.To} {why}";
            }
        }

        int stray = parts.PassedOnly.FirstOrDefault(node =>
            (uint)node >= (uint)parts.Places.Length, -1);
        return stray != -1
            ? $"node {stray} is passed and is not there"
            : parts.PassedOnly.Count >= parts.Places.Length
                ? "there is no node to stop at"
                : null;
    }

    private static string? WhyNot(ImmutableArray<Place> sorted, ImmutableArray<Road> roads)
    {
        if (sorted.Length is 0 or > RoutingLimits.PlacesMax
            || roads.Length > RoutingLimits.RoadsMax)
        {
            return $"{sorted.Length} places and {roads.Length} roads; allowed are 1 to "
                + $"{RoutingLimits.PlacesMax} places and up to {RoutingLimits.RoadsMax} roads";
        }

        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Id == sorted[i - 1].Id)
            {
                return $"place '{sorted[i].Id}' is there twice";
            }
        }

        SortedSet<PlaceId> known = [.. sorted.Select(place => place.Id)];
        foreach (Road road in roads)
        {
            if (!known.Contains(road.From) || !known.Contains(road.To) || road.From == road.To)
            {
                return $"road {road.Highway} from '{road.From}' to '{road.To}' "
                    + "does not join two known places";
            }
        }

        return null;
    }
}
