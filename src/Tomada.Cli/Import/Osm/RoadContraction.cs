using System.Runtime.InteropServices;

namespace Tomada.Cli.Import.Osm;

/// <summary>
/// Joins two stretches that meet at a node of nothing else and are driven alike, so that only
/// junctions and changes of speed, sign or direction are nodes of the graph.
/// </summary>
internal sealed class RoadContraction
{
    private readonly List<RoadSegment> _segments;
    private readonly TurnRules _turns;
    private readonly int[] _degree;
    private readonly int[] _one;
    private readonly int[] _other;

    private RoadContraction(List<RoadSegment> segments, int nodes, TurnRules turns)
    {
        _segments = segments;
        _turns = turns;
        _degree = new int[nodes];
        _one = new int[nodes];
        _other = new int[nodes];
        Kept = [.. Enumerable.Range(0, segments.Count)];
    }

    /// <summary>For each stretch the one that it is a part of now; itself when it stays.</summary>
    public int[] Kept { get; }

    public static RoadContraction Run(List<RoadSegment> segments, int nodes, TurnRules turns)
    {
        RoadContraction contraction = new(segments, nodes, turns);
        for (int i = 0; i < segments.Count; i++)
        {
            contraction.Note(segments[i].From, i);
            contraction.Note(segments[i].To, i);
        }

        for (int node = 0; node < nodes; node++)
        {
            contraction.TryRemove(node);
        }

        return contraction;
    }

    /// <summary>The stretch that this one is a part of now.</summary>
    public int Find(int segment)
    {
        while (Kept[segment] != segment)
        {
            segment = Kept[segment] = Kept[Kept[segment]];
        }

        return segment;
    }

    private void Note(int node, int segment)
    {
        _degree[node]++;
        if (_degree[node] == 1)
        {
            _one[node] = segment;
        }
        else
        {
            _other[node] = segment;
        }
    }

    private void TryRemove(int node)
    {
        if (_degree[node] != 2 || _turns.IsJunction(node))
        {
            return;
        }

        (int one, int other) = (_one[node], _other[node]);
        Span<RoadSegment> all = CollectionsMarshal.AsSpan(_segments);
        if (one == other)
        {
            return;
        }

        if (all[one].To != node)
        {
            all[one].Turn();
        }

        if (all[other].From != node)
        {
            all[other].Turn();
        }

        if (!all[one].IsLike(all[other]) || all[one].From == all[other].To
            || all[one].LengthM + all[other].LengthM > OsmLimits.NodeSpacingMaxM)
        {
            return;
        }

        int far = all[other].To;
        all[one].To = far;
        all[one].LengthM += all[other].LengthM;
        Kept[other] = one;
        _degree[node] = 0;
        if (_one[far] == other)
        {
            _one[far] = one;
        }

        if (_other[far] == other)
        {
            _other[far] = one;
        }
    }
}
