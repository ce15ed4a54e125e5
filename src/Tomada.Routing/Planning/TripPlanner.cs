using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>The windows of an EVSE that are taken, in any order; empty when it is free.</summary>
public delegate IReadOnlyList<TimeWindow> BusyWindows(EvseId evse);

/// <summary>What a stop would cost: so much energy in Wh over so much charging time.</summary>
public delegate Money PriceEstimate(EvseId evse, long energyWh, TimeSpan charging);

/// <summary>
/// Plans journeys over a road network and its charging sites. It advises: what it answers binds
/// nobody until the ledger has decided a trip. Equal inputs give equal answers.
/// </summary>
public sealed class TripPlanner
{
    private readonly RoadGraph _roads;
    private readonly ImmutableArray<ChargingSite> _sites;
    private (VehicleModel Car, int SpeedMaxKmh, LegTable Legs)? _legs;

    private TripPlanner(RoadGraph roads, ImmutableArray<ChargingSite> sites)
    {
        _roads = roads;
        _sites = sites;
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
        [NotNullWhen(false)] out string? why)
    {
        why = WhyNot(roads, sites);
        planner = why is null ? new TripPlanner(roads, sites) : null;
        return planner is not null;
    }

    /// <summary>Answers with up to five plans, best first, or says why there is none.</summary>
    /// <param name="query">The journey.</param>
    /// <param name="busy">The calendar of every EVSE.</param>
    /// <param name="price">The price of a stop; must not fall when energy or time grows.</param>
    public PlanResult Plan(TripQuery query, BusyWindows busy, PriceEstimate price)
    {
        if (QueryCheck.Refuse(query, _roads) is { } invalid)
        {
            return invalid;
        }

        if (!_roads.AreJoined(_roads.NodeOf(query.From), _roads.NodeOf(query.To)))
        {
            return new PlanResult.NoRoad(query.From, query.To);
        }

        SearchEnd end = Search(query);
        if (end.IsTooLarge)
        {
            return new PlanResult.SearchTooLarge(RoutingLimits.LabelsMax);
        }

        return end.Plan is null
            ? NoPlanAdvice.For(query, LegsOf(query.Vehicle, query.SpeedMaxKmh), _sites, end, Search)
            : new PlanResult.Found([end.Plan, .. Alternatives(query, end.Plan, Search)]);

        SearchEnd Search(TripQuery asked) => PlanSearch.Run(
            asked, LegsOf(asked.Vehicle, asked.SpeedMaxKmh), _sites, busy, price);
    }

    /// <summary>
    /// Finds the drives between all sites for a car now, so that its first query need not.
    /// </summary>
    public void Prepare(VehicleModel car, int speedMaxKmh) => LegsOf(car, speedMaxKmh).Fill();

    // The drives of the car that asked last: a node that plans for many asks one planner each.
    private LegTable LegsOf(VehicleModel car, int speedMaxKmh)
    {
        if (_legs is { } kept && ReferenceEquals(kept.Car, car) && kept.SpeedMaxKmh == speedMaxKmh)
        {
            return kept.Legs;
        }

        ImmutableArray<int> targets =
            [.. _sites.Select(site => _roads.NodeOf(site.Place)).Distinct().Order()];
        LegTable legs = new(new DriveCosts(_roads, car, speedMaxKmh), car.BatteryWh, targets);
        _legs = (car, speedMaxKmh, legs);
        return legs;
    }

    /// <summary>
    /// Plans that leave out one site of the best plan, in the order of the objective.
    /// </summary>
    private IEnumerable<TripPlan> Alternatives(
        TripQuery query, TripPlan best, Func<TripQuery, SearchEnd> search)
    {
        SortedSet<string> known = [SitesOf(best)];
        List<TripPlan> others = [];
        foreach (PlanStop stop in query.PlansMax == 1 ? [] : best.Stops)
        {
            ChargingSite site = _sites.First(each => each.Id == stop.Location);
            TripQuery without = query with
            {
                AvoidEvses = query.AvoidEvses.Union(site.Evses.Select(evse => evse.Id)),
            };
            if (search(without).Plan is { } other && known.Add(SitesOf(other)))
            {
                others.Add(other);
            }
        }

        IEnumerable<TripPlan> ranked = query.Objective == Objective.Cheapest
            ? others.OrderBy(plan => plan.Price.Amount).ThenBy(plan => plan.Arrival)
            : others.OrderBy(plan => plan.Arrival).ThenBy(plan => plan.Price.Amount);
        return ranked.Take(query.PlansMax - 1);
    }

    private static string SitesOf(TripPlan plan) =>
        string.Join(' ', plan.Stops.Select(stop => stop.Location));

    private static string? WhyNot(RoadGraph roads, ImmutableArray<ChargingSite> sites)
    {
        if (sites.Length > RoutingLimits.SitesMax)
        {
            return $"{sites.Length} sites; allowed are up to {RoutingLimits.SitesMax}";
        }

        SortedSet<EvseId> known = [];
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
