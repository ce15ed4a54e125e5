using Tomada.Routing;

namespace Tomada.Cli.Import.Osm;

/// <summary>A stretch between two nodes of the graph, along one way or several alike.</summary>
internal struct RoadSegment
{
    public int From;
    public int To;
    public double LengthM;
    public int ForwardKmh;
    public int BackwardKmh;
    public string Highway;
    public RoadTraits Traits;
    public long Way;

    /// <summary>The same stretch, seen from its other end.</summary>
    public void Turn()
    {
        (From, To) = (To, From);
        (ForwardKmh, BackwardKmh) = (BackwardKmh, ForwardKmh);
    }

    public readonly bool IsLike(in RoadSegment other) =>
        ForwardKmh == other.ForwardKmh && BackwardKmh == other.BackwardKmh
        && Traits == other.Traits && Highway == other.Highway;
}

/// <summary>
/// Cuts ways into stretches between junctions; nodes that only bend a road are gone, their metres
/// stay. Nodes keep the numbers that they have in the data.
/// </summary>
internal sealed class RoadSegments
{
    private readonly OsmData _data;
    private readonly ImportReport _report;
    private readonly byte[] _uses;

    private RoadSegments(OsmData data, ImportReport report)
    {
        _data = data;
        _report = report;
        _uses = new byte[data.NodeCount];
    }

    public List<RoadSegment> All { get; } = [];

    public static List<RoadSegment> Cut(OsmData data, ImportReport report)
    {
        RoadSegments segments = new(data, report);
        List<int[]> ways = new(data.Roads.Count);
        foreach (OsmRoad road in data.Roads)
        {
            int[] nodes = [.. road.Nodes.Select(segments.NumberOf)];
            segments.Count(nodes);
            ways.Add(nodes);
        }

        foreach (long id in data.Restrictions.Select(each => each.Via).Concat(data.TollBooths))
        {
            if (data.IndexOf(id) is >= 0 and int node)
            {
                segments._uses[node] = byte.MaxValue;
            }
        }

        for (int way = 0; way < ways.Count; way++)
        {
            segments.Cut(data.Roads[way], ways[way]);
        }

        return segments.All;
    }

    /// <summary>A node's number; -1 where no road can be driven through it.</summary>
    private int NumberOf(long id)
    {
        int number = _data.IndexOf(id);
        if (number < 0)
        {
            _report.Correct(
                "road cut where the file lacks a node", "node", id);
            return -1;
        }

        if (_data.Closed.Contains(id))
        {
            _report.Correct(
                "road cut at a bollard or a closed gate",
                "node", id);
            return -1;
        }

        return number;
    }

    private void Count(int[] nodes)
    {
        for (int i = 0; i < nodes.Length; i++)
        {
            int node = nodes[i];
            if (node >= 0)
            {
                // Ends count twice: where two ways meet end to end their rules may differ.
                int more = i == 0 || i == nodes.Length - 1 ? 2 : 1;
                _uses[node] = (byte)Math.Min(byte.MaxValue, _uses[node] + more);
            }
        }
    }

    private void Cut(OsmRoad road, int[] nodes)
    {
        int start = 0;
        double lengthM = 0;
        for (int i = 1; i < nodes.Length; i++)
        {
            if (nodes[i - 1] < 0 || nodes[i] < 0)
            {
                if (i - 1 > start)
                {
                    Add(road, nodes, start, i - 1, lengthM);
                }

                (start, lengthM) = (i, 0);
                continue;
            }

            lengthM += Metres(nodes[i - 1], nodes[i]);
            bool isFar = lengthM >= OsmLimits.NodeSpacingMaxM
                && !road.Use.Traits.HasFlag(RoadTraits.Ferry);
            if (_uses[nodes[i]] > 1 || isFar || i == nodes.Length - 1)
            {
                Add(road, nodes, start, i, lengthM);
                (start, lengthM) = (i, 0);
            }
        }
    }

    private void Add(OsmRoad road, int[] nodes, int start, int end, double lengthM)
    {
        if (nodes[start] == nodes[end])
        {
            // A loop back to the same junction: two halves that meet on its far side.
            if (end - start < 2)
            {
                _report.Correct(
                    "stretch from a node to itself left aside",
                    "way", road.Id);
                return;
            }

            int middle = (start + end) / 2;
            double firstM = 0;
            for (int i = start + 1; i <= middle; i++)
            {
                firstM += Metres(nodes[i - 1], nodes[i]);
            }

            Add(road, nodes, start, middle, firstM);
            Add(road, nodes, middle, end, lengthM - firstM);
            return;
        }

        int forward = road.Use.ForwardKmh;
        int backward = road.Use.BackwardKmh;
        if (road.Use.FerryTime is { } time)
        {
            int kmh = FerryKmh(road, time);
            (forward, backward) = (Math.Min(forward, 1) * kmh, Math.Min(backward, 1) * kmh);
        }

        bool isToll = _data.TollBooths.Contains(_data.IdOf(nodes[start]))
            || _data.TollBooths.Contains(_data.IdOf(nodes[end]));
        All.Add(new RoadSegment
        {
            From = nodes[start],
            To = nodes[end],
            LengthM = lengthM,
            ForwardKmh = forward,
            BackwardKmh = backward,
            Highway = road.Use.Highway,
            Traits = road.Use.Traits | (isToll ? RoadTraits.Toll : RoadTraits.None),
            Way = road.Id,
        });
    }

    private int FerryKmh(OsmRoad road, TimeSpan time)
    {
        double lengthM = 0;
        for (int i = 1; i < road.Nodes.Length; i++)
        {
            (int from, int to) = (_data.IndexOf(road.Nodes[i - 1]), _data.IndexOf(road.Nodes[i]));
            lengthM += from >= 0 && to >= 0 ? Metres(from, to) : 0;
        }

        return (int)Math.Clamp(
            Math.Round(lengthM / 1000 / time.TotalHours),
            RoutingLimits.SpeedMinKmh,
            RoutingLimits.SpeedMaxKmh);
    }

    private double Metres(int from, int to) => _data.At(from).DistanceM(_data.At(to));
}
