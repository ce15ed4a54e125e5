using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// Plans journeys over a road network and its charging sites. It advises: what it answers binds
/// nobody until the ledger has decided a trip. Equal inputs give equal answers. One caller at a
/// time.
/// </summary>
public sealed class TripPlanner
{
    private readonly RoadGraph _roads;
    private readonly ImmutableArray<ChargingSite> _sites;
    private readonly ImmutableArray<int> _nodes;
    private readonly LegCache _legs;

    private TripPlanner(LegCache legs, ImmutableArray<ChargingSite> sites)
    {
        _roads = legs.Roads;
        _sites = sites;
        _legs = legs;
        _nodes = [.. sites.Select(site => _roads.NodeOf(site.Place)).Distinct().Order()];
    }

    /// <summary>Makes a planner; refuses sites that do not stand on the road network.</summary>
    /// <param name="roads">The road network.</param>
    /// <param name="sites">Up to <see cref="RoutingLimits.SitesMax"/>; each EVSE once.</param>
    /// <param name="planner">The planner, when the answer is true.</param>
    /// <param name="why">Otherwise the site and what is wrong with it.</param>
    public static bool TryCreate(
        RoadGraph roads,
        ImmutableArray<ChargingSite> sites,
        [NotNullWhen(true)] out TripPlanner? planner,
        [NotNullWhen(false)] out string? why) =>
        TryCreate(new LegCache(roads), sites, out planner, out why);

    /// <summary>The same with drives that planners before it have found.</summary>
    public static bool TryCreate(
        LegCache legs,
        ImmutableArray<ChargingSite> sites,
        [NotNullWhen(true)] out TripPlanner? planner,
        [NotNullWhen(false)] out string? why)
    {
        why = WhyNot(legs.Roads, sites);
        planner = why is null ? new TripPlanner(legs, sites) : null;
        return planner is not null;
    }

    /// <summary>Answers with up to five plans, best first, or says why there is none.</summary>
    /// <param name="query">The journey.</param>
    /// <param name="busy">The calendar of every EVSE.</param>
    /// <param name="price">The price of a stop.</param>
    public PlanResult Plan(TripQuery query, BusyWindows busy, PriceEstimate price) =>
        Plan(query, new PlannerView(busy, price));

    /// <summary>Answers with up to five plans, best first, or says why there is none.</summary>
    public PlanResult Plan(TripQuery query, PlannerView view)
    {
        if (QueryCheck.Refuse(query, _roads) is { } invalid)
        {
            return invalid;
        }

        PlaceId before = query.From;
        foreach (PlaceId place in query.Vias.Select(via => via.Place).Append(query.To))
        {
            if (!_roads.AreJoined(_roads.NodeOf(before), _roads.NodeOf(place)))
            {
                return new PlanResult.NoRoad(before, place);
            }

            before = place;
        }

        BestPlan found = Search(query);
        if (found.IsTooLarge)
        {
            return new PlanResult.SearchTooLarge(RoutingLimits.LabelsMax);
        }

        return found.End is null
            ? NoPlanAdvice.For(found.Journey, Search)
            : new PlanResult.Found(
                [.. found.Ranked().Select(end => OtherStops.AddTo(
                    found.Journey, end, PlanReader.Read(found.Journey, end)))]);

        BestPlan Search(TripQuery asked)
        {
            VehicleModel car = DrivingConditions.Of(asked);
            return new BestPlan(new Journey(
                asked, car, _legs.Get(car, asked.SpeedMaxKmh, _nodes), _sites, view));
        }
    }

    /// <summary>
    /// Finds the drives between all sites for a car now, so that its first query need not.
    /// </summary>
    public void Prepare(VehicleModel car, int speedMaxKmh) => _legs.Get(car, speedMaxKmh, _nodes);

    private static string? WhyNot(RoadGraph roads, ImmutableArray<ChargingSite> sites)
    {
        if (sites.Length > RoutingLimits.SitesMax)
        {
            return $"{sites.Length} sites; allowed are up to {RoutingLimits.SitesMax}";
        }

        HashSet<EvseId> known = [];
        foreach (ChargingSite site in sites)
        {
            if (roads.Find(site.Place) is null)
            {
                return $"site {site.Id} stands at '{site.Place}', which is not on the road network";
            }

            foreach (PlannerEvse evse in site.Evses)
            {
                if (evse.Id.Company != site.Id.Company || !known.Add(evse.Id))
                {
                    return $"EVSE {evse.Id} of site {site.Id} is another company's or there twice";
                }
            }
        }

        return null;
    }
}
