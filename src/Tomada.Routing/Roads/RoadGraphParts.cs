using System.Collections.Immutable;

namespace Tomada.Routing;

/// <summary>What a road graph is made of, with nodes by their numbers.</summary>
/// <param name="Places">The nodes, in the ascending order of their ids: 1 to
/// <see cref="RoutingLimits.GraphNodesMax"/>.</param>
/// <param name="Highways">The signs and names of roads: each 1 to
/// <see cref="RoutingLimits.HighwayBytesMax"/> bytes.</param>
/// <param name="Rows">Up to <see cref="RoutingLimits.GraphEdgesMax"/> directions of roads, in any
/// order.</param>
/// <param name="PassedOnly">Nodes that a way passes and where no journey starts, stops or ends:
/// such a node is a junction as one road reaches it whose turns are restricted.</param>
public sealed record RoadGraphParts(
    ImmutableArray<Place> Places,
    ImmutableArray<string> Highways,
    IReadOnlyCollection<RoadRow> Rows,
    IReadOnlyCollection<int> PassedOnly)
{
    /// <summary>
    /// The largest part in which every node leads to every other, by the number of its nodes: what
    /// can be reached and not left, or left and not reached, is no use to a journey.
    /// </summary>
    public RoadGraphParts Joined()
    {
        int[] component = StrongComponents.Of(new RoadRows(Places.Length, [.. Rows]));
        int[] sizes = new int[Places.Length + 1];
        foreach (int each in component)
        {
            sizes[each]++;
        }

        int largest = Array.IndexOf(sizes, sizes.Max());
        int[] number = new int[Places.Length];
        List<Place> places = new(sizes[largest]);
        for (int node = 0; node < Places.Length; node++)
        {
            number[node] = component[node] == largest ? places.Count : -1;
            if (number[node] >= 0)
            {
                places.Add(Places[node]);
            }
        }

        return this with
        {
            Places = [.. places],
            Rows =
            [
                .. Rows.Where(row => number[row.From] >= 0 && number[row.To] >= 0)
                    .Select(row => row with { From = number[row.From], To = number[row.To] }),
            ],
            PassedOnly = [.. PassedOnly.Select(node => number[node]).Where(node => node >= 0)],
        };
    }
}
