using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// Dijkstra's shortest ways from one node to all others that lie within the car's range, or from
/// them to it (Dijkstra, "A note on two problems in connexion with graphs", 1959). A way that takes
/// more energy than the bound is given up on, so the search stays within what one charge can reach.
/// </summary>
internal sealed class LegSearch
{
    private readonly DriveCosts _costs;
    private readonly RoadGraph _graph;
    private readonly int _source;
    private readonly double _boundWh;
    private readonly bool _isBackward;
    private readonly SearchSpace _space;
    private readonly int _epoch;

    /// <param name="costs">The roads, and what they cost the car.</param>
    /// <param name="source">The node to start at.</param>
    /// <param name="weight">What the ways are shortest in.</param>
    /// <param name="boundWh">Most energy of a way, in Wh.</param>
    /// <param name="space">Where it writes; the next search in it ends this one's answers.</param>
    /// <param name="until">Ends when this node's way is known; negative: never.</param>
    /// <param name="backward">The ways lead to the node instead of from it.</param>
    public LegSearch(
        DriveCosts costs,
        int source,
        Weight weight,
        double boundWh,
        SearchSpace space,
        int until = -1,
        bool backward = false)
    {
        _costs = costs;
        _graph = costs.Graph;
        _source = source;
        _boundWh = boundWh;
        _isBackward = backward;
        _space = space;
        _epoch = space.Begin();
        Run(weight, until);
    }

    public enum Weight
    {
        Time,
        Energy,
    }

    public bool Reaches(int node) => _space.IsSeen(node, _epoch);

    public long TimeMs(int node) => _space.TimeMs[node];

    /// <summary>Wh of the way, rounded up as <see cref="RoutePath.EnergyWh"/> does.</summary>
    public int EnergyWh(int node) => RoutePath.WholeWh(_space.EnergyWh[node]);

    /// <summary>
    /// The way to a node, or null where it is out of reach; of a search that is not backward.
    /// </summary>
    public RoutePath? PathTo(int node)
    {
        Invariant.Require(!_isBackward, "a backward search has no ways from its node");
        if (!Reaches(node))
        {
            return null;
        }

        List<RouteEdge> edges = [];
        for (int at = node; at != _source; at = _space.CameFrom[at])
        {
            edges.Add(_graph.Drive(
                _space.CameFrom[at], _space.CameBy[at], _costs.SpeedMaxKmh));
        }

        edges.Reverse();
        ImmutableArray<Place> places = _graph.Places;
        return new RoutePath(places[_source].Id, places[node].Id, [.. edges]);
    }

    private void Run(Weight weight, int until)
    {
        bool byTime = weight == Weight.Time;
        _space.See(_source, _epoch, 0, 0, -1, -1);
        PriorityQueue<int, double> open = _space.Open;
        open.Enqueue(_source, 0);
        while (open.TryDequeue(out int node, out _))
        {
            if (!_space.Settle(node, _epoch))
            {
                continue;
            }

            if (node == until)
            {
                return;
            }

            RelaxAll(node, byTime);
        }
    }

    private void RelaxAll(int node, bool byTime)
    {
        if (_isBackward)
        {
            foreach (int edge in _graph.EdgesInto(node))
            {
                Relax(node, edge, _graph.Source(edge), byTime);
            }

            return;
        }

        (int first, int end) = _graph.EdgesOf(node);
        for (int edge = first; edge < end; edge++)
        {
            Relax(node, edge, _graph.Target(edge), byTime);
        }
    }

    private void Relax(int node, int edge, int target, bool byTime)
    {
        double energyWh = _space.EnergyWh[node] + _costs.EnergyWh(edge);
        if (energyWh > _boundWh || _space.IsSettled(target, _epoch))
        {
            return;
        }

        long timeMs = _space.TimeMs[node] + _costs.TimeMs(edge);
        if (_space.IsSeen(target, _epoch))
        {
            bool shorter = byTime
                ? timeMs < _space.TimeMs[target] || (timeMs == _space.TimeMs[target]
                    && energyWh < _space.EnergyWh[target])
                : energyWh < _space.EnergyWh[target];
            if (!shorter)
            {
                return;
            }
        }

        _space.See(target, _epoch, timeMs, energyWh, node, edge);
        _space.Open.Enqueue(target, byTime ? timeMs : energyWh);
    }
}
