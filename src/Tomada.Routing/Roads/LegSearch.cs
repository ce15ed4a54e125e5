using System.Collections.Immutable;

namespace Tomada.Routing;

/// <summary>
/// Dijkstra's shortest ways from one node to all others that lie within the car's range (Dijkstra,
/// "A note on two problems in connexion with graphs", 1959). A way that takes more energy than the
/// bound is given up on, so the search stays within what one charge can reach.
/// </summary>
internal sealed class LegSearch
{
    private readonly RoadGraph _graph;
    private readonly int _source;
    private readonly VehicleModel? _vehicle;
    private readonly double _boundWh;
    private readonly int _speedMaxKmh;
    private readonly long[] _timeMs;
    private readonly double[] _energyWh;
    private readonly int[] _cameFrom;
    private readonly int[] _cameBy;

    /// <param name="graph">The roads.</param>
    /// <param name="source">The node to start at.</param>
    /// <param name="weight">What the ways are shortest in.</param>
    /// <param name="vehicle">Whose energy counts; null: none is counted.</param>
    /// <param name="boundWh">Most energy of a way, in Wh.</param>
    /// <param name="speedMaxKmh">The driver's own speed limit.</param>
    public LegSearch(
        RoadGraph graph,
        int source,
        Weight weight,
        VehicleModel? vehicle,
        double boundWh,
        int speedMaxKmh)
    {
        _graph = graph;
        _source = source;
        _vehicle = vehicle;
        _boundWh = boundWh;
        _speedMaxKmh = speedMaxKmh;
        _timeMs = new long[graph.NodeCount];
        _energyWh = new double[graph.NodeCount];
        _cameFrom = new int[graph.NodeCount];
        _cameBy = new int[graph.NodeCount];
        Run(weight);
    }

    public enum Weight
    {
        Time,
        Energy,
    }

    public bool Reaches(int node) => node == _source || _cameFrom[node] >= 0;

    public long TimeMs(int node) => _timeMs[node];

    /// <summary>Wh of the way, rounded up as <see cref="RoutePath.EnergyWh"/> does.</summary>
    public int EnergyWh(int node) => (int)Math.Ceiling(_energyWh[node]);

    /// <summary>The way to a node, or null where it is out of reach.</summary>
    public RoutePath? PathTo(int node)
    {
        if (!Reaches(node))
        {
            return null;
        }

        List<RouteEdge> edges = [];
        for (int at = node; at != _source; at = _cameFrom[at])
        {
            edges.Add(_graph.Drive(_cameFrom[at], _cameBy[at], _speedMaxKmh));
        }

        edges.Reverse();
        ImmutableArray<Place> places = _graph.Places;
        return new RoutePath(places[_source].Id, places[node].Id, [.. edges]);
    }

    private void Run(Weight weight)
    {
        Array.Fill(_timeMs, long.MaxValue);
        Array.Fill(_energyWh, double.MaxValue);
        Array.Fill(_cameFrom, -1);
        bool[] settled = new bool[_graph.NodeCount];
        _timeMs[_source] = 0;
        _energyWh[_source] = 0;

        // The node is part of the order, so that ties fall the same way everywhere.
        PriorityQueue<int, (double Cost, int Node)> open = new();
        open.Enqueue(_source, (0, _source));
        while (open.TryDequeue(out int node, out _))
        {
            if (settled[node])
            {
                continue;
            }

            settled[node] = true;
            (int first, int end) = _graph.EdgesOf(node);
            for (int edge = first; edge < end; edge++)
            {
                if (!settled[_graph.Target(edge)] && Relax(node, edge, weight))
                {
                    int target = _graph.Target(edge);
                    open.Enqueue(target, (Cost(weight, target), target));
                }
            }
        }
    }

    private double Cost(Weight weight, int node) =>
        weight == Weight.Time ? _timeMs[node] : _energyWh[node];

    private bool Relax(int node, int edge, Weight weight)
    {
        int target = _graph.Target(edge);
        int speedKmh = Math.Min(_graph.SpeedKmh(edge), _speedMaxKmh);
        long timeMs = _timeMs[node] + RouteEdge.DrivingMs(_graph.LengthM(edge), speedKmh);
        double energyWh = _energyWh[node]
            + (_vehicle?.EnergyWh(_graph.LengthM(edge), speedKmh) ?? 0);
        bool shorter = weight == Weight.Time
            ? timeMs < _timeMs[target]
                || (timeMs == _timeMs[target] && energyWh < _energyWh[target])
            : energyWh < _energyWh[target];
        if (!shorter || energyWh > _boundWh)
        {
            return false;
        }

        _timeMs[target] = timeMs;
        _energyWh[target] = energyWh;
        _cameFrom[target] = node;
        _cameBy[target] = edge;
        return true;
    }
}
