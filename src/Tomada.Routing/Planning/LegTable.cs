using System.Collections.Immutable;

namespace Tomada.Routing;

/// <summary>A drive without a stop between a place and a site; sites are known by number.</summary>
/// <param name="Stop">The number of the site's node among those with sites.</param>
/// <param name="TimeMs">How long it takes.</param>
/// <param name="EnergyWh">What it takes from the battery.</param>
/// <param name="By">What its way is shortest in, of those within the bound.</param>
internal readonly record struct Leg(int Stop, int TimeMs, int EnergyWh, Shortest By);

/// <summary>
/// The drives of one car between the nodes that have sites, good while roads, sites and car stay.
/// Between two nodes there are up to two: the fastest, and the most frugal where that one takes
/// less energy. It does not change once made, so many may read it at once.
/// </summary>
internal sealed class LegTable
{
    private readonly int[] _firstOut;
    private readonly Leg[] _out;
    private readonly int[] _firstIn;
    private readonly Leg[] _in;
    private readonly int[] _stopOf;

    /// <param name="arcs">The roads, as the car drives them.</param>
    /// <param name="batteryWh">Most energy of a drive.</param>
    /// <param name="nodes">The nodes that have sites, ascending.</param>
    /// <param name="runParts">Runs the parts of the work.</param>
    public LegTable(
        DriveArcs arcs, int batteryWh, ImmutableArray<int> nodes, RunParts runParts)
    {
        Arcs = arcs;
        BoundWh = batteryWh;
        Nodes = nodes;
        _stopOf = new int[arcs.NodeCount];
        Array.Fill(_stopOf, -1);
        for (int stop = 0; stop < nodes.Length; stop++)
        {
            _stopOf[nodes[stop]] = stop;
        }

        _firstOut = new int[nodes.Length + 1];
        _out = Outward(runParts);
        (_firstIn, _in) = Reversed();
    }

    public DriveArcs Arcs { get; }

    /// <summary>Most energy of a drive, in Wh.</summary>
    public double BoundWh { get; }

    /// <summary>The nodes that have sites, by the number of the stop.</summary>
    public ImmutableArray<int> Nodes { get; }

    public int Count => _out.Length;

    /// <summary>The number of a node's stop; negative when no site stands there.</summary>
    public int StopOf(int node) => _stopOf[node];

    /// <summary>The drives that leave a stop.</summary>
    public ReadOnlySpan<Leg> From(int stop) =>
        _out.AsSpan(_firstOut[stop], _firstOut[stop + 1] - _firstOut[stop]);

    /// <summary>The drives that come to a stop, each with the stop that it leaves.</summary>
    public ReadOnlySpan<Leg> To(int stop) =>
        _in.AsSpan(_firstIn[stop], _firstIn[stop + 1] - _firstIn[stop]);

    /// <summary>The drives between any node and the stops within a bound.</summary>
    /// <param name="search">Where to search; afterwards it holds the frugal ways.</param>
    /// <param name="node">The node.</param>
    /// <param name="boundWh">Most energy of a drive.</param>
    /// <param name="isBackward">Whether the drives lead to the node.</param>
    /// <param name="also">Another node that counts as the stop after the last; or negative.</param>
    public List<Leg> Between(
        ReachSearch search, int node, double boundWh, bool isBackward, int also = -1)
    {
        search.Run(node, Shortest.Time, boundWh, isBackward);
        List<Leg> legs = [];
        int[] fastestWh = new int[Nodes.Length + 1];
        Array.Fill(fastestWh, -1);
        for (int stop = 0; stop <= Nodes.Length; stop++)
        {
            int other = stop < Nodes.Length ? Nodes[stop] : also;
            if (other >= 0 && other != node && search.Reaches(other))
            {
                fastestWh[stop] = search.EnergyWh(other);
                legs.Add(new Leg(
                    stop, search.TimeMs(other), fastestWh[stop], Shortest.Time));
            }
        }

        search.Run(node, Shortest.Energy, boundWh, isBackward);
        for (int stop = 0; stop <= Nodes.Length; stop++)
        {
            int other = stop < Nodes.Length ? Nodes[stop] : also;
            if (other >= 0 && other != node && search.Reaches(other)
                && (fastestWh[stop] < 0 || search.EnergyWh(other) < fastestWh[stop]))
            {
                legs.Add(new Leg(
                    stop, search.TimeMs(other), search.EnergyWh(other), Shortest.Energy));
            }
        }

        return legs;
    }

    /// <summary>
    /// The drives out of every stop. A part takes stops that lie near each other in number, writes
    /// to its own places only, and searches in its own memory.
    /// </summary>
    private Leg[] Outward(RunParts runParts)
    {
        int parts = Math.Clamp(
            Nodes.Length / RoutingLimits.StopsPerPart, 1, RoutingLimits.LegPartsMax);
        List<Leg>[] legsOf = new List<Leg>[Nodes.Length];
        runParts(parts, part =>
        {
            ReachSearch search = new(Arcs);
            int end = (int)((long)Nodes.Length * (part + 1) / parts);
            for (int stop = (int)((long)Nodes.Length * part / parts); stop < end; stop++)
            {
                legsOf[stop] = Between(search, Nodes[stop], BoundWh, isBackward: false);
            }
        });
        for (int stop = 0; stop < Nodes.Length; stop++)
        {
            _firstOut[stop + 1] = _firstOut[stop] + legsOf[stop].Count;
        }

        Leg[] all = new Leg[_firstOut[^1]];
        for (int stop = 0; stop < Nodes.Length; stop++)
        {
            legsOf[stop].CopyTo(all, _firstOut[stop]);
        }

        return all;
    }

    private (int[] First, Leg[] In) Reversed()
    {
        int[] first = new int[Nodes.Length + 1];
        foreach (Leg leg in _out)
        {
            first[leg.Stop + 1]++;
        }

        for (int stop = 0; stop < Nodes.Length; stop++)
        {
            first[stop + 1] += first[stop];
        }

        int[] next = [.. first];
        Leg[] legs = new Leg[_out.Length];
        for (int stop = 0; stop < Nodes.Length; stop++)
        {
            foreach (Leg leg in From(stop))
            {
                legs[next[leg.Stop]++] = leg with { Stop = stop };
            }
        }

        return (first, legs);
    }
}
