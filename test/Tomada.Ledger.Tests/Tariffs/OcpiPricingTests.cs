using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Tariffs;

public sealed class OcpiPricingTests
{
    private const string Berlin = "Europe/Berlin";

    private static readonly Gen<OcpiPrice> s_price = Gen.Select(
        Gen.Enum<PriceDimension>(),
        Gen.OneOf(Gen.Long[0, 5_000_000], Gen.Long[0, 1_000_000_000_000]),
        Gen.Int[0, 1_000_000],
        Gen.Int[1, 86_400],
        (type, price, vat, step) => new OcpiPrice(type, price, vat, step));

    private static readonly Gen<PriceRestrictions> s_restrictions = Gen.Select(
        Gen.Int[0, 1439],
        Gen.Int[0, 1439],
        Gen.Int[0, 50_000],
        Gen.Int[0, 20_000],
        Gen.Int[0, 63],
        (start, end, wh, seconds, which) => new PriceRestrictions
        {
            StartTime = (which & 1) == 0 ? null : new TimeOnly(start / 60, start % 60),
            EndTime = (which & 2) == 0 ? null : new TimeOnly(end / 60, end % 60),
            MinWh = (which & 4) == 0 ? null : wh,
            MaxDurationS = (which & 8) == 0 ? null : seconds,
            MinPowerW = (which & 16) == 0 ? null : wh,
            Days = (which & 32) == 0 ? [] : [Weekday.Sunday, Weekday.Monday],
        });

    private static readonly Gen<OcpiTariff> s_tariff = Gen.Select(
        Gen.Select(s_price, s_restrictions, (price, restrictions) =>
            new OcpiElement([price], restrictions)).Array[1, 5],
        Gen.Enum<TaxIncluded>(),
        (elements, tax) => new OcpiTariff(
            Currency.Eur, tax, [.. elements], null, null, LocalClock.Version));

    private static readonly Gen<PricedSession> s_session = Gen.Select(
        Gen.Int[0, 300], Gen.Int[1, 600], Gen.Int[0, 90_000], Gen.Int[0, 300], Gen.Int[0, 364],
        (keep, charge, wh, park, day) => Stories.Of(
            new DateOnly(2026, 1, 1).AddDays(day).ToString("yyyy-MM-dd"),
            (keep == 0 ? "22:00" : $"22:00 keep {keep}") + $" charge {charge} {wh}"
                + (park == 0 ? "" : $" park {park}"),
            Berlin));

    [Fact]
    public void The_time_zones_are_of_the_version_that_this_program_was_tested_with() =>
        Assert.Equal("2026d", LocalClock.Version);

    [Theory]
    [InlineData("2026-03-28", "01:00", 60)] // an ordinary night
    [InlineData("2026-03-29", "01:00", 60)] // 02:00 becomes 03:00: an hour of cheap time is missing
    [InlineData("2026-10-25", "01:00", 120)] // 02:00 to 03:00 comes twice
    public void A_night_price_follows_the_clock_through_gap_and_fold(
        string date, string at, int cheapMinutes)
    {
        // Dear at 6.00 an hour but from 02:00 to 03:00, which is free, over three hours.
        bool isGap = date == "2026-03-29";
        OcpiTariff tariff = Tariff(
            new OcpiElement([Hour(0)], Between("02:00", "03:00")),
            new OcpiElement([Hour(6_000_000)]));

        SessionPrice price = OcpiPricing.Price(
            tariff, Stories.Of(date, $"{at} charge 240 0", Berlin));

        int free = isGap ? 0 : cheapMinutes;
        Assert.Equal((240 - free) * 100_000L, price.BeforeTaxesMicros);
    }

    [Fact]
    public void A_price_that_begins_inside_a_gap_begins_when_the_gap_ends()
    {
        OcpiTariff tariff = Tariff(
            new OcpiElement([Hour(6_000_000)], Between("02:30", "04:00")),
            new OcpiElement([Hour(0)]));

        // From 01:00 to 04:00 by the clock are two hours that night, one of them after the gap.
        SessionPrice price = OcpiPricing.Price(
            tariff, Stories.Of("2026-03-29", "01:00 charge 120 0", Berlin));

        Assert.Equal(6_000_000, price.BeforeTaxesMicros);
    }

    [Fact]
    public void A_price_over_midnight_holds_on_both_sides_of_it()
    {
        OcpiTariff tariff = Tariff(
            new OcpiElement([Hour(6_000_000)], Between("22:00", "06:00")),
            new OcpiElement([Hour(0)]));

        Assert.Equal(48_000_000, OcpiPricing.Price(
            tariff, Stories.Of("2026-06-01", "21:00 charge 600 0", Berlin)).BeforeTaxesMicros);
    }

    [Fact]
    public void A_zone_nobody_knows_counts_as_UTC()
    {
        OcpiTariff tariff = Tariff(new OcpiElement([Hour(6_000_000)], Between("12:00", "13:00")));
        PricedSession session = Stories.Of("2026-06-01", "11:00 charge 240 0", "UTC");

        Assert.Equal(
            OcpiPricing.Price(tariff, session).BeforeTaxesMicros,
            OcpiPricing.Price(tariff, session with { TimeZone = "Mars/Base" }).BeforeTaxesMicros);
        Assert.False(LocalClock.IsZone("Mars/Base"));
        Assert.True(LocalClock.IsZone("America/Noronha"));
    }

    [Fact]
    public void Energy_beyond_an_amount_has_its_own_price()
    {
        OcpiTariff tariff = Tariff(
            new OcpiElement(
                [Kwh(1_000_000)], new PriceRestrictions { MaxWh = 20_000 }),
            new OcpiElement([Kwh(2_000_000)], new PriceRestrictions { MinWh = 20_000 }));

        SessionPrice price = OcpiPricing.Price(
            tariff, Stories.Of("2026-06-01", "11:00 charge 37 31000", Berlin));

        Assert.Equal(20_000_000 + 22_000_000, price.BeforeTaxesMicros);
    }

    [Fact]
    public void Parking_may_be_free_for_its_first_hour_of_the_session()
    {
        OcpiTariff tariff = Tariff(new OcpiElement(
            [new OcpiPrice(PriceDimension.ParkingTime, 6_000_000, null, 1)],
            new PriceRestrictions { MinDurationS = 3_600 }));

        Assert.Equal(3_000_000, OcpiPricing.Price(
            tariff, Stories.Of("2026-06-01", "11:00 charge 20 5000 park 70", Berlin))
            .BeforeTaxesMicros);
    }

    [Fact]
    public void A_current_that_nobody_measured_meets_no_restriction_on_it()
    {
        OcpiTariff tariff = Tariff(new OcpiElement(
            [Hour(6_000_000)], new PriceRestrictions { MaxCurrentMa = 32_000 }));

        Assert.Empty(OcpiPricing.Price(
            tariff, Stories.Of("2026-06-01", "11:00 charge 60 5000", Berlin)).Lines);
        Assert.Single(OcpiPricing.Price(
            tariff, Stories.Of("2026-06-01", "11:00 charge 60 5000 16000", Berlin)).Lines);
    }

    [Fact]
    public void Dates_end_before_their_last_day()
    {
        OcpiTariff tariff = Tariff(new OcpiElement([Hour(6_000_000)], new PriceRestrictions
        {
            StartDate = new DateOnly(2026, 6, 1),
            EndDate = new DateOnly(2026, 6, 2),
        }));

        Assert.Equal(6_000_000, OcpiPricing.Price(
            tariff, Stories.Of("2026-06-01", "23:00 charge 120 0", Berlin)).BeforeTaxesMicros);
        Assert.Equal(0, OcpiPricing.Price(
            tariff, Stories.Of("2026-05-31", "22:00 charge 120 0", Berlin)).BeforeTaxesMicros);
    }

    [Theory]
    [InlineData(TaxIncluded.Yes, 10_000_000, 11_000_000)]
    [InlineData(TaxIncluded.No, 11_000_000, 12_100_000)]
    [InlineData(TaxIncluded.NotApplicable, 11_000_000, 11_000_000)]
    public void Taxes_are_inside_on_top_or_none(TaxIncluded tax, long before, long after)
    {
        OcpiTariff tariff = Tariff(
            new OcpiElement([new OcpiPrice(PriceDimension.Flat, 11_000_000, 100_000, 1)])) with
        {
            TaxIncluded = tax,
        };

        SessionPrice price = OcpiPricing.Price(
            tariff, Stories.Of("2026-06-01", "11:00 charge 60 0", Berlin));

        Assert.Equal((before, after), (price.BeforeTaxesMicros, price.AfterTaxesMicros));
    }

    [Fact]
    public void A_limit_before_taxes_alone_keeps_the_share_of_the_taxes()
    {
        OcpiTariff tariff = Tariff(
            new OcpiElement([new OcpiPrice(PriceDimension.Flat, 20_000_000, 100_000, 1)])) with
        {
            MaxPrice = new PriceLimit(10_000_000, null),
        };

        SessionPrice price = OcpiPricing.Price(
            tariff, Stories.Of("2026-06-01", "11:00 charge 60 0", Berlin));

        Assert.Equal((10_000_000, 11_000_000), (price.BeforeTaxesMicros, price.AfterTaxesMicros));
        Assert.Equal(MetLimit.MaxPrice, price.Limit);
    }

    [Fact]
    public void A_tariff_of_other_time_zones_is_not_priced()
    {
        OcpiTariff tariff = Tariff(new OcpiElement([Hour(1)])) with { TimeZones = "1999a" };

        Assert.Throws<InvariantBrokenException>(() => OcpiPricing.Price(
            tariff, Stories.Of("2026-06-01", "11:00 charge 60 0", Berlin)));
    }

    [Fact]
    public void Every_millisecond_and_Wh_is_measured_once() =>
        Gen.Select(s_tariff, s_session).Sample((tariff, session) =>
        {
            OcpiTariff open = tariff with
            {
                Elements =
                [
                    .. tariff.Elements,
                    new OcpiElement([.. Enum.GetValues<PriceDimension>().Select(
                        type => new OcpiPrice(type, 1, null, 1))]),
                ],
            };
            PricedSession used = session with
            {
                Periods = [.. session.Periods.Where(x => x.Activity != Activity.Reserved)],
            };
            SessionPrice price = OcpiPricing.Price(open, used);
            long ms = price.Lines.Where(line =>
                line.Type is PriceDimension.Time or PriceDimension.ParkingTime).Sum(x => x.Volume);
            long wh = price.Lines.Where(x => x.Type == PriceDimension.Energy).Sum(x => x.Volume);
            return ms == used.Periods.Sum(x => x.Window.Until.UnixMs - x.Window.From.UnixMs)
                && wh == used.Periods.Sum(x => x.EnergyWh)
                && price.Lines.Count(x => x.Type == PriceDimension.Flat) == 1;
        });

    [Fact]
    public void A_session_cut_in_two_anywhere_costs_the_same() =>
        Gen.Select(s_tariff, s_session).Sample((tariff, session) =>
        {
            // The same power on both sides: an even split of an even energy.
            PricedSession cut = session with
            {
                Periods = [.. session.Periods.SelectMany(period =>
                {
                    long middle =
                        (period.Window.From.UnixMs + period.Window.Until.UnixMs) / 2;
                    return period.EnergyWh % 2 == 1 ? [period] : new[]
                    {
                        period with
                        {
                            Window = period.Window with { Until = new Timestamp(middle) },
                            EnergyWh = period.EnergyWh / 2,
                        },
                        period with
                        {
                            Window = period.Window with { From = new Timestamp(middle) },
                            EnergyWh = period.EnergyWh / 2,
                        },
                    };
                })],
            };
            OcpiTariff plain = tariff with
            {
                // Energy is told apart in whole Wh, at instants that a cut may move by one.
                Elements = [.. tariff.Elements.Where(x => x.Components[0].Type
                    != PriceDimension.Energy && x.Restrictions!.MinWh is null)
                    .Append(new OcpiElement([Hour(1)]))],
            };
            return OcpiPricing.Price(plain, session).AfterTaxesMicros
                == OcpiPricing.Price(plain, cut).AfterTaxesMicros;
        });

    [Fact]
    public void A_tariff_survives_its_bytes_and_its_JSON() => s_tariff.Sample(tariff =>
    {
        byte[] bytes = OcpiTariff.Codec.Encode(tariff);
        return OcpiTariff.Codec.Encode(OcpiTariff.Codec.Decode(bytes)).SequenceEqual(bytes);
    });

    private static OcpiTariff Tariff(params OcpiElement[] elements) => new(
        Currency.Eur, TaxIncluded.No, [.. elements], null, null, LocalClock.Version);

    private static OcpiPrice Hour(long micros) => new(PriceDimension.Time, micros, null, 1);

    private static OcpiPrice Kwh(long micros) => new(PriceDimension.Energy, micros, null, 1);

    private static PriceRestrictions Between(string start, string end) => new()
    {
        StartTime = TimeOnly.Parse(start, null),
        EndTime = TimeOnly.Parse(end, null),
    };
}
