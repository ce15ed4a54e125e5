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

        if (roads.Find(query.To) is null || query.To == query.From)
        {
            return new("to", $"'{query.To}' is not another place of the road network");
        }

        return OutOfRange("startSocPermille", query.StartSocPermille, 0, 1000)
            ?? OutOfRange("reserveSocPermille", query.ReserveSocPermille, 0, 900)
            ?? OutOfRange("chargeMaxPermille", query.ChargeMaxPermille, 100, 1000)
            ?? OutOfRange("gapPermille", query.GapPermille, 0, 100)
            ?? OutOfRange("plansMax", query.PlansMax, 1, RoutingLimits.PlansMax)
            ?? OutOfRange("stopsMax", query.StopsMax, 0, RoutingLimits.StopsMax)
            ?? OutOfRange("speedMaxKmh", query.SpeedMaxKmh, 20, RoutingLimits.SpeedMaxKmh)
            ?? RefuseWait(query.WaitMax)
            ?? RefusePriceMax(query);
    }

    private static PlanResult.InvalidQuery? OutOfRange(string field, int value, int min, int max) =>
        value >= min && value <= max ? null : new(field, $"{value} is not from {min} to {max}");

    private static PlanResult.InvalidQuery? RefuseWait(TimeSpan wait) =>
        wait >= TimeSpan.Zero && wait <= s_waitMax
            ? null
            : new("waitMax", $"{wait} is not from 0 to 24 hours");

    private static PlanResult.InvalidQuery? RefusePriceMax(TripQuery query) =>
        query.PriceMax is not { } cap || (cap.Currency == query.Currency && cap.Amount >= 0)
            ? null
            : new("priceMax", $"{cap} is not an amount from 0 in {query.Currency}");
}
