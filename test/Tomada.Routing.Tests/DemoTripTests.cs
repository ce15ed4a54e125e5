using Tomada.Primitives;
using Xunit;

namespace Tomada.Routing.Tests;

public class DemoTripTests
{
    private static readonly CompanyId s_c = CompanyId.Parse("br-ccc");

    [Fact]
    public void Salvador_to_recife_stops_once_at_each_company_in_the_order_a_b_c()
    {
        TripPlan plan = DemoRegion.Best(DemoRegion.Query);
        Assert.Equal(["br-aaa", "br-bbb", "br-ccc"], plan.Stops.Select(stop => stop.Owner.Value));
        Assert.Equal(
            ["indiaroba", "propria", "messias"], plan.Stops.Select(stop => stop.Place.Value));
    }

    [Fact]
    public void Without_c_the_trip_still_goes_over_a_and_b()
    {
        TripPlan plan = DemoRegion.Best(DemoRegion.Query with { AvoidCompanies = [s_c] });
        Assert.Equal(
            ["br-aaa", "br-bbb"],
            plan.Stops.Select(stop => stop.Owner.Value).Distinct().Order());
    }

    [Fact]
    public void The_demo_trip_comes_with_alternatives()
    {
        PlanResult.Found found = Assert.IsType<PlanResult.Found>(
            DemoRegion.Planner.Plan(DemoRegion.Query, DemoRegion.AllFree, DemoRegion.Price));
        Assert.Equal(DemoRegion.Query.PlansMax, found.Plans.Length);
        Assert.All(found.Plans, plan => Assert.True(plan.Arrival >= found.Best.Arrival));
    }

    [Fact]
    public void A_second_car_finds_the_same_last_window_when_it_only_avoids_the_first_two_evses()
    {
        TripPlan first = DemoRegion.Best(DemoRegion.Query);
        TripPlan second = DemoRegion.Best(DemoRegion.Query with
        {
            AvoidEvses = [first.Stops[0].Evse, first.Stops[1].Evse],
        });
        Assert.Equal(first.Stops[^1].Evse, second.Stops[^1].Evse);
        Assert.Equal(first.Stops[^1].Window, second.Stops[^1].Window);
        Assert.Empty(first.Stops[..2].Select(stop => stop.Evse)
            .Intersect(second.Stops.Select(stop => stop.Evse)));
    }

    [Fact]
    public void A_second_car_that_sees_the_calendar_takes_other_windows()
    {
        TripPlan first = DemoRegion.Best(DemoRegion.Query);
        TripPlan second = DemoRegion.Best(
            DemoRegion.Query,
            evse => [.. first.Stops.Where(stop => stop.Evse == evse).Select(stop => stop.Window)]);
        Assert.Empty(first.Stops.Select(stop => (stop.Evse, stop.Window))
            .Intersect(second.Stops.Select(stop => (stop.Evse, stop.Window))));
    }
}
