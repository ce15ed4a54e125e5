namespace Tomada.Routing;

/// <summary>A road as one car drives it, seen from one of its ends.</summary>
/// <param name="Node">The other end.</param>
/// <param name="Edge">The road graph's edge, in the direction of driving.</param>
/// <param name="EnergyWh">What it takes from the battery.</param>
/// <param name="TimeMs">How long it takes.</param>
internal readonly record struct Arc(int Node, int Edge, double EnergyWh, int TimeMs);

/// <summary>
/// The roads as one car drives them, side by side in memory: those that leave a node and those that
/// come to it.
/// </summary>
internal sealed class DriveArcs
{
    private readonly Arc[] _out;
    private readonly int[] _firstOut;
    private readonly Arc[] _in;
    private readonly int[] _firstIn;

    public DriveArcs(DriveCosts costs)
    {
        Costs = costs;
        RoadGraph roads = costs.Graph;
        _firstOut = new int[roads.NodeCount + 1];
        _firstIn = new int[roads.NodeCount + 1];
        _out = new Arc[roads.EdgeCount];
        _in = new Arc[roads.EdgeCount];
        for (int node = 0; node < roads.NodeCount; node++)
        {
            (int first, int end) = roads.EdgesOf(node);
            _firstOut[node + 1] = end;
            for (int edge = first; edge < end; edge++)
            {
                int target = roads.Target(edge);
                _firstIn[target + 1]++;
                _out[edge] =
                    new Arc(target, edge, costs.EnergyWh(edge), (int)costs.TimeMs(edge));
            }
        }

        for (int node = 0; node < roads.NodeCount; node++)
        {
            _firstIn[node + 1] += _firstIn[node];
        }

        int[] next = [.. _firstIn];
        for (int node = 0; node < roads.NodeCount; node++)
        {
            foreach (Arc arc in From(node))
            {
                _in[next[arc.Node]++] = arc with { Node = node };
            }
        }
    }

    public DriveCosts Costs { get; }

    public int NodeCount => _firstOut.Length - 1;

    /// <summary>The roads that leave a node.</summary>
    public ReadOnlySpan<Arc> From(int node) =>
        _out.AsSpan(_firstOut[node], _firstOut[node + 1] - _firstOut[node]);

    /// <summary>The roads that come to a node.</summary>
    public ReadOnlySpan<Arc> To(int node) =>
        _in.AsSpan(_firstIn[node], _firstIn[node + 1] - _firstIn[node]);
}
