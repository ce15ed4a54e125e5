namespace Tomada.Routing;

/// <summary>A road as one car drives it, seen from one of its ends.</summary>
/// <param name="Node">The other end.</param>
/// <param name="EnergyWh">What it takes from the battery.</param>
/// <param name="TimeMs">How long it takes.</param>
internal readonly record struct Arc(int Node, int TimeMs, double EnergyWh);

/// <summary>
/// The roads as one car drives them, side by side in memory: those that leave a node and those that
/// come to it.
/// </summary>
internal sealed class DriveArcs
{
    private readonly Arc[] _out;
    private readonly int[] _firstOut;
    private readonly Arc[] _in;
    private readonly int[] _inEdge;
    private readonly int[] _firstIn;

    public DriveArcs(DriveCosts costs)
    {
        Costs = costs;
        RoadGraph roads = costs.Graph;
        _firstOut = new int[roads.NodeCount + 1];
        _firstIn = new int[roads.NodeCount + 1];
        _out = new Arc[roads.EdgeCount];
        _in = new Arc[roads.EdgeCount];
        _inEdge = new int[roads.EdgeCount];
        for (int node = 0; node < roads.NodeCount; node++)
        {
            (int first, int end) = roads.EdgesOf(node);
            _firstOut[node + 1] = end;
            for (int edge = first; edge < end; edge++)
            {
                int target = roads.Target(edge);
                _firstIn[target + 1]++;
                _out[edge] =
                    new Arc(target, (int)costs.TimeMs(edge), costs.EnergyWh(edge));
            }
        }

        for (int node = 0; node < roads.NodeCount; node++)
        {
            _firstIn[node + 1] += _firstIn[node];
        }

        int[] next = [.. _firstIn];
        for (int node = 0; node < roads.NodeCount; node++)
        {
            for (int edge = _firstOut[node]; edge < _firstOut[node + 1]; edge++)
            {
                int at = next[_out[edge].Node]++;
                _in[at] = _out[edge] with { Node = node };
                _inEdge[at] = edge;
            }
        }
    }

    public DriveCosts Costs { get; }

    public int NodeCount => _firstOut.Length - 1;

    /// <summary>
    /// The roads that leave a node, or come to it, and the number of the first of them.
    /// </summary>
    public ReadOnlySpan<Arc> Of(int node, bool isBackward, out int number)
    {
        int[] first = isBackward ? _firstIn : _firstOut;
        number = first[node];
        return (isBackward ? _in : _out).AsSpan(number, first[node + 1] - number);
    }

    /// <summary>The road graph's edge of a road with this number.</summary>
    public int EdgeOf(int number, bool isBackward) => isBackward ? _inEdge[number] : number;
}
