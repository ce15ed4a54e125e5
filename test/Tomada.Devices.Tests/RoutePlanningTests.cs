using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Trips;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Devices.Tests;

/// <summary>Two places 150 km apart and a site with one EVSE at the first.</summary>
public sealed class RoutePlanningTests : IDisposable
{
    private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");
    private static readonly LocationId s_site = LocationId.Parse("br-aaa/site");
    private static readonly TariffId s_tariff = TariffId.Parse("br-aaa/day");

    private readonly FakeTimeProvider _wall =
        new(DateTimeOffset.Parse("2026-10-23T12:01:00Z", null));

    private readonly LocalLedger _ledger;
    private readonly RoutePlanning _planning;
    private EvseStatus _shown = EvseStatus.Available;

    public RoutePlanningTests()
    {
        _ledger = new LocalLedger(BrokerWorld.Company, Rules.Default, _wall);
        _planning = new RoutePlanning(ShortJourney.Roads());
        using Ed25519Key station = new(Digest.Of([9]).ToArray());
        Submit(new PutLocation(
            s_site, "Posto", "BR-101", "Salvador", -12_970_000, -38_500_000, "Europe/Berlin"));
        Price(2_000_000);
        Submit(new PutEvse(
            s_evse, s_site, station.Public,
            [new Connector(1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 60_000)], s_tariff));
        Offer(Availability.Available);
    }

    private TripQuery Query => new()
    {
        From = PlaceId.Parse("here"),
        To = PlaceId.Parse("there"),
        Departure = _ledger.Now().Plus(TimeSpan.FromHours(1)),
        Vehicle = ShortJourney.Vehicle,
        StartSocPermille = 300,
    };

    public void Dispose() => _ledger.Dispose();

    [Fact]
    public void The_same_question_is_answered_again_only_while_nothing_changed()
    {
        TripQuery query = Query;
        TripPlan first = Plan(query)!;
        Assert.Same(first, Plan(query));
        Assert.Equal(1, _planning.AnswersAgain);

        Price(3_000_000);
        TripPlan dearer = Plan(query)!;
        Assert.True(dearer.Price.Amount > first.Price.Amount);

        Offer(Availability.Inoperative);
        Assert.Null(Plan(query));
        Offer(Availability.Available);
        Assert.NotNull(Plan(query));
        Assert.Equal(1, _planning.AnswersAgain);
    }

    [Fact]
    public void An_answer_is_not_given_again_after_an_offer_has_ended()
    {
        TripQuery query = Query with { Departure = _ledger.Now().Plus(TimeSpan.FromDays(11)) };
        Assert.NotNull(Plan(query));
        _wall.Advance(TimeSpan.FromDays(10.5));
        Assert.Null(Plan(query));
        Assert.Equal(0, _planning.AnswersAgain);
    }

    [Fact]
    public void A_booked_window_is_planned_around_at_once()
    {
        TripQuery query = Query;
        PlanStop free = Plan(query)!.Stops.Single();
        Submit(new ProposeTrip(
            Digest.Of([7]),
            PriorityClass.Normal,
            _ledger.State.Rules.DecisionMaxMs,
            [
                new LegRequest(
                    s_evse,
                    free.Window,
                    free.EnergyWh,
                    _ledger.State.TariffHashes[s_tariff],
                    TariffBook.Most(
                        _ledger.State,
                        _ledger.State.TariffHashes[s_tariff],
                        free.Window,
                        free.EnergyWh),
                    LegRequest.HashSecret(new byte[32])),
            ]));
        PlanStop later = Plan(query)!.Stops.Single();
        Assert.False(later.Window.Overlaps(free.Window));
        Assert.Equal(0, _planning.AnswersAgain);
    }

    [Fact]
    public void A_removed_window_is_planned_around_and_that_answer_stands_for_no_other_question()
    {
        TripQuery query = Query;
        TimeWindow free = Plan(query)!.Stops.Single().Window;
        PlanWorld without = World() with { Removed = [(s_evse, free)] };
        PlanStop later = Assert.IsType<PlanResult.Found>(_planning.Plan(query, without))
            .Best.Stops.Single();
        Assert.False(later.Window.Overlaps(free));
        Assert.Equal(free, Plan(query)!.Stops.Single().Window);
        Assert.Equal(0, _planning.AnswersAgain);
    }

    [Fact]
    public void What_an_evse_shows_decides_whether_it_is_planned_with()
    {
        TripQuery soon = Query with { Departure = _ledger.Now() };
        Timestamp free = Plan(soon)!.Stops.Single().ChargeFrom;
        _shown = EvseStatus.OUTOFORDER;
        Assert.Null(Plan(soon));
        _shown = EvseStatus.Inoperative;
        Assert.Null(Plan(soon));
        _shown = EvseStatus.Unknown;
        Assert.Equal(Outlook.Unknown, Plan(soon)!.Stops.Single().Outlook);
        _shown = EvseStatus.Charging;
        Assert.True(Plan(soon)!.Stops.Single().ChargeFrom >= free.Plus(
            TripPlanLimits.OccupiedAssumed - TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public void Drives_between_sites_are_found_once_however_offers_change()
    {
        TripQuery query = Query;
        Plan(query);
        for (int i = 0; i < 5; i++)
        {
            Offer(Availability.OutOfOrder);
            Plan(query);
            Offer(Availability.Available);
            Plan(query);
        }

        Assert.Equal(1, _planning.LegTablesMade);
        Submit(new PutLocation(
            LocationId.Parse("br-aaa/new"), "Novo", "BR-101", "There", -12_000_000, -38_000_000,
            "America/Bahia"));
        Plan(query);
        Assert.Equal(2, _planning.LegTablesMade);
    }

    /// <summary>
    /// In Berlin 02:00 to 03:00 comes twice on 25 October 2026; on 28 March 2027 it does not come.
    /// </summary>
    [Theory]
    [InlineData("2026-10-24T20:00:00Z")]
    [InlineData("2027-03-27T20:00:00Z")]
    public void Prices_follow_the_local_clock_through_the_change_of_summer_time(string from)
    {
        _wall.SetUtcNow(DateTimeOffset.Parse(from, null));
        OcpiPrice night = new(PriceDimension.Energy, 1_000_000, null, 1);
        Submit(new PutOcpiTariff(s_tariff, new OcpiTariff(
            Currency.Brl,
            TaxIncluded.Yes,
            [
                new OcpiElement(
                    [night],
                    new PriceRestrictions(new TimeOnly(2, 0), new TimeOnly(3, 0), Days: [])),
                new OcpiElement([night with { PriceMicros = 4_000_000 }]),
            ],
            null,
            null,
            LocalClock.Version)));
        Offer(Availability.Available);
        TimeZoneInfo berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Timestamp start = _ledger.Now();
        SortedSet<long> seen = [];
        for (int quarter = 0; quarter < 40; quarter++)
        {
            PlanStop stop = Plan(Query with
            {
                Departure = start.Plus(TimeSpan.FromMinutes(15 * quarter)),
            })!.Stops.Single();
            bool begins = IsNight(stop.ChargeFrom);
            if (begins == IsNight(stop.ChargeUntil)
                && stop.ChargeUntil.Since(stop.ChargeFrom) < TimeSpan.FromMinutes(60))
            {
                long perKwh = begins ? 100 : 400;
                Assert.InRange(
                    stop.Price.Amount,
                    (perKwh * stop.EnergyWh / 1000) - 1,
                    (perKwh * stop.EnergyWh / 1000) + 1);
                seen.Add(perKwh);
            }

            Assert.Equal(
                TariffBook.Estimate(
                    _ledger.State,
                    s_evse,
                    new TimeWindow(stop.ChargeFrom, stop.ChargeUntil),
                    stop.EnergyWh),
                stop.Price);
        }

        Assert.Equal(from.StartsWith("2026", StringComparison.Ordinal) ? 2 : 1, seen.Count);

        bool IsNight(Timestamp at) =>
            TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), berlin).Hour == 2;
    }

    [Fact]
    public void A_reply_fits_into_one_message_whatever_the_roads_are()
    {
        TripPlan plan = Plan(Query)!;
        ImmutableArray<RouteEdge> many =
            [.. Enumerable.Repeat(plan.Legs[^1].Edges[0], 5_000)];
        TripPlan winding = plan with
        {
            Legs = [.. plan.Legs.Select(leg => leg with { Edges = many })],
        };
        PlanReply reply = PlanBodies.Fit([winding, winding, winding]);
        Assert.NotEmpty(reply.Plans);
        Assert.Equal(winding.LengthM, reply.Plans[0].Drives.Sum(drive => drive.LengthM));
        Assert.True(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(reply, PlanReply.Json)
            .Length < DeviceLimits.PayloadBytesMax);
    }

    private TripPlan? Plan(TripQuery query) =>
        _planning.Plan(query, World()) is PlanResult.Found found ? found.Best : null;

    private PlanWorld World() => new(
        _ledger.State,
        _ledger.Now(),
        BrokerWorld.Company,
        ImmutableSortedDictionary<EvseId, EvseStatus>.Empty.Add(s_evse, _shown));

    private void Price(long micros) => Submit(new PutTariff(s_tariff, new Tariff(
        Currency.Brl,
        [new TariffElement([new PriceComponent(TariffDimension.Energy, micros, 1)])])));

    private void Offer(Availability availability) => Submit(new SetEvseAvailability(
        s_evse, availability, _ledger.Now().Plus(TimeSpan.FromDays(10))));

    private void Submit(Body body) => Assert.Equal(Outcome.Applied, _ledger.Submit(body).Outcome);
}
