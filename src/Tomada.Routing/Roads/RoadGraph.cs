using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Tomada.Routing;

/// <summary>
/// The road network in compressed sparse rows: the edges that leave node i stand in one stretch of
/// four flat arrays. Nodes are numbered in the order of their ids, so equal data gives equal
/// answers.
/// </summary>
public sealed class RoadGraph
{
    private readonly ImmutableArray<Place> _places;
    private readonly int[] _firstEdge;
    private readonly int[] _target;
    private readonly int[] _lengthM;
    private readonly int[] _speedKmh;
    private readonly string[] _highway;
    private readonly int[] _island;

    private RoadGraph(ImmutableArray<Place> places, IEnumerable<Road> roads)
    {
        _places = places;
        (int From, int To, Road Road)[] edges = [.. roads
            .SelectMany(road => BothWays(road))
            .OrderBy(edge => edge.From).ThenBy(edge => edge.To).ThenBy(edge => edge.Road.LengthM)];
        _firstEdge = new int[places.Length + 1];
        _target = new int[edges.Length];
        _lengthM = new int[edges.Length];
        _speedKmh = new int[edges.Length];
        _highway = new string[edges.Length];
        for (int i = 0; i < edges.Length; i++)
        {
            _firstEdge[edges[i].From + 1]++;
            _target[i] = edges[i].To;
            _lengthM[i] = edges[i].Road.LengthM;
            _speedKmh[i] = edges[i].Road.SpeedKmh;
            _highway[i] = edges[i].Road.Highway;
        }

        for (int node = 0; node < places.Length; node++)
        {
            _firstEdge[node + 1] += _firstEdge[node];
        }

        _island = Islands();
    }

    /// <summary>All places, in the order of their ids.</summary>
    public ImmutableArray<Place> Places => _places;

    internal int NodeCount => _places.Length;

    internal int EdgeCount => _target.Length;

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
        graph = why is null ? new RoadGraph(sorted, roads) : null;
        return graph is not null;
    }

    /// <summary>The place with this id, or null.</summary>
    public Place? Find(PlaceId id) => NodeOf(id) is >= 0 and int node ? _places[node] : null;

    /// <summary>
    /// The place nearest to a position, in a straight line; at a tie the first by id.
    /// </summary>
    public Place Nearest(GeoPoint at) => _places.MinBy(place => place.At.DistanceM(at))!;

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
    internal int NodeOf(PlaceId id)
    {
        int low = 0;
        int high = _places.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = _places[middle].Id.CompareTo(id);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>Whether roads lead from one node to the other; all run both ways.</summary>
    internal bool AreJoined(int one, int other) => _island[one] == _island[other];

    /// <summary>
    /// The edges that leave a node: from the first up to, not including, the second.
    /// </summary>
    internal (int First, int End) EdgesOf(int node) => (_firstEdge[node], _firstEdge[node + 1]);

    internal int Target(int edge) => _target[edge];

    internal int LengthM(int edge) => _lengthM[edge];

    internal int SpeedKmh(int edge) => _speedKmh[edge];

    internal RouteEdge Drive(int from, int edge, int speedMaxKmh) => new(
        _places[from].Id,
        _places[_target[edge]].Id,
        _highway[edge],
        _lengthM[edge],
        Math.Min(_speedKmh[edge], speedMaxKmh));

    private int[] Islands()
    {
        int[] island = new int[NodeCount];
        Stack<int> open = [];
        for (int first = 0; first < NodeCount; first++)
        {
            open.Push(first);
            while (open.TryPop(out int node))
            {
                // Islands are numbered from 1 by their first node; 0 is none yet.
                if (island[node] != 0)
                {
                    continue;
                }

                island[node] = first + 1;
                for (int edge = _firstEdge[node]; edge < _firstEdge[node + 1]; edge++)
                {
                    open.Push(_target[edge]);
                }
            }
        }

        return island;
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

    private (int From, int To, Road Road)[] BothWays(Road road)
    {
        (int from, int to) = (NodeOf(road.From), NodeOf(road.To));
        return [(from, to, road), (to, from, road)];
    }
}
