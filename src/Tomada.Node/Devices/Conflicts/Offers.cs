using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Node.Devices.Conflicts;

/// <summary>What the ledger offers a driver instead of a broken leg.</summary>
internal static class Offers
{
    /// <summary>Free now; nothing is held by showing it.</summary>
    public static ImmutableArray<AlternativeBody> Of(LedgerState state, LegId broken, Timestamp now)
    {
        Trip trip = state.Trips[broken.Trip];
        LegRequest request = trip.Legs[broken.Number - 1].Request;
        AlternativeQuery query = new()
        {
            From = PlaceOf(state, state.Evses[request.Evse].Published),
            Plugs = PlugsOf(state.Evses[request.Evse].Published),
            Window = request.Window,
            Now = now,
            Until = trip.Legs.Skip(broken.Number)
                .Where(leg => leg.State == LegState.Confirmed)
                .Select(leg => (Timestamp?)leg.Request.Window.From).FirstOrDefault(),
        };
        IEnumerable<AlternativeEvse> all = state.Evses.Values
            .Where(evse => evse.IsOffered(now) && evse.Published.Evse != request.Evse
                && state.Members.ContainsKey(evse.Published.Evse.Company))
            .Select(evse => new AlternativeEvse(
                evse.Published.Evse, evse.Published.Location, PlaceOf(state, evse.Published),
                PlugsOf(evse.Published)));
        return
        [
            .. AlternativeFinder.Find(query, all, evse => BusyOf(state, evse)).Select(
                each => new AlternativeBody(
                    each.Evse, each.Location, each.DistanceM, each.Window, request.EnergyWh,
                    TariffBook.Estimate(state, each.Evse, each.Charging, request.EnergyWh))),
        ];
    }

    private static GeoPoint PlaceOf(LedgerState state, PutEvse evse)
    {
        PutLocation location = state.Locations[evse.Location];
        return new GeoPoint(location.LatitudeE6, location.LongitudeE6);
    }

    private static ImmutableArray<PlannerConnector> PlugsOf(PutEvse evse) =>
        [.. evse.Connectors.Select(plug => new PlannerConnector(
            plug.Standard, plug.PowerType, plug.MaxPowerW))];

    private static ImmutableArray<TimeWindow> BusyOf(LedgerState state, EvseId evse) =>
        state.Calendar.TryGetValue(evse, out ImmutableArray<Booking> row)
            ? [.. row.Select(booking => booking.Window)]
            : [];
}
