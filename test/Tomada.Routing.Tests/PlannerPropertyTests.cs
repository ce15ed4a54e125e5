using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Routing.Tests;

public class PlannerPropertyTests
{
    private static readonly Gen<TimeWindow[]> s_busy = Gen.Select(Gen.Int[0, 120], Gen.Int[1, 24])
        .Select((from, length) => new TimeWindow(
            Worlds.Start.Plus(TimeSpan.FromMinutes(5 * from)),
            Worlds.Start.Plus(TimeSpan.FromMinutes(5 * (from + length)))))
        .Array[0, 6];

    [Fact]
    public void Every_plan_keeps_every_rule() => Gen.Select(Worlds.AnySpeed, s_busy).Sample(
        (world, busy) =>
        {
            TripQuery query = world.Query with { WaitMax = TimeSpan.FromHours(6) };
            if (world.Planner().Plan(query, _ => busy, Worlds.PriceOf) is PlanResult.Found found)
            {
                Assert.InRange(found.Plans.Length, 1, RoutingLimits.PlansMax);
                Assert.All(found.Plans, plan => RequireRules(world, plan, busy));
            }
        },
        iter: 400);

    [Fact]
    public void More_battery_at_the_start_is_never_slower() =>
        Gen.Select(Worlds.AnySpeed, Gen.Int[1, 400]).Sample(
            (world, more) =>
            {
                TripQuery better = world.Query with
                {
                    StartSocPermille = Math.Min(1000, world.Query.StartSocPermille + more),
                };
                if (Best(world, world.Query) is { } plan)
                {
                    TripPlan? faster = Best(world, better);
                    Assert.NotNull(faster);
                    Assert.True(faster.Arrival <= plan.Arrival);
                }
            },
            iter: 300);

    [Fact]
    public void The_cheapest_plan_costs_no_more_than_the_fastest_and_arrives_no_earlier() =>
        Worlds.AnySpeed.Sample(
            world =>
            {
                if (Best(world, world.Query) is { } fastest)
                {
                    TripPlan? cheapest =
                        Best(world, world.Query with { Objective = Objective.Cheapest });
                    Assert.NotNull(cheapest);
                    Assert.True(cheapest.Price.Amount <= fastest.Price.Amount);
                    Assert.True(cheapest.Arrival >= fastest.Arrival);
                }
            },
            iter: 200);

    [Fact]
    public void Avoided_companies_and_evses_are_never_used() => Worlds.AnySpeed.Sample(
        world =>
        {
            TripQuery query = world.Query with { AvoidCompanies = [CompanyId.Parse("br-aaa")] };
            Assert.All(
                Best(world, query)?.Stops ?? [], stop => Assert.Equal("br-bbb", stop.Owner.Value));
        },
        iter: 200);

    [Fact]
    public void Equal_questions_get_equal_answers() => Worlds.AnySpeed.Sample(
        world => Assert.Equivalent(Best(world, world.Query), Best(world, world.Query)),
        iter: 50);

    private static TripPlan? Best(World world, TripQuery query) =>
        world.Planner().Plan(query, Worlds.AllFree, Worlds.PriceOf) is PlanResult.Found found
            ? found.Best
            : null;

    private static void RequireRules(World world, TripPlan plan, TimeWindow[] busy)
    {
        VehicleModel car = world.Query.Vehicle;
        int reserveWh = car.WhAt(world.Query.ReserveSocPermille);
        Assert.Equal(plan.Stops.Length + 1, plan.Legs.Length);
        Timestamp at = plan.Departure;
        int energyWh = plan.StartWh;
        for (int i = 0; i < plan.Stops.Length; i++)
        {
            PlanStop stop = plan.Stops[i];
            RequireDrive(plan.Legs[i], at, energyWh, stop.Arrival, stop.ArrivalWh, car);
            Assert.True(stop.ArrivalWh >= reserveWh);
            RequireStop(world, stop, busy);
            (at, energyWh) = (stop.Departure, stop.DepartureWh);
        }

        RequireDrive(plan.Legs[^1], at, energyWh, plan.Arrival, plan.ArrivalWh, car);
        Assert.True(plan.ArrivalWh >= reserveWh);
        Assert.Equal(world.Query.To, plan.Legs[^1].To);
        Assert.Equal(plan.Price.Amount, plan.Stops.Sum(stop => stop.Price.Amount));
        Assert.Distinct(plan.Stops.Select(stop => stop.Evse));
    }

    private static void RequireDrive(
        RoutePath leg, Timestamp from, int fromWh, Timestamp to, int toWh, VehicleModel car)
    {
        Assert.Equal(leg.Duration, to.Since(from));

        // A drive past a site without a stop was added up from parts, each rounded up by itself.
        Assert.InRange(fromWh - toWh, leg.EnergyWh(car), leg.EnergyWh(car) + leg.Edges.Length);
    }

    private static void RequireStop(World world, PlanStop stop, TimeWindow[] busy)
    {
        long gridMs = (long)RoutingLimits.Grid.TotalMilliseconds;
        VehicleModel car = world.Query.Vehicle;
        Assert.Equal(0, stop.Window.From.UnixMs % gridMs);
        Assert.Equal(0, stop.Window.Until.UnixMs % gridMs);
        Assert.True(stop.Window.From >= world.Query.Departure);
        Assert.True(stop.ChargeFrom.Since(stop.Window.From) >= RoutingLimits.SlackBefore);
        Assert.True(stop.Window.Until.Since(stop.ChargeUntil) >= RoutingLimits.SlackAfter);
        Assert.True(stop.ChargeFrom.Since(stop.Arrival) >= RoutingLimits.PlugIn);
        Assert.DoesNotContain(busy, taken => taken.Overlaps(stop.Window));
        Assert.True(car.Fits(stop.Connector));
        Assert.Equal(world.ConnectorOf(stop.Evse), stop.Connector);
        Assert.Equal(stop.EnergyWh, stop.DepartureWh - stop.ArrivalWh);
        Assert.InRange(stop.DepartureWh, stop.ArrivalWh + 1, car.BatteryWh);
        Assert.Equal(
            car.ChargingTime(
                stop.ArrivalWh,
                stop.DepartureWh,
                stop.Connector.PowerType,
                stop.Connector.PowerMaxW),
            stop.ChargeUntil.Since(stop.ChargeFrom));
    }
}
