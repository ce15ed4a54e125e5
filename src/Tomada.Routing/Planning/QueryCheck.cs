using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// Whether a query makes sense: every refusal names the field and what is allowed.
/// </summary>
internal static class QueryCheck
{
    private static readonly TimeSpan s_waitMax = TimeSpan.FromHours(24);

    public static PlanResult.InvalidQuery? Refuse(TripQuery query, RoadGraph roads)
    {
        if (roads.Find(query.From) is null)
        {
            return new("from", $"'{query.From}' is not a place of the road network");
        }

        if (roads.Find(query.To) is null || (query.To == query.From && query.Vias.IsEmpty))
        {
            return new("to", $"'{query.To}' is not another place of the road network");
        }

        if (RefuseVias(query, roads) is { } via)
        {
            return via;
        }

        return OutOfRange("startSocPermille", query.StartSocPermille, 0, 1000)
            ?? OutOfRange("reserveSocPermille", query.ReserveSocPermille, 0, 900)
            ?? OutOfRange("arrivalSocPermille", query.ArrivalSocPermille ?? 0, 0, 1000)
            ?? OutOfRange("chargeMaxPermille", query.ChargeMaxPermille, 100, 1000)
            ?? OutOfRange("payloadKg", query.PayloadKg, 0, RoutingLimits.PayloadMaxKg)
            ?? OutOfRange(
                "temperatureC",
                query.TemperatureC,
                RoutingLimits.TemperatureMinC,
                RoutingLimits.TemperatureMaxC)
            ?? OutOfRange("gapPermille", query.GapPermille, 0, 100)
            ?? OutOfRange("plansMax", query.PlansMax, 1, RoutingLimits.PlansMax)
            ?? OutOfRange("stopsMax", query.StopsMax, 0, RoutingLimits.StopsMax)
            ?? OutOfRange("speedMaxKmh", query.SpeedMaxKmh, 20, RoutingLimits.SpeedMaxKmh)
            ?? RefuseWait(query.WaitMax)
            ?? RefusePrice("priceMax", query.PriceMax, query)
            ?? RefusePrice("pricePerKwhMax", query.PricePerKwhMax, query);
    }

    private static PlanResult.InvalidQuery? OutOfRange(string field, int value, int min, int max) =>
        value >= min && value <= max ? null : new(field, $"{value} is not from {min} to {max}");

    private static PlanResult.InvalidQuery? RefuseWait(TimeSpan wait) =>
        wait >= TimeSpan.Zero && wait <= s_waitMax
            ? null
            : new("waitMax", $"{wait} is not from 0 to 24 hours");

    private static PlanResult.InvalidQuery? RefusePrice(
        string field, Money? given, TripQuery query) =>
        given is not { } cap || (cap.Currency == query.Currency && cap.Amount >= 0)
            ? null
            : new(field, $"{cap} is not an amount from 0 in {query.Currency}");

    private static PlanResult.InvalidQuery? RefuseVias(TripQuery query, RoadGraph roads)
    {
        if (query.Vias.Length > RoutingLimits.ViasMax)
        {
            return new("via", $"{query.Vias.Length} places; allowed are {RoutingLimits.ViasMax}");
        }

        PlaceId before = query.From;
        foreach (ViaPlace via in query.Vias)
        {
            if (roads.Find(via.Place) is null || via.Place == before)
            {
                return new("via", $"'{via.Place}' is not another place of the road network");
            }

            if (via.Stay < TimeSpan.Zero || via.Stay > RoutingLimits.StayMax)
            {
                return new("via", $"a stay of {via.Stay} is not from 0 to 48 hours");
            }

            before = via.Place;
        }

        return query.Vias.IsEmpty || query.Vias[^1].Place != query.To
            ? null
            : new("via", $"'{query.To}' is the end already");
    }
}
