using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Node.Trips;

/// <summary>
/// Plans over what the ledger offers at this moment: its sites, tariffs and calendar.
/// </summary>
/// <param name="roads">The company's road graph.</param>
internal sealed class RoutePlanning(RoadGraph roads)
{
    /// <summary>
    /// A site farther than this from every place of the road graph is not planned with.
    /// </summary>
    private const double SiteDistanceMaxM = 60_000;

    private readonly RoadSnap _snap = new(roads);

    /// <summary>
    /// Answers a plan request; a refusal names the field or says what would help.
    /// </summary>
    public Reply Plan(MessageId re, PlanRequest request, LedgerState state, Timestamp now)
    {
        if (!VehicleModel.Codec.TryReadJson(
            request.Vehicle, out VehicleModel? vehicle, out string? why))
        {
            return Reply.Refused(re, ReplyCode.Invalid, $"body.vehicle: {why}");
        }

        if (!TryQuery(request, vehicle, now, out TripQuery? query, out why))
        {
            return Reply.Refused(re, ReplyCode.Invalid, why!);
        }

        if (!TripPlanner.TryCreate(roads, SitesOf(state, now), out TripPlanner? planner, out why))
        {
            return Reply.Refused(re, ReplyCode.Unavailable, why);
        }

        PlanResult result = planner.Plan(
            query!,
            evse => state.Calendar.TryGetValue(evse, out ImmutableArray<Booking> booked)
                ? [.. booked.Select(booking => booking.Window)]
                : [],
            (evse, energyWh, charging) =>
                TariffBook.Estimate(state, evse, charging, energyWh));
        return result switch
        {
            PlanResult.Found found => Reply.Done(re, new PlanReply([.. found.Plans.Select(Body)])),
            PlanResult.InvalidQuery invalid =>
                Reply.Refused(re, ReplyCode.Invalid, $"body.{invalid.Field}: {invalid.Why}"),
            PlanResult.NoRoad none =>
                Reply.Refused(
                    re, ReplyCode.NotFound, $"no road leads from {none.From} to {none.To}"),
            PlanResult.NoPlan none => Reply.Refused(re, ReplyCode.NotFound, Explain(none)),
            PlanResult.SearchTooLarge =>
                Reply.Refused(re, ReplyCode.Unavailable, "the journey has too many possible plans"),
            _ => throw new System.Diagnostics.UnreachableException(result.GetType().Name),
        };
    }

    private static bool TryQuery(
        PlanRequest request, VehicleModel vehicle, Timestamp now, out TripQuery? query,
        out string? why)
    {
        query = null;
        why = WhyNotPlace("from", request.From) ?? WhyNotPlace("to", request.To);
        ImmutableSortedSet<CompanyId> avoided = [];
        foreach (string each in request.AvoidCompanies ?? [])
        {
            why ??= CompanyId.TryParse(each, out _)
                ? null
                : $"body.avoidCompanies: '{each}'; allowed are {CompanyId.Allowed}";
            avoided = why is null ? avoided.Add(CompanyId.Parse(each)) : avoided;
        }

        query = why is not null ? null : new TripQuery
        {
            From = PlaceId.Parse(request.From),
            To = PlaceId.Parse(request.To),
            Departure = request.Departure is { } at && at > now ? at : now,
            Vehicle = vehicle,
            StartSocPermille = request.StartSocPermille,
            ReserveSocPermille = request.ReserveSocPermille ?? 100,
            ChargeMaxPermille = request.ChargeMaxPermille ?? 1000,
            Objective = request.Objective == PlanObjective.Cheapest
                ? Objective.Cheapest
                : Objective.Fastest,
            AvoidCompanies = avoided,
        };
        return query is not null;
    }

    private static string? WhyNotPlace(string field, string text) => IdRules.IsName(text)
        ? null
        : $"body.{field}: '{text}'; allowed are {IdRules.NameAllowed}";

    private ImmutableArray<ChargingSite> SitesOf(LedgerState state, Timestamp now)
    {
        ILookup<LocationId, Evse> byLocation = state.Evses.Values
            .Where(evse => evse.IsOffered(now))
            .ToLookup(evse => evse.Published.Location);
        List<ChargingSite> sites = [];
        foreach (PutLocation location in state.Locations.Values)
        {
            GeoPoint at = new(location.LatitudeE6, location.LongitudeE6);
            ImmutableArray<PlannerEvse> evses = [.. byLocation[location.Location]
                .Take(RoutingLimits.EvsesPerSiteMax).Select(PlannerEvseOf)];
            if (!evses.IsEmpty && _snap.Nearest(at, SiteDistanceMaxM) is { } place)
            {
                sites.Add(new ChargingSite(location.Location, location.Name, place.Id, at, evses));
            }
        }

        return [.. sites.Take(RoutingLimits.SitesMax)];
    }

    private static PlannerEvse PlannerEvseOf(Evse evse) => new(
        evse.Published.Evse,
        evse.Published.Tariff,
        [.. evse.Published.Connectors.Select(plug => new PlannerConnector(
            plug.Standard, plug.PowerType, plug.MaxPowerW))]);

    private static PlanBody Body(TripPlan plan) => new(
        plan.Departure,
        plan.Arrival,
        plan.ArrivalSocPermille,
        plan.Price,
        [.. plan.Legs.Select(leg => new DriveBody(leg.From.Value, leg.To.Value,
            [.. leg.Edges.Select(edge => new EdgeBody(
                edge.To.Value, edge.Highway, edge.LengthM, edge.SpeedKmh))]))],
        [.. plan.Stops.Select(stop => new StopBody(
            stop.Evse, stop.Location, stop.Place.Value,
            ConnectorStandards.OcpiName(stop.Connector.Standard),
            ConnectorStandards.OcpiName(stop.Connector.PowerType),
            stop.Connector.PowerMaxW, stop.Window,
            stop.Arrival, stop.ArrivalSocPermille, stop.ChargeUntil, stop.Departure,
            stop.DepartureSocPermille, stop.EnergyWh, stop.Price))]);

    private static string Explain(PlanResult.NoPlan none)
    {
        FailingLeg at = none.Failing;
        string problem =
            $"from {at.From} to {at.To} takes {at.NeedWh} Wh; at most {at.HaveWh} Wh are left";
        string changes = string.Join(", or ", none.Changes.Select(change => change.ToString()));
        return changes.Length == 0 ? problem : $"{problem}; it would help: {changes}"[..Math.Min(
            DeviceLimits.TextMax, $"{problem}; it would help: {changes}".Length)];
    }
}
