using System.Collections.Immutable;
using System.Globalization;
using Tomada.Routing;

namespace Tomada.Cli.Import.Osm;

/// <summary>Makes the graph of what was read: cut, restrict, join, number, leave out.</summary>
internal sealed class RoadNetwork
{
    private readonly OsmData _data;
    private readonly List<RoadSegment> _segments;
    private readonly RoadContraction _contraction;

    // At a junction with restrictions each stretch under one ends at a node of its own.
    private readonly Dictionary<(int Node, int Segment), int> _copies = [];
    private readonly Dictionary<long, int> _numbers = [];
    private readonly List<(int Node, int Copy, string Name)> _nodes = [];

    private RoadNetwork(OsmData data, List<RoadSegment> segments, RoadContraction contraction)
    {
        _data = data;
        _segments = segments;
        _contraction = contraction;
    }

    /// <exception cref="OsmUnreadableException">The graph is larger than allowed.</exception>
    public static RoadGraph Build(OsmData data, ImportReport report)
    {
        List<RoadSegment> segments = RoadSegments.Cut(data, report);
        TurnRules turns = TurnRules.Resolve(data, segments, report);
        RoadNetwork network =
            new(data, segments, RoadContraction.Run(segments, data.NodeCount, turns));
        RoadGraphParts all = network.Parts(turns);
        RoadGraphParts joined = all.Joined();
        report.Result("nodes", joined.Places.Length);
        report.Result("edges, one for each direction", joined.Rows.Count);
        report.Result(
            "nodes left out because they do not lead to the rest and back",
            all.Places.Length - joined.Places.Length);
        return RoadGraph.TryBuild(joined, out RoadGraph? graph, out string? why)
            ? graph
            : throw new OsmUnreadableException(why);
    }

    private RoadGraphParts Parts(TurnRules turns)
    {
        Dictionary<(int Node, int Segment), HashSet<int>> forbidden = [];
        foreach (((int node, int segment), HashSet<int> turned) in turns.Forbidden)
        {
            (int, int) key = (node, _contraction.Find(segment));
            forbidden.TryAdd(key, []);
            forbidden[key].UnionWith(turned.Select(_contraction.Find));
        }

        List<(int From, int To, int Segment, int Kmh)> arcs = Arcs(forbidden);
        ImmutableArray<string> highways =
        [
            .. arcs.Select(arc => _segments[arc.Segment].Highway).Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Dictionary<string, int> highwayNumbers = Numbers(highways);
        (Place Place, int Node)[] places = [.. _nodes.Select(PlaceOf)];
        Array.Sort(places, (one, other) => one.Place.Id.CompareTo(other.Place.Id));
        int[] order = new int[places.Length];
        for (int i = 0; i < places.Length; i++)
        {
            order[places[i].Node] = i;
        }

        RoadRow[] rows = [.. arcs.Select(Row)];
        Array.Sort(rows);
        int[] passedOnly =
        [
            .. _nodes.Select((each, number) => (each.Node, order[number]))
                .Where(each => forbidden.Count > 0 && turns.IsJunction(each.Node))
                .Select(each => each.Item2),
        ];
        return new RoadGraphParts(
            [.. places.Select(each => each.Place)], highways, rows, passedOnly);

        RoadRow Row((int From, int To, int Segment, int Kmh) arc)
        {
            RoadSegment of = _segments[arc.Segment];
            return new RoadRow(
                order[arc.From],
                order[arc.To],
                (int)Math.Clamp(Math.Round(of.LengthM), 1, RoutingLimits.RoadLengthMaxM),
                arc.Kmh,
                highwayNumbers[of.Highway],
                of.Traits);
        }
    }

    private (Place Place, int Node) PlaceOf((int Node, int Copy, string Name) node, int number)
    {
        long id = _data.IdOf(node.Node);
        string name = node.Copy == 0
            ? string.Create(CultureInfo.InvariantCulture, $"osm-{id}")
            : string.Create(CultureInfo.InvariantCulture, $"osm-{id}-t{node.Copy}");
        return (new Place(PlaceId.Parse(name), node.Name, "--", _data.At(node.Node)), number);
    }

    private List<(int From, int To, int Segment, int Kmh)> Arcs(
        Dictionary<(int Node, int Segment), HashSet<int>> forbidden)
    {
        foreach ((int Node, int Segment) key in forbidden.Keys.OrderBy(key => key))
        {
            _copies.Add(key, _copies.Count + 1);
        }

        ILookup<int, int> bySource = forbidden.Count == 0
            ? Array.Empty<int>().ToLookup(each => each)
            : forbidden.Keys.ToLookup(key => key.Node, key => key.Segment);
        List<(int From, int To, int Segment, int Kmh)> arcs = [];
        for (int i = 0; i < _segments.Count; i++)
        {
            if (_contraction.Kept[i] != i)
            {
                continue;
            }

            RoadSegment segment = _segments[i];
            Add(segment, i, segment.From, segment.To, segment.ForwardKmh);
            Add(segment, i, segment.To, segment.From, segment.BackwardKmh);
        }

        return arcs;

        void Add(RoadSegment segment, int number, int from, int to, int kmh)
        {
            if (kmh == 0)
            {
                return;
            }

            int target = NodeOf(to, number, segment.Highway);
            arcs.Add((NodeOf(from, -1, segment.Highway), target, number, kmh));
            foreach (int arrival in bySource[from])
            {
                if (!forbidden[(from, arrival)].Contains(number))
                {
                    int copy = NodeOf(from, arrival, _segments[arrival].Highway);
                    arcs.Add((copy, target, number, kmh));
                }
            }
        }
    }

    /// <summary>
    /// The node that a stretch ends at: its junction, or the junction's copy for this stretch.
    /// </summary>
    private int NodeOf(int node, int segment, string name)
    {
        int copy = _copies.GetValueOrDefault((node, segment));
        long key = ((long)node << 32) | (uint)copy;
        if (!_numbers.TryGetValue(key, out int number))
        {
            number = _nodes.Count;
            _numbers.Add(key, number);
            _nodes.Add((node, copy, name));
        }

        return number;
    }

    private static Dictionary<string, int> Numbers(IEnumerable<string> sorted)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (string each in sorted)
        {
            numbers.Add(each, numbers.Count);
        }

        return numbers;
    }
}
