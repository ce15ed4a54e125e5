using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>A plug that the car of a query can and may use.</summary>
internal sealed record StopOption(
    ChargingSite Site, PlannerEvse Evse, PlannerConnector Connector, ChargingCurve Curve);

/// <summary>
/// The plugs that a query can use, by the node of the road graph that they stand at.
/// </summary>
internal static class StopOptions
{
    public static SortedDictionary<int, List<StopOption>> For(
        TripQuery query, RoadGraph roads, ImmutableArray<ChargingSite> sites)
    {
        SortedDictionary<int, List<StopOption>> byNode = [];
        foreach (ChargingSite site in sites)
        {
            foreach (PlannerEvse evse in site.Evses)
            {
                if (IsAllowed(query, evse.Id) && Best(query.Vehicle, evse) is { } connector)
                {
                    int node = roads.NodeOf(site.Place);
                    byNode.TryAdd(node, []);
                    byNode[node].Add(new StopOption(
                        site,
                        evse,
                        connector,
                        new ChargingCurve(
                            query.Vehicle, connector.PowerType, connector.PowerMaxW)));
                }
            }
        }

        return byNode;
    }

    private static bool IsAllowed(TripQuery query, EvseId evse) =>
        !query.AvoidCompanies.Contains(evse.Company) && !query.AvoidEvses.Contains(evse);

    /// <summary>The plug that fills the car soonest; at a tie the first.</summary>
    private static PlannerConnector? Best(VehicleModel car, PlannerEvse evse) => evse.Connectors
        .Where(car.Fits)
        .MinBy(each => car.ChargingTime(0, car.BatteryWh, each.PowerType, each.PowerMaxW));
}
