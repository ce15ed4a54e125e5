using System.Collections.Immutable;
using CsCheck;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Routing.Tests;

/// <summary>What a query can ask for, each by its effect on the plans.</summary>
public class QueryTests
{
    private static readonly CompanyId s_a = CompanyId.Parse("br-aaa");
    private static readonly CompanyId s_b = CompanyId.Parse("br-bbb");

    private static PlannerView View { get; } = new(Worlds.AllFree, Worlds.PriceOf);

    [Fact]
    public void Via_places_are_passed_in_their_order_and_stayed_at() => Gen.Select(
        Worlds.AnySpeed, Gen.Int[1, 6], Gen.Int[0, 300]).Sample(
        (world, via, stayMinutes) =>
        {
            PlaceId place = Worlds.Id(Math.Min(via, world.Roads.Places.Length - 2));
            TimeSpan stay = TimeSpan.FromMinutes(stayMinutes);
            TripQuery query = world.Query with { Vias = [new ViaPlace(place, stay)] };
            if (Best(world, query) is { } plan)
            {
                PlanVia passed = Assert.Single(plan.Vias);
                Assert.Equal(place, passed.Place);
                Assert.Equal(stay, passed.Departure.Since(passed.Arrival));
                Assert.Contains(place, plan.Legs.SelectMany(leg => leg.Places));
                Assert.True(
                    passed.Arrival >= plan.Departure && passed.Departure <= plan.Arrival);
                RequireTimes(plan, stay);
            }
        },
        iter: 200);

    /// <summary>
    /// With roads of several speeds it may: a drive takes the fastest way or the most frugal one,
    /// and a via place can part it into one of each.
    /// </summary>
    [Fact]
    public void Where_the_fastest_way_is_the_most_frugal_a_via_place_never_saves_time() =>
        Gen.Select(Worlds.OneSpeed, Gen.Int[1, 6], Gen.Int[0, 300]).Sample(
        (world, via, stayMinutes) =>
        {
            PlaceId place = Worlds.Id(Math.Min(via, world.Roads.Places.Length - 2));
            TimeSpan stay = TimeSpan.FromMinutes(stayMinutes);
            if (Best(world, world.Query with { Vias = [new ViaPlace(place, stay)] }) is { } plan)
            {
                TripPlan straight = Best(world, world.Query)!;
                Assert.True(straight.Arrival.Plus(stay) <= plan.Arrival);
            }
        },
        iter: 200);

    [Fact]
    public void A_round_trip_over_a_via_place_ends_where_it_starts()
    {
        World world = Row(Site(0, 1, 60), Site(1, 2, 60), Site(2, 2, 60));
        TripQuery query = Worlds.Query(0, 1000) with
        {
            Vias = [new ViaPlace(Worlds.Id(3), TimeSpan.FromHours(1))],
        };
        TripPlan plan = Best(world, query)!;
        Assert.Equal(Worlds.Id(0), plan.Legs[^1].To);
        Assert.Equal(480_000, plan.LengthM);
    }

    [Fact]
    public void Fewest_stops_and_least_energy_are_never_beaten_by_the_fastest_plan() =>
        Worlds.AnySpeed.Sample(
            world =>
            {
                if (Best(world, world.Query) is { } fastest)
                {
                    TripPlan few = Best(
                        world, world.Query with { Objective = Objective.FewestStops })!;
                    TripPlan green = Best(
                        world, world.Query with { Objective = Objective.Greenest })!;
                    Assert.True(few.Stops.Length <= fastest.Stops.Length);
                    Assert.True(green.DrivenWh <= fastest.DrivenWh);
                    Assert.True(green.DrivenWh <= few.DrivenWh);
                }
            },
            iter: 200);

    [Fact]
    public void The_battery_at_the_end_is_what_it_was_plus_charged_less_driven() =>
        Worlds.AnySpeed.Sample(
            world =>
            {
                if (Best(world, world.Query) is { } plan)
                {
                    Assert.Equal(plan.StartWh + plan.EnergyWh - plan.DrivenWh, plan.ArrivalWh);
                }
            },
            iter: 100);

    [Fact]
    public void A_preferred_company_gets_the_stop_until_it_costs_too_much()
    {
        World near = Row(Site(0, 1, 60), Site(1, 1, 35));
        TripQuery query = Worlds.Query(3, 700);
        Assert.Equal(s_a, Best(near, query)!.Stops.Single().Owner);
        TripQuery preferring = query with { PreferCompanies = [s_b] };
        Assert.Equal(s_b, Best(near, preferring)!.Stops.Single().Owner);
        World far = Row(Site(0, 1, 80), Site(1, 1, 10));
        Assert.Equal(s_a, Best(far, preferring)!.Stops.Single().Owner);
    }

    [Fact]
    public void No_stop_costs_more_a_kwh_than_the_cap_and_the_advice_names_one_that_would_do()
    {
        World world = Row(Site(0, 1, 60), Site(1, 2, 50));
        TripQuery capped = Worlds.Query(3, 900) with
        {
            PricePerKwhMax = new Money(150, Currency.Brl),
        };
        Assert.All(Best(world, capped)!.Stops, stop => Assert.Equal(s_b, stop.Owner));
        TripQuery poor = capped with { PricePerKwhMax = new Money(100, Currency.Brl) };
        PlanChange.PricePerKwhCap change = Change<PlanChange.PricePerKwhCap>(world, poor);
        Assert.NotNull(Best(world, poor with { PricePerKwhMax = change.Price }));
    }

    [Fact]
    public void What_must_be_left_at_the_end_is_left_and_advice_says_how_little_would_do()
    {
        World world = Row(Site(0, 1, 60));
        TripQuery query = Worlds.Query(3, 900);
        Assert.True(Best(world, query with { ArrivalSocPermille = 200 })!
            .ArrivalSocPermille >= 200);
        TripQuery much = query with { ArrivalSocPermille = 900 };
        PlanChange.ArrivalSoc change = Change<PlanChange.ArrivalSoc>(world, much);
        Assert.NotNull(Best(world, much with { ArrivalSocPermille = change.SocPermille }));
        Assert.Null(Best(world, much with { ArrivalSocPermille = change.SocPermille + 1 }));
    }

    [Fact]
    public void Advice_says_how_far_the_reserve_would_have_to_fall()
    {
        World world = Row(Site(0, 2, 60));
        TripQuery query = Worlds.Query(3, 800) with { ReserveSocPermille = 400 };
        PlanChange.ReserveSoc change = Change<PlanChange.ReserveSoc>(world, query);
        TripQuery changed = query with
        {
            ReserveSocPermille = change.SocPermille,
            ArrivalSocPermille = 400,
        };
        Assert.NotNull(Best(world, changed));
        Assert.Null(Best(world, changed with { ReserveSocPermille = change.SocPermille + 1 }));
    }

    [Fact]
    public void Only_the_plugs_that_were_named_are_used_and_advice_names_the_missing_ones()
    {
        World world = Row(Site(0, 1, 60), Worlds.Site(1, 1, ConnectorStandard.Iec62196T2, 22_000));
        TripQuery query = Worlds.Query(3, 700) with
        {
            Connectors = [ConnectorStandard.Iec62196T2],
            WaitMax = TimeSpan.FromHours(6),
        };
        Assert.Equal(
            ConnectorStandard.Iec62196T2,
            Best(world, query)!.Stops.Single().Connector.Standard);
        TripQuery odd = query with { Connectors = [ConnectorStandard.Chademo] };
        PlanChange.AnyConnector change = Change<PlanChange.AnyConnector>(world, odd);
        Assert.NotNull(Best(
            world, odd with { Connectors = [.. odd.Connectors, .. change.Connectors] }));
    }

    [Fact]
    public void A_broken_evse_is_not_used_and_a_doubtful_one_only_when_it_is_worth_it()
    {
        World world = Row(Site(0, 1, 60), Site(1, 1, 50));
        TripQuery query = Worlds.Query(3, 700);
        TripPlan broken = Best(world, query, s_a, Outlook.Unusable)!;
        Assert.Equal(s_b, broken.Stops.Single().Owner);
        TripPlan doubtful = Best(world, query, s_a, Outlook.Unknown)!;
        Assert.Equal(s_b, doubtful.Stops.Single().Owner);
        TripPlan alone = Best(Row(Site(0, 1, 60)), query, s_a, Outlook.Unknown)!;
        Assert.Equal(Outlook.Unknown, alone.Stops.Single().Outlook);
        Assert.True(alone.ConfidencePermille < doubtful.ConfidencePermille);
    }

    [Fact]
    public void Load_cold_and_heat_take_more_energy()
    {
        World world = Row(Site(0, 1, 60));
        TripQuery query = Worlds.Query(3, 1000);
        int usual = Best(world, query)!.DrivenWh;
        Assert.True(Best(world, query with { PayloadKg = 400 })!.DrivenWh > usual);
        Assert.True(Best(world, query with { TemperatureC = -5 })!.DrivenWh > usual);
        Assert.True(Best(world, query with { TemperatureC = 40 })!.DrivenWh > usual);
    }

    [Fact]
    public void Other_evses_of_a_stop_are_free_fit_and_cost_what_the_price_says() =>
        Gen.Select(Worlds.AnySpeed, Gen.Int[0, 40]).Sample(
            (world, from) =>
            {
                TimeWindow busy = new(
                    Worlds.Start.Plus(TimeSpan.FromMinutes(5 * from)),
                    Worlds.Start.Plus(TimeSpan.FromMinutes((5 * from) + 60)));
                TripPlan? plan = Plans(world, world.Query, new PlannerView(
                    _ => [busy], Worlds.PriceOf)).FirstOrDefault();
                foreach (PlanStop stop in plan?.Stops ?? [])
                {
                    Assert.All(stop.Others, other =>
                    {
                        Assert.DoesNotContain(plan!.Stops, each => each.Evse == other.Evse);
                        Assert.False(busy.Overlaps(other.Window));
                        Assert.True(world.Query.Vehicle.Fits(world.ConnectorOf(other.Evse)));
                        Assert.Equal(
                            Worlds.PriceOf(other.Evse, other.EnergyWh, default), other.Price);
                    });
                }
            },
            iter: 200);

    [Fact]
    public void Wrong_values_are_refused_by_their_field()
    {
        World world = Row(Site(0, 1, 60));
        TripQuery good = Worlds.Query(3, 700);
        Refused("via", good with { Vias = [new(PlaceId.Parse("nowhere"), default)] });
        Refused("via", good with { Vias = [new(Worlds.Id(3), default)] });
        Refused("via", good with { Vias = [new(Worlds.Id(1), TimeSpan.FromHours(49))] });
        Refused("via", good with
        {
            Vias = [.. Enumerable.Range(0, 9).Select(i => new ViaPlace(
                Worlds.Id(1 + (i % 2)), default))],
        });
        Refused("arrivalSocPermille", good with { ArrivalSocPermille = 1001 });
        Refused("payloadKg", good with { PayloadKg = 5_001 });
        Refused("temperatureC", good with { TemperatureC = 56 });
        Refused("pricePerKwhMax", good with { PricePerKwhMax = new Money(1, Currency.Eur) });

        void Refused(string field, TripQuery query) => Assert.Equal(
            field,
            Assert.IsType<PlanResult.InvalidQuery>(world.Planner().Plan(query, View)).Field);
    }

    [Fact]
    public void Drives_are_found_once_for_each_class_of_car_and_again_for_new_sites()
    {
        World world = Row(Site(0, 1, 60));
        LegCache legs = new(world.Roads);
        TripQuery query = Worlds.Query(3, 700);
        Plan(query, world.Sites);
        Plan(query with { StartSocPermille = 900, TemperatureC = 21 }, world.Sites);
        Plan(query with { Vehicle = query.Vehicle with { Id = "twin" } }, world.Sites);
        Assert.Equal(1, legs.Made);
        Plan(query with { TemperatureC = 0 }, world.Sites);
        Assert.Equal(2, legs.Made);
        Plan(query, world.Sites.Add(Site(3, 2, 60)));
        Assert.Equal(3, legs.Made);
        Plan(query, world.Sites);
        Assert.Equal(3, legs.Made);

        void Plan(TripQuery asked, ImmutableArray<ChargingSite> sites)
        {
            Assert.True(TripPlanner.TryCreate(legs, sites, out TripPlanner? planner, out _));
            Assert.IsType<PlanResult.Found>(planner.Plan(asked, View));
        }
    }

    private static void RequireTimes(TripPlan plan, TimeSpan stay)
    {
        TimeSpan stops = TimeSpan.FromMilliseconds(
            plan.Stops.Sum(stop => (stop.Departure.Since(stop.Arrival)).TotalMilliseconds));
        Assert.Equal(plan.DrivingTime + stops + stay, plan.Arrival.Since(plan.Departure));
    }

    /// <summary>Four places in a row, 80 km apart.</summary>
    private static World Row(params ImmutableArray<ChargingSite> sites) => new(
        Worlds.Graph(4, Enumerable.Range(0, 3).Select(i =>
            new Road(Worlds.Id(i), Worlds.Id(i + 1), "BR-1", 80_000, 90))),
        sites,
        Worlds.Query(3, 700));

    private static ChargingSite Site(int number, int place, int powerKw) =>
        Worlds.Site(number, place, ConnectorStandard.Iec62196T2Combo, powerKw * 1000);

    private static TripPlan? Best(World world, TripQuery query) =>
        Plans(world, query, View).FirstOrDefault();

    private static TripPlan? Best(
        World world, TripQuery query, CompanyId owner, Outlook outlook) =>
        Plans(world, query, View with
        {
            Outlook = evse => evse.Company == owner ? outlook : Outlook.Good,
        }).FirstOrDefault();

    private static ImmutableArray<TripPlan> Plans(World world, TripQuery query, PlannerView view) =>
        world.Planner().Plan(query, view) is PlanResult.Found found ? found.Plans : [];

    private static TChange Change<TChange>(World world, TripQuery query)
        where TChange : PlanChange =>
        Assert.IsType<PlanResult.NoPlan>(world.Planner().Plan(query, View))
            .Changes.OfType<TChange>().Single();
}
