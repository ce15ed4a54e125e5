using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// Plugs of one site that serve the car of a query alike, so that the first free one is the best.
/// </summary>
/// <param name="Site">The site.</param>
/// <param name="Evses">The EVSEs, in the site's order.</param>
/// <param name="Tariff">What each of them is priced by.</param>
/// <param name="Connector">The plug that each of them has.</param>
/// <param name="Curve">What it gives the car.</param>
/// <param name="Outlook">What is known of all of them.</param>
/// <param name="IsPreferred">Whether the driver likes their owner, or has no favourites.</param>
/// <param name="PriceFloorPerWh">No session there costs less per Wh, in minor units.</param>
internal sealed record StopOption(
    ChargingSite Site,
    ImmutableArray<EvseId> Evses,
    TariffId Tariff,
    PlannerConnector Connector,
    ChargingCurve Curve,
    Outlook Outlook,
    bool IsPreferred,
    double PriceFloorPerWh)
{
    /// <summary>
    /// What a stop here counts as beside its time and price, in ms: little that is known of it, or
    /// an owner who is not preferred.
    /// </summary>
    public long AversionMs =>
        (IsPreferred ? 0 : (long)RoutingLimits.PreferenceWorth.TotalMilliseconds)
        + (Outlook == Outlook.Good ? 0 : (long)RoutingLimits.DoubtWorth.TotalMilliseconds);
}

/// <summary>The plugs that a query can use, by stop.</summary>
internal static class StopOptions
{
    public static StopOption[]?[] For(
        TripQuery query,
        VehicleModel car,
        LegTable legs,
        ImmutableArray<ChargingSite> sites,
        PlannerView view)
    {
        List<StopOption>?[] byStop = new List<StopOption>?[legs.Nodes.Length];
        Dictionary<(PowerType, int), ChargingCurve> curves = [];
        RoadGraph roads = legs.Arcs.Costs.Graph;
        foreach (ChargingSite site in sites)
        {
            int stop = legs.StopOf(roads.NodeOf(site.Place));
            foreach (var alike in site.Evses
                .Where(evse => IsAllowed(query, evse.Id))
                .Select(evse => (evse.Id, evse.Tariff, Plug: Best(query, car, evse),
                    Outlook: view.Outlook(evse.Id)))
                .Where(each => each.Plug is not null && each.Outlook != Outlook.Unusable)
                .GroupBy(each => (each.Tariff, each.Plug, each.Outlook)))
            {
                PlannerConnector plug = alike.Key.Plug!;
                (PowerType, int) kind = (plug.PowerType, plug.PowerMaxW);
                if (!curves.TryGetValue(kind, out ChargingCurve? curve))
                {
                    curve = new ChargingCurve(car, plug.PowerType, plug.PowerMaxW);
                    curves.Add(kind, curve);
                }

                CompanyId owner = site.Id.Company;
                (byStop[stop] ??= []).Add(new StopOption(
                    site,
                    [.. alike.Select(each => each.Id)],
                    alike.Key.Tariff,
                    plug,
                    curve,
                    alike.Key.Outlook,
                    query.PreferCompanies.IsEmpty || query.PreferCompanies.Contains(owner),
                    (double)alike.Min(each => view.PriceFloorPerKwh(each.Id)) / 1_000));
            }
        }

        return [.. byStop.Select(here => here?.ToArray())];
    }

    private static bool IsAllowed(TripQuery query, EvseId evse) =>
        !query.AvoidCompanies.Contains(evse.Company) && !query.AvoidEvses.Contains(evse);

    /// <summary>The plug that fills the car soonest; at a tie the first.</summary>
    private static PlannerConnector? Best(TripQuery query, VehicleModel car, PlannerEvse evse) =>
        evse.Connectors
            .Where(each => car.Fits(each)
                && (query.Connectors.IsEmpty || query.Connectors.Contains(each.Standard)))
            .MinBy(each => car.ChargingTime(0, car.BatteryWh, each.PowerType, each.PowerMaxW));
}
