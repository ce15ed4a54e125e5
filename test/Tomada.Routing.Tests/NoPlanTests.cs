using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Routing.Tests;

/// <summary>One road of 3 x 80 km, a site at each inner place: p00 -- p01 -- p02 -- p03.</summary>
public class NoPlanTests
{
    private static readonly TimeSpan s_never = TimeSpan.FromHours(30);

    private static readonly World s_world = new(
        Worlds.Graph(5, Enumerable.Range(0, 3).Select(i => Road(i, 80_000))),
        [Site(0, 1), Site(1, 2)],
        Worlds.Query(3, 700));

    [Fact]
    public void A_battery_too_empty_to_start_is_told_the_least_that_is_enough()
    {
        TripQuery query = s_world.Query with { StartSocPermille = 300 };
        PlanResult.NoPlan none = NoPlan(query);
        Assert.Equal((Worlds.Id(0), Worlds.Id(1)), (none.Failing.From, none.Failing.To));
        Assert.True(none.Failing.NeedWh > none.Failing.HaveWh);
        PlanChange.StartSoc change = none.Changes.OfType<PlanChange.StartSoc>().Single();
        Assert.NotNull(Found(query with { StartSocPermille = change.SocPermille }));
        Assert.Null(Found(query with { StartSocPermille = change.SocPermille - 1 }));
    }

    [Fact]
    public void A_gap_that_no_battery_bridges_is_named_with_what_it_takes()
    {
        World gap = s_world with
        {
            Roads = Worlds.Graph(5, [Road(0, 80_000), Road(1, 400_000), Road(2, 80_000)]),
        };
        PlanResult.NoPlan none = Assert.IsType<PlanResult.NoPlan>(
            gap.Planner().Plan(gap.Query, Worlds.AllFree, Worlds.PriceOf));
        Assert.Equal((Worlds.Id(1), Worlds.Id(2)), (none.Failing.From, none.Failing.To));
        Assert.Equal(Worlds.Car.BatteryWh, none.Failing.HaveWh);
        Assert.Empty(none.Changes);
    }

    [Fact]
    public void A_taken_evse_is_told_as_a_wait_that_is_enough()
    {
        TimeWindow taken = new(Worlds.Start, Worlds.Start.Plus(TimeSpan.FromHours(5)));
        PlanResult result = s_world.Planner().Plan(s_world.Query, _ => [taken], Worlds.PriceOf);
        PlanChange change = Assert.Single(Assert.IsType<PlanResult.NoPlan>(result).Changes);
        PlanChange.Wait wait = Assert.IsType<PlanChange.Wait>(change);
        TripQuery patient = s_world.Query with { WaitMax = wait.Longest };
        Assert.IsType<PlanResult.Found>(
            s_world.Planner().Plan(patient, _ => [taken], Worlds.PriceOf));
    }

    [Fact]
    public void A_price_cap_is_told_the_price_that_would_do()
    {
        TripQuery query = s_world.Query with { PriceMax = new Money(1, Currency.Brl) };
        PlanChange.PriceCap cap = NoPlan(query).Changes.OfType<PlanChange.PriceCap>().Single();
        Assert.NotNull(Found(query with { PriceMax = cap.Price }));
        Assert.Null(
            Found(query with { PriceMax = cap.Price with { Amount = cap.Price.Amount - 1 } }));
    }

    [Fact]
    public void Too_few_stops_are_told_how_many_would_do()
    {
        TripQuery query = s_world.Query with { StopsMax = 0 };
        PlanChange.Stops stops = NoPlan(query).Changes.OfType<PlanChange.Stops>().Single();
        Assert.NotNull(Found(query with { StopsMax = stops.StopsMax }));
        Assert.Null(Found(query with { StopsMax = stops.StopsMax - 1 }));
    }

    [Fact]
    public void Avoided_companies_that_would_help_are_named()
    {
        ImmutableSortedSet<CompanyId> both = [CompanyId.Parse("br-aaa"), CompanyId.Parse("br-bbb")];
        PlanChange.AllowAvoided allow = NoPlan(s_world.Query with { AvoidCompanies = both })
            .Changes.OfType<PlanChange.AllowAvoided>().Single();
        Assert.NotEmpty(allow.Companies);
        Assert.NotNull(Found(s_world.Query with { AvoidCompanies = both.Except(allow.Companies) }));
    }

    [Fact]
    public void Places_without_a_road_between_them_are_said_so() =>
        Assert.Equal(
            new PlanResult.NoRoad(Worlds.Id(0), Worlds.Id(4)),
            s_world.Planner().Plan(
                s_world.Query with { To = Worlds.Id(4) }, Worlds.AllFree, Worlds.PriceOf));

    [Fact]
    public void A_query_out_of_range_is_refused_by_its_field()
    {
        TripQuery good = s_world.Query;
        RequireInvalid("from", good with { From = PlaceId.Parse("nowhere") });
        RequireInvalid("to", good with { To = PlaceId.Parse("nowhere") });
        RequireInvalid("to", good with { To = good.From });
        RequireInvalid("startSocPermille", good with { StartSocPermille = 1001 });
        RequireInvalid("reserveSocPermille", good with { ReserveSocPermille = -1 });
        RequireInvalid("chargeMaxPermille", good with { ChargeMaxPermille = 99 });
        RequireInvalid("stopsMax", good with { StopsMax = 17 });
        RequireInvalid("speedMaxKmh", good with { SpeedMaxKmh = 19 });
        RequireInvalid("waitMax", good with { WaitMax = s_never });
        RequireInvalid("priceMax", good with { PriceMax = Money.Zero(Currency.Eur) });
    }

    [Fact]
    public void Sites_that_do_not_fit_the_roads_are_refused_by_name()
    {
        Assert.False(TripPlanner.TryCreate(s_world.Roads, [Site(0, 9)], out _, out string? astray));
        Assert.Contains("br-aaa/s0", astray, StringComparison.Ordinal);
        ChargingSite site = Site(0, 1);
        Assert.False(TripPlanner.TryCreate(s_world.Roads, [site, site], out _, out string? twice));
        Assert.Contains("br-aaa/s0-1", twice, StringComparison.Ordinal);
    }

    [Fact]
    public void Prices_in_another_currency_are_not_used()
    {
        PlanResult result = s_world.Planner().Plan(
            s_world.Query, Worlds.AllFree, (_, _, _) => new Money(1, Currency.Eur));
        Assert.IsType<PlanResult.NoPlan>(result);
    }

    private static Road Road(int from, int lengthM) =>
        new(Worlds.Id(from), Worlds.Id(from + 1), "BR-1", lengthM, 90);

    private static ChargingSite Site(int number, int place) =>
        Worlds.Site(number, place, ConnectorStandard.Iec62196T2Combo, 50_000);

    private static PlanResult.NoPlan NoPlan(TripQuery query) => Assert.IsType<PlanResult.NoPlan>(
        s_world.Planner().Plan(query, Worlds.AllFree, Worlds.PriceOf));

    private static TripPlan? Found(TripQuery query) =>
        (s_world.Planner().Plan(query, Worlds.AllFree, Worlds.PriceOf) as PlanResult.Found)?.Best;

    private static void RequireInvalid(string field, TripQuery query) => Assert.Equal(
        field,
        Assert.IsType<PlanResult.InvalidQuery>(
            s_world.Planner().Plan(query, Worlds.AllFree, Worlds.PriceOf)).Field);
}
