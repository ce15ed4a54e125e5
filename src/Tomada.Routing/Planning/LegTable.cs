using System.Collections.Immutable;

namespace Tomada.Routing;

/// <summary>A drive without a stop from one node that matters to another.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Target">Where it ends.</param>
/// <param name="TimeMs">How long it takes.</param>
/// <param name="EnergyWh">What it takes from the battery.</param>
/// <param name="By">What its way is shortest in, of those within the bound.</param>
/// <param name="BoundWh">Most energy of its way; with it the way is found again.</param>
internal readonly record struct Leg(
    int Source, int Target, long TimeMs, int EnergyWh, LegSearch.Weight By, double BoundWh);

/// <summary>
/// The drives of one car between the nodes that have sites, found when first asked for and kept
/// while roads, sites and car stay. Between two nodes there are up to two: the fastest, and the
/// most frugal where that one takes less energy.
/// </summary>
internal sealed class LegTable(DriveCosts costs, int batteryWh, ImmutableArray<int> targets)
{
    private readonly Leg[]?[] _bySource = new Leg[]?[costs.Graph.NodeCount];
    private readonly SearchSpace _space = new(costs.Graph.NodeCount);

    public DriveCosts Costs => costs;

    /// <summary>The nodes that have sites, ascending.</summary>
    public ImmutableArray<int> Targets => targets;

    /// <summary>The drives from a node to all sites that a full battery reaches.</summary>
    public Leg[] From(int source) =>
        _bySource[source] ??= Find(source, batteryWh, targets);

    /// <summary>The drives from a node within a bound, to sites; nothing is kept.</summary>
    public Leg[] Find(int source, double boundWh, ImmutableArray<int> to)
    {
        LegSearch fastest = new(costs, source, LegSearch.Weight.Time, boundWh, _space);
        List<Leg> legs = [];
        Dictionary<int, int> energies = [];
        foreach (int target in to)
        {
            if (target != source && fastest.Reaches(target))
            {
                int wh = fastest.EnergyWh(target);
                legs.Add(new Leg(
                    source,
                    target,
                    fastest.TimeMs(target),
                    wh,
                    LegSearch.Weight.Time,
                    boundWh));
                energies[target] = wh;
            }
        }

        LegSearch frugal = new(costs, source, LegSearch.Weight.Energy, boundWh, _space);
        foreach (int target in to)
        {
            if (target != source && frugal.Reaches(target)
                && (!energies.TryGetValue(target, out int wh) || frugal.EnergyWh(target) < wh))
            {
                legs.Add(new Leg(
                    source,
                    target,
                    frugal.TimeMs(target),
                    frugal.EnergyWh(target),
                    LegSearch.Weight.Energy,
                    boundWh));
            }
        }

        return [.. legs];
    }

    /// <summary>Finds every drive now, so that no query has to.</summary>
    public void Fill()
    {
        foreach (int source in targets)
        {
            _ = From(source);
        }
    }

    /// <summary>The way of a drive, searched again: plans need few of them.</summary>
    public RoutePath PathOf(Leg leg) =>
        new LegSearch(costs, leg.Source, leg.By, leg.BoundWh, _space, leg.Target)
            .PathTo(leg.Target)!;
}
