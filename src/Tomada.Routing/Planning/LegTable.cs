namespace Tomada.Routing;

/// <summary>A drive without a stop from one node that matters to another.</summary>
internal sealed record Leg(int Target, long TimeMs, int EnergyWh, LegSearch Search)
{
    public RoutePath Path => Search.PathTo(Target)!;
}

/// <summary>
/// The drives between the nodes that matter to one query, found when first asked for. Between two
/// nodes there are up to two: the fastest, and the most frugal where that one takes less energy.
/// </summary>
internal sealed class LegTable(
    RoadGraph roads, TripQuery query, double boundWh, IEnumerable<int> targets)
{
    private readonly SortedDictionary<int, List<Leg>> _bySource = [];
    private readonly int[] _targets = [.. targets.Distinct().Order()];

    public IReadOnlyList<Leg> From(int source)
    {
        if (!_bySource.TryGetValue(source, out List<Leg>? legs))
        {
            legs = Find(source);
            _bySource.Add(source, legs);
        }

        return legs;
    }

    private List<Leg> Find(int source)
    {
        LegSearch fastest = Search(source, LegSearch.Weight.Time);
        LegSearch frugal = Search(source, LegSearch.Weight.Energy);
        List<Leg> legs = [];
        foreach (int target in _targets)
        {
            if (target == source || !frugal.Reaches(target))
            {
                continue;
            }

            if (fastest.Reaches(target))
            {
                legs.Add(
                    new Leg(target, fastest.TimeMs(target), fastest.EnergyWh(target), fastest));
            }

            if (!fastest.Reaches(target) || frugal.EnergyWh(target) < fastest.EnergyWh(target))
            {
                legs.Add(new Leg(target, frugal.TimeMs(target), frugal.EnergyWh(target), frugal));
            }
        }

        return legs;
    }

    private LegSearch Search(int source, LegSearch.Weight weight) =>
        new(roads, source, weight, query.Vehicle, boundWh, query.SpeedMaxKmh);
}
