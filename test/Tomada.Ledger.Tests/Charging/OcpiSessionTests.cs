using Tomada.Ledger.Tests.Tariffs;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Charging;

/// <summary>Sessions of the ledger under a tariff in OCPI's full form.</summary>
public class OcpiSessionTests
{
    private static readonly EvseId s_b = LedgerWorld.Evse(LedgerWorld.B);

    // 2.00 per kWh, 6.00 per hour parked, 12.00 per hour kept, 1.00 to begin, 10 % on all.
    private static readonly OcpiTariff s_tariff = new(
        Currency.Brl,
        TaxIncluded.No,
        [
            new OcpiElement(
                [new OcpiPrice(PriceDimension.Time, 12_000_000, 100_000, 60)],
                new PriceRestrictions { Reservation = ReservationKind.Reservation }),
            new OcpiElement(
            [
                new OcpiPrice(PriceDimension.Flat, 1_000_000, 100_000, 1),
                new OcpiPrice(PriceDimension.Energy, 2_000_000, 100_000, 1),
                new OcpiPrice(PriceDimension.ParkingTime, 6_000_000, 100_000, 60),
            ]),
        ],
        null,
        null,
        LocalClock.Version);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void Kept_charging_and_parked_time_are_priced_by_the_signed_readings()
    {
        Plug plug = Charging(5_000);
        plug.Report(1, plug.At(minutes: 5), 10_000);

        TransactionEntry entry = plug.End(2, plug.At(minutes: 15), 10_000);

        Assert.Equal(Outcome.Applied, entry.Outcome);
        CdrPrice price = Assert.Single(entry.Effects.OfType<CdrPriced>()).Price;
        Assert.Equal(price.Session, _world.State.Of(Tables.CdrPrices).Keys.Single());
        // Kept 1 minute, begun once, 10 kWh, parked 10 minutes.
        Assert.Equal(4, price.Lines.Length);
        Assert.Equal(new Money(20 + 100 + 2_000 + 100, Currency.Brl), price.BeforeTaxes);
        Assert.Equal(price.AfterTaxes, plug.Cdr.Total);
        Assert.Equal(2_442, plug.Cdr.Total.Amount);
        Assert.Empty(plug.Cdr.Lines);
    }

    [Fact]
    public void The_price_cap_binds_what_is_owed_and_not_what_is_shown()
    {
        Plug plug = Charging(1_000);

        plug.End(1, plug.At(minutes: 15), 10_000);

        Assert.Equal(1_000, plug.Cdr.Total.Amount);
        Assert.True(_world.State.Of(Tables.CdrPrices)[plug.Id].AfterTaxes.Amount > 1_000);
    }

    [Fact]
    public void Readings_beyond_the_limit_replace_the_newest_and_lose_no_energy()
    {
        SessionReadings readings = new(
            "UTC", [new TimedReading(LedgerWorld.Start, 0)]);
        for (int i = 1; i <= LedgerLimits.ReadingsMax + 50; i++)
        {
            readings = readings.With(new Timestamp(LedgerWorld.Start.UnixMs + (i * 1_000)), i);
        }

        Assert.Equal(LedgerLimits.ReadingsMax, readings.Readings.Length);
        Assert.Equal(LedgerLimits.ReadingsMax + 50, readings.Readings[^1].MeterWh);
        Assert.Equal(
            LedgerLimits.ReadingsMax + 50,
            readings.Priced(Window).Periods.Sum(period => period.EnergyWh));
    }

    [Fact]
    public void A_tariff_of_other_time_zones_or_of_a_current_is_refused()
    {
        OcpiTariff old = s_tariff with { TimeZones = "1999a" };
        OcpiTariff current = s_tariff with
        {
            Elements = [s_tariff.Elements[1] with
            {
                Restrictions = new PriceRestrictions { MinCurrentMa = 1 },
            }],
        };

        Assert.Equal(OutcomeCode.OutOfRules, Put(old).Code);
        Assert.Equal(OutcomeCode.OutOfRules, Put(current).Code);
        Assert.Equal(OutcomeCode.NotAllowed, _world.Submit(
            LedgerWorld.A, new PutOcpiTariff(LedgerWorld.TariffOf(LedgerWorld.B), s_tariff))
            .Outcome.Code);
    }

    [Fact]
    public void A_session_that_keeps_the_promise_never_costs_more_than_the_most()
    {
        foreach (string story in new[]
        {
            "12:00 charge 60 20000", "12:00 keep 30 charge 15 20000 park 15",
            "12:00 keep 59 charge 1 1", "12:00 charge 1 20000 park 59",
        })
        {
            PricedSession session = Stories.Of("2026-11-23", story, "UTC");
            TimeWindow window = new(
                session.Periods[0].Window.From, session.Periods[^1].Window.Until);
            Assert.InRange(
                OcpiPricing.Price(s_tariff, session).AfterTaxes.Amount,
                1,
                TariffBook.Most(s_tariff, window, 20_000).Amount);
        }
    }

    private static TimeWindow Window => LedgerWorld.Slot(1);

    private Outcome Put(OcpiTariff tariff) => _world.Submit(
        LedgerWorld.B, new PutOcpiTariff(LedgerWorld.TariffOf(LedgerWorld.B), tariff)).Outcome;

    private Plug Charging(long capAmount)
    {
        Assert.True(Put(s_tariff).IsApplied);
        LegRequest leg = LedgerWorld.Leg(s_b, 1, capAmount) with { Tariff = s_tariff.Hash() };
        TripId trip = _world.Confirm(LedgerWorld.A, leg);
        Plug plug = Plug.Of(_world, new LegId(trip, 1), s_b, 1);
        _world.AppendAt(plug.At(minutes: 2));
        plug.Begin();
        _world.AppendAt(plug.At(minutes: 22));
        return plug;
    }
}
