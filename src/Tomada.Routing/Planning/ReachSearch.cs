namespace Tomada.Routing;

/// <summary>What a way is shortest in.</summary>
internal enum Shortest
{
    /// <summary>Time; among equals energy.</summary>
    Time,

    /// <summary>Energy.</summary>
    Energy,
}

/// <summary>
/// Dijkstra's shortest ways between one node and all within the car's range, in either direction
/// (Dijkstra, "A note on two problems in connexion with graphs", 1959). A way that takes more
/// energy than the bound is given up, so the search stays within what one charge reaches. The same
/// memory serves one search after the other.
/// </summary>
internal sealed class ReachSearch(DriveArcs arcs)
{
    private static readonly int s_driveMaxMs = (int)RoutingLimits.DriveMax.TotalMilliseconds;

    private readonly NodeState[] _states = new NodeState[arcs.NodeCount];
    private readonly RadixHeap _open = new();
    private int _epoch;
    private bool _isBackward;

    public DriveArcs Arcs => arcs;

    /// <summary>Searches the ways from a node, or to it.</summary>
    /// <param name="origin">The node.</param>
    /// <param name="by">What the ways are shortest in.</param>
    /// <param name="boundWh">Most energy of a way, in Wh.</param>
    /// <param name="isBackward">Whether the ways lead to the node.</param>
    /// <param name="until">Ends when this node's way is known; negative: never.</param>
    public void Run(
        int origin, Shortest by, double boundWh, bool isBackward = false, int until = -1)
    {
        Begin(isBackward);
        Start(origin, 0);
        Settle(by, boundWh, until);
    }

    /// <summary>
    /// Searches the ways from many nodes that take the least energy beyond what each starts with.
    /// </summary>
    /// <param name="origins">Nodes, and what each lacks to the fullest one, from 0 Wh.</param>
    public void RunFromAll(IEnumerable<(int Node, int LacksWh)> origins)
    {
        Begin(isBackward: false);
        foreach ((int node, int lacksWh) in origins)
        {
            Start(node, lacksWh);
        }

        Settle(Shortest.Energy, double.MaxValue, -1);
    }

    public bool Reaches(int node) => _states[node].Seen >> 1 == _epoch;

    public int TimeMs(int node) => _states[node].TimeMs;

    /// <summary>Wh of the way, rounded up as <see cref="RoutePath.EnergyWh"/> does.</summary>
    public int EnergyWh(int node) => RoutePath.WholeWh(_states[node].EnergyWh);

    /// <summary>Where a node's way starts, of many origins.</summary>
    public int OriginOf(int node)
    {
        int at = node;
        while (_states[at].Next >= 0)
        {
            at = _states[at].Next;
        }

        return at;
    }

    /// <summary>The way between the origin and a node that it reaches.</summary>
    public RoutePath PathOf(int node)
    {
        List<RouteEdge> edges = [];
        int at = node;
        while (_states[at].Next is >= 0 and int next)
        {
            edges.Add(arcs.Costs.Graph.Drive(
                _isBackward ? at : next,
                arcs.EdgeOf(_states[at].Arc, _isBackward),
                arcs.Costs.SpeedMaxKmh));
            at = next;
        }

        PlaceId origin = arcs.Costs.Graph.Places[at].Id;
        PlaceId other = arcs.Costs.Graph.Places[node].Id;
        if (_isBackward)
        {
            return new RoutePath(other, origin, [.. edges]);
        }

        edges.Reverse();
        return new RoutePath(origin, other, [.. edges]);
    }

    private void Begin(bool isBackward)
    {
        _isBackward = isBackward;
        _open.Clear();
        _epoch++;
    }

    private void Start(int node, double energyWh)
    {
        _states[node] = new NodeState
        {
            EnergyWh = energyWh,
            Seen = _epoch << 1,
            Next = -1,
            Arc = -1,
        };
        _open.Add(RadixHeap.KeyOf(energyWh), node);
    }

    private void Settle(Shortest by, double boundWh, int until)
    {
        int seen = _epoch << 1;
        int settled = seen | 1;
        while (_open.TryTake(out int node))
        {
            ref NodeState state = ref _states[node];
            if (state.Seen == settled)
            {
                continue;
            }

            state.Seen = settled;
            if (node == until)
            {
                return;
            }

            ReadOnlySpan<Arc> ways = arcs.Of(node, _isBackward, out int number);
            for (int i = 0; i < ways.Length; i++)
            {
                ref readonly Arc arc = ref ways[i];
                ref NodeState target = ref _states[arc.Node];
                double energyWh = state.EnergyWh + arc.EnergyWh;
                if (target.Seen == settled || energyWh > boundWh)
                {
                    continue;
                }

                int timeMs = state.TimeMs + arc.TimeMs;
                if (timeMs > s_driveMaxMs
                    || (target.Seen == seen && !IsShorter(by, timeMs, energyWh, in target)))
                {
                    continue;
                }

                target.EnergyWh = energyWh;
                target.TimeMs = timeMs;
                target.Seen = seen;
                target.Next = node;
                target.Arc = number + i;
                _open.Add(
                    by == Shortest.Time ? (ulong)timeMs : RadixHeap.KeyOf(energyWh), arc.Node);
            }
        }
    }

    private static bool IsShorter(Shortest by, int timeMs, double energyWh, in NodeState than) =>
        by == Shortest.Time
            ? timeMs < than.TimeMs || (timeMs == than.TimeMs && energyWh < than.EnergyWh)
            : energyWh < than.EnergyWh;

    /// <summary>All of a node in one place: a search reads it as one line of the cache.</summary>
    private struct NodeState
    {
        public double EnergyWh;
        public int TimeMs;

        /// <summary>Twice the number of the search that saw it, and 1 more when settled.</summary>
        public int Seen;
        public int Next;
        public int Arc;
    }
}
