using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>Why no plan exists, and which single changes would make one.</summary>
internal static class NoPlanAdvice
{
    private static readonly TimeSpan s_longWait = TimeSpan.FromHours(24);

    public static PlanResult.NoPlan For(
        TripQuery query,
        LegTable legs,
        ImmutableArray<ChargingSite> sites,
        SearchEnd end,
        Func<TripQuery, SearchEnd> search)
    {
        PlanChange?[] changes =
        [
            StartSoc(query, search),
            Wait(query, search),
            PriceCap(query, search),
            Stops(query, search),
            AllowAvoided(query, search),
        ];
        return new PlanResult.NoPlan(
            Failing(query, legs, sites, end), [.. changes.OfType<PlanChange>()]);
    }

    /// <summary>
    /// Of all drives from where the car can be to where it cannot, the one that lacks the least
    /// energy; among equals the one that ends nearest to the destination.
    /// </summary>
    private static FailingLeg Failing(
        TripQuery query, LegTable legs, ImmutableArray<ChargingSite> sites, SearchEnd end)
    {
        RoadGraph roads = legs.Costs.Graph;
        int destination = roads.NodeOf(query.To);
        int reserveWh = query.Vehicle.WhAt(query.ReserveSocPermille);
        LegSearch back = Unbounded(legs, destination, backward: true);
        FailingLeg? best = null;
        (int LacksWh, int LeftWh) least = (int.MaxValue, int.MaxValue);
        int[] targets = [.. StopOptions.For(query, roads, sites).Keys
            .Append(destination).Where(node => !end.MostEnergyWh.ContainsKey(node)).Distinct()];
        foreach ((int from, int haveWh) in end.MostEnergyWh)
        {
            LegSearch ahead = Unbounded(legs, from);
            foreach (int to in targets.Where(ahead.Reaches))
            {
                int needWh = ahead.EnergyWh(to) + reserveWh;
                int aheadWh = back.Reaches(to) ? back.EnergyWh(to) : int.MaxValue;
                (int, int) lack = (Math.Max(0, needWh - haveWh), aheadWh);
                if (lack.CompareTo(least) < 0)
                {
                    least = lack;
                    best =
                        new FailingLeg(roads.Places[from].Id, roads.Places[to].Id, needWh, haveWh);
                }
            }
        }

        Invariant.Require(best is not null, "the destination is connected and was not reached");
        return best;
    }

    private static LegSearch Unbounded(LegTable legs, int node, bool backward = false) => new(
        legs.Costs,
        node,
        LegSearch.Weight.Energy,
        double.MaxValue,
        new SearchSpace(legs.Costs.Graph.NodeCount),
        backward: backward);

    /// <summary>
    /// More charge never loses a plan, so halving finds the least that is enough.
    /// </summary>
    private static PlanChange.StartSoc? StartSoc(TripQuery query, Func<TripQuery, SearchEnd> search)
    {
        if (query.StartSocPermille == 1000 || !IsEnough(1000))
        {
            return null;
        }

        (int tooLittle, int enough) = (query.StartSocPermille, 1000);
        while (enough - tooLittle > 1)
        {
            int middle = (tooLittle + enough) / 2;
            (tooLittle, enough) = IsEnough(middle) ? (tooLittle, middle) : (middle, enough);
        }

        return new PlanChange.StartSoc(enough);

        bool IsEnough(int permille) =>
            search(query with { StartSocPermille = permille }).Plan is not null;
    }

    private static PlanChange.Wait? Wait(TripQuery query, Func<TripQuery, SearchEnd> search) =>
        search(query with { WaitMax = s_longWait }).Plan is { } plan
            ? new PlanChange.Wait(plan.Stops.Max(WaitAt))
            : null;

    private static TimeSpan WaitAt(PlanStop stop) =>
        stop.ChargeFrom.Since(stop.Arrival.Plus(RoutingLimits.PlugIn));

    private static PlanChange.PriceCap? PriceCap(
        TripQuery query, Func<TripQuery, SearchEnd> search) =>
        query.PriceMax is not null
        && search(query with { PriceMax = null, Objective = Objective.Cheapest }).Plan is { } plan
            ? new PlanChange.PriceCap(plan.Price)
            : null;

    private static PlanChange.Stops? Stops(TripQuery query, Func<TripQuery, SearchEnd> search)
    {
        for (int stops = query.StopsMax + 1; stops <= RoutingLimits.StopsMax; stops++)
        {
            if (search(query with { StopsMax = stops }).Plan is not null)
            {
                return new PlanChange.Stops(stops);
            }
        }

        return null;
    }

    private static PlanChange.AllowAvoided? AllowAvoided(
        TripQuery query, Func<TripQuery, SearchEnd> search)
    {
        TripQuery open = query with { AvoidCompanies = [], AvoidEvses = [] };
        return (query.AvoidCompanies.Count > 0 || query.AvoidEvses.Count > 0)
            && search(open).Plan is { } plan
            ? new PlanChange.AllowAvoided([.. plan.Stops
                .Where(stop => query.AvoidCompanies.Contains(stop.Owner)
                    || query.AvoidEvses.Contains(stop.Evse))
                .Select(stop => stop.Owner)])
            : null;
    }
}
