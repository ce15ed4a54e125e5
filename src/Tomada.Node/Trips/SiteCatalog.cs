using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Node.Trips;

/// <summary>
/// The ledger's locations and EVSEs as the planner's sites, made again when either changed. Every
/// EVSE is in it, offered or not, so that an offer that ends changes no drive between sites.
/// </summary>
/// <param name="roads">The company's road graph.</param>
internal sealed class SiteCatalog(RoadGraph roads)
{
    private readonly RoadSnap _snap = new(roads);
    // The planner is pure and knows no threads; its table of drives is the one long work.
    private readonly LegCache _legs = new(
        roads, (parts, run) => Parallel.For(0, parts, run));
    private object? _locations;
    private object? _evses;
    private TripPlanner? _planner;

    /// <summary>How many tables of drives were made so far.</summary>
    public int LegTablesMade => _legs.Made;

    /// <summary>
    /// The planner of a state's sites; null, with the reason, when they do not fit.
    /// </summary>
    public TripPlanner? PlannerOf(LedgerState state, out string? why)
    {
        why = null;
        if (_planner is null || !ReferenceEquals(_locations, state.Locations)
            || !ReferenceEquals(_evses, state.Evses))
        {
            _planner = TripPlanner.TryCreate(_legs, SitesOf(state), out TripPlanner? made, out why)
                ? made
                : null;
            _locations = state.Locations;
            _evses = state.Evses;
        }

        return _planner;
    }

    private ImmutableArray<ChargingSite> SitesOf(LedgerState state)
    {
        ILookup<LocationId, Evse> byLocation =
            state.Evses.Values.ToLookup(evse => evse.Published.Location);
        List<ChargingSite> sites = [];
        foreach (PutLocation location in state.Locations.Values.Take(RoutingLimits.SitesMax))
        {
            GeoPoint at = new(location.LatitudeE6, location.LongitudeE6);
            if (_snap.Nearest(at, TripPlanLimits.SiteDistanceMaxM) is { } place)
            {
                sites.Add(new ChargingSite(
                    location.Location,
                    location.Name,
                    place.Id,
                    at,
                    [.. byLocation[location.Location]
                        .Take(RoutingLimits.EvsesPerSiteMax).Select(PlannerEvseOf)]));
            }
        }

        return [.. sites];
    }

    private static PlannerEvse PlannerEvseOf(Evse evse) => new(
        evse.Published.Evse,
        evse.Published.Tariff,
        [.. evse.Published.Connectors.Select(plug => new PlannerConnector(
            plug.Standard, plug.PowerType, plug.MaxPowerW))]);
}
