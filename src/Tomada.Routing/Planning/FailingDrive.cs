namespace Tomada.Routing;

/// <summary>Finds the drive that a journey without a plan fails at.</summary>
internal static class FailingDrive
{
    /// <summary>
    /// In the last segment that the car gets into, of all drives from where it can be to where it
    /// cannot, the one that lacks the least energy; among equals the one that ends nearest to the
    /// segment's end.
    /// </summary>
    public static FailingLeg Of(BestPlan none)
    {
        Journey journey = none.Journey;
        int[] mostWh = none.Explore().MostWh;
        int number = journey.Segments.Length - 1;
        while (number > 0 && mostWh[journey.StateOfOrigin(number)] < 0)
        {
            number--;
        }

        Segment segment = journey.Segments[number];
        Dictionary<int, int> haveWh = [];
        for (int stop = 0; stop <= journey.StopCount; stop++)
        {
            int state = journey.StateOf(number, stop);
            if (mostWh[state] >= 0)
            {
                int node = journey.NodeOf(state);
                haveWh[node] = Math.Max(mostWh[state], haveWh.GetValueOrDefault(node));
            }
        }

        int fullest = haveWh.Values.Max();
        ReachSearch ahead = new(journey.Legs.Arcs);
        ahead.RunFromAll(haveWh.Select(pair => (pair.Key, fullest - pair.Value)));
        ReachSearch back = new(journey.Legs.Arcs);
        back.Run(segment.Target, Shortest.Energy, double.MaxValue, isBackward: true);

        int best = Targets(journey, segment)
            .Where(node => node == segment.Target || !haveWh.ContainsKey(node))
            .Where(node => ahead.Reaches(node) && back.Reaches(node))
            .MinBy(node => (LacksWh(node), back.EnergyWh(node)));
        int from = ahead.OriginOf(best);
        RoadGraph roads = journey.Legs.Arcs.Costs.Graph;
        return new FailingLeg(
            roads.Places[from].Id,
            roads.Places[best].Id,
            NeedWh(best),
            haveWh[from]);

        int LacksWh(int node) =>
            Math.Max(0, NeedWh(node) - haveWh[ahead.OriginOf(node)]);

        int NeedWh(int node) =>
            ahead.EnergyWh(node) - (fullest - haveWh[ahead.OriginOf(node)])
            + (node == segment.Target
                ? journey.LeastWhAt(journey.StateOfOrigin(number + 1))
                : journey.ReserveWh);
    }

    private static IEnumerable<int> Targets(Journey journey, Segment segment) =>
        Enumerable.Range(0, journey.StopCount)
            .Where(stop => journey.Options[stop] is not null)
            .Select(stop => journey.Legs.Nodes[stop])
            .Append(segment.Target)
            .Distinct();
}
