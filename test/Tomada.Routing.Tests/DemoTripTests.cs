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

    [Theory]
    [InlineData(Objective.Cheapest)]
    [InlineData(Objective.Greenest)]
    [InlineData(Objective.FewestStops)]
    public void No_plan_takes_more_than_half_as_long_again_as_the_fastest(Objective objective)
    {
        TripQuery query = DemoRegion.Query with
        {
            Vias = [new ViaPlace(PlaceId.Parse("maceio"), TimeSpan.Zero)],
            ArrivalSocPermille = 400,
            PlansMax = RoutingLimits.PlansMax,
        };
        TimeSpan fastest = DemoRegion.Best(query).Arrival.Since(query.Departure);
        PlanResult.Found found = Assert.IsType<PlanResult.Found>(DemoRegion.Planner.Plan(
            query with { Objective = objective }, DemoRegion.AllFree, DemoRegion.Price));
        Assert.All(found.Plans, plan => Assert.True(
            plan.Arrival.Since(query.Departure)
                <= fastest * RoutingLimits.OtherDurationPermille / 1000,
            $"{plan.Arrival}"));
    }

    [Fact]
    public void The_drives_between_sites_are_the_same_in_whatever_order_their_parts_are_made()
    {
        int count = RoutingLimits.StopsPerPart * 3;
        Place[] places = [.. Enumerable.Range(0, count).Select(i => new Place(
            Worlds.Id(i), "x", "BA", new GeoPoint(-12_000_000 + (90_000 * i), -38_000_000)))];
        Road[] row = [.. Enumerable.Range(1, count - 1).Select(i => new Road(
            Worlds.Id(i - 1), Worlds.Id(i), "BR-101", 10_000 + (i % 7), 60 + (i % 40)))];
        Assert.True(
            RoadGraph.TryBuild([.. places], [.. row], out RoadGraph? roads, out string? why), why);
        ChargingSite[] sites = [.. places.Select((place, i) => DemoRegion.Sites.Sites[0] with
        {
            Id = LocationId.Parse($"br-aaa/s{i}"),
            Place = place.Id,
            At = place.At,
            Evses =
            [
                DemoRegion.Sites.Sites[0].Evses[0] with { Id = EvseId.Parse($"br-aaa/e{i}") },
            ],
        })];
        List<int> made = [];
        LegCache backwards = new(roads, (parts, run) =>
        {
            foreach (int part in Enumerable.Range(0, parts).Reverse())
            {
                made.Add(part);
                run(part);
            }
        });
        TripQuery query = DemoRegion.Query with
        {
            From = Worlds.Id(0),
            To = Worlds.Id(count - 1),
        };
        Assert.Equal(Stops(new LegCache(roads)), Stops(backwards));
        Assert.Equal([2, 1, 0], made);

        IEnumerable<(EvseId, TimeWindow)> Stops(LegCache legs)
        {
            Assert.True(
                TripPlanner.TryCreate(legs, [.. sites], out TripPlanner? planner, out why), why);
            return Assert.IsType<PlanResult.Found>(
                planner.Plan(query, DemoRegion.AllFree, Worlds.PriceOf))
                .Best.Stops.Select(stop => (stop.Evse, stop.Window));
        }
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
