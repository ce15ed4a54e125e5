using System.Collections.Immutable;
using System.Numerics;
using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Tariffs;

public sealed class TariffEngineTests
{
    private static readonly Timestamp s_start = Timestamp.Parse("2026-11-23T14:00:00Z");

    private static readonly Gen<PriceComponent> s_component = Gen.Select(
        Gen.Enum<TariffDimension>(),
        Gen.OneOf(Gen.Long[0, 5_000_000], Gen.Long[0, 1_000_000_000_000]),
        Gen.OneOf(Gen.Int[1, 10], Gen.Int[1, 86_400]),
        (type, price, step) => new PriceComponent(type, price, step));

    private static readonly Gen<Tariff> s_tariff = Gen.Select(
        Gen.OneOf(Currency.Brl, Currency.Parse("JPY"), Currency.Parse("KWD")),
        s_component.Array[1, 4].Select(x => new TariffElement([.. x])).Array[1, 3],
        (currency, elements) => new Tariff(currency, [.. elements]));

    private static readonly Gen<long> s_energyWh =
        Gen.OneOf(Gen.Long[0, 200], Gen.Long[0, LedgerLimits.EnergyWhMax]);

    private static readonly Gen<long> s_lengthMs =
        Gen.OneOf(Gen.Long[1, 10_000], Gen.Long[1, LedgerLimits.SessionMsMax]);

    [Theory]
    [InlineData(1, 116)]
    [InlineData(25, 125)]
    [InlineData(500, 500)]
    public void A_step_rounds_the_energy_of_the_whole_session_up(int stepWh, long billedWh)
    {
        // 115.2 Wh in OCPI's example; a meter here counts whole Wh, and shows 116 then.
        Tariff tariff = Tariff(new PriceComponent(TariffDimension.Energy, 250_000, stepWh));

        Assert.Equal(billedWh, Assert.Single(Price(tariff, 1, 116).Lines).Volume);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1_000, 1, 1)]
    [InlineData(1_001, 1, 2)]
    [InlineData(299_999, 300, 300)]
    [InlineData(300_000, 300, 300)]
    [InlineData(300_001, 300, 600)]
    public void A_step_rounds_time_up_from_the_millisecond(long ms, int step, long billed)
    {
        Tariff tariff = Tariff(new PriceComponent(TariffDimension.Time, 1, step));

        Assert.Equal(billed, Assert.Single(Price(tariff, ms, 0).Lines).Volume);
    }

    [Theory]
    [InlineData(5_000, 0)]
    [InlineData(5_001, 1)]
    [InlineData(14_999, 1)]
    [InlineData(15_000, 2)]
    [InlineData(25_000, 2)]
    [InlineData(25_001, 3)]
    public void Half_a_centavo_goes_to_the_even_one(long flatMicros, long centavos)
    {
        Tariff tariff = Tariff(new PriceComponent(TariffDimension.Flat, flatMicros, 1));

        Assert.Equal(new Money(centavos, Currency.Brl), Price(tariff, 1, 0).Total);
    }

    [Theory]
    [InlineData("JPY", 2)]
    [InlineData("BRL", 150)]
    [InlineData("KWD", 1_500)]
    public void A_total_has_the_decimals_of_its_currency(string currency, long amount)
    {
        PriceComponent flat = new(TariffDimension.Flat, 1_500_000, 1);
        Tariff tariff = new(Currency.Parse(currency), [new TariffElement([flat])]);

        Assert.Equal(amount, Price(tariff, 1, 0).Total.Amount);
    }

    [Fact]
    public void The_sum_is_rounded_once_and_not_each_line()
    {
        // 0.4 centavo three times is 1.2 centavos; line by line it would be nothing.
        Tariff tariff = Tariff(
            new PriceComponent(TariffDimension.Flat, 4_000, 1),
            new PriceComponent(TariffDimension.Energy, 4_000, 1),
            new PriceComponent(TariffDimension.Time, 4_000, 1));

        Assert.Equal(1, Price(tariff, 3_600_000, 1_000).Total.Amount);
    }

    [Fact]
    public void Fractions_of_a_millionth_are_not_lost()
    {
        // 1 micro per kWh for 500 Wh and 1 micro per hour for half an hour make the last micro.
        Tariff tariff = Tariff(
            new PriceComponent(TariffDimension.Flat, 4_999, 1),
            new PriceComponent(TariffDimension.Energy, 1, 1),
            new PriceComponent(TariffDimension.Time, 1, 1));

        Assert.Equal(0, Price(tariff, 1_800_000, 500).Total.Amount);
        Assert.Equal(1, Price(tariff, 1_801_000, 500).Total.Amount);
    }

    [Fact]
    public void The_first_element_that_has_a_dimension_prices_it()
    {
        Tariff tariff = new(Currency.Brl, [
            new TariffElement([new PriceComponent(TariffDimension.Flat, 1_000_000, 1)]),
            new TariffElement([
                new PriceComponent(TariffDimension.Flat, 9_000_000, 1),
                new PriceComponent(TariffDimension.Energy, 2_000_000, 1)]),
            new TariffElement([new PriceComponent(TariffDimension.Energy, 9_000_000, 1)])]);

        Assert.Equal(new Money(2_100, Currency.Brl), Price(tariff, 1, 10_000).Total);
    }

    [Fact]
    public void A_dimension_without_a_price_costs_nothing_and_has_no_line()
    {
        Tariff tariff = Tariff(new PriceComponent(TariffDimension.Flat, 0, 1));

        var (lines, total) = Price(tariff, 1, 50_000);

        Assert.Equal(TariffDimension.Flat, Assert.Single(lines).Type);
        Assert.Equal(Money.Zero(Currency.Brl), total);
    }

    [Fact]
    public void The_largest_session_at_the_highest_prices_does_not_overflow()
    {
        const long priceMax = 1_000_000_000_000;
        Tariff tariff = new(Currency.Parse("KWD"), [new TariffElement([
            new PriceComponent(TariffDimension.Flat, priceMax, 1),
            new PriceComponent(TariffDimension.Energy, priceMax, 86_400),
            new PriceComponent(TariffDimension.Time, priceMax, 86_400)])]);

        var (lines, total) = Price(tariff, LedgerLimits.SessionMsMax, LedgerLimits.EnergyWhMax);

        Assert.InRange(total.Amount, 1, Money.AmountMax);
        Assert.All(lines, line => Assert.Equal(line, RoundTrip(line)));
    }

    [Fact]
    public void A_session_longer_than_the_limit_is_a_defect()
    {
        Tariff tariff = Tariff(new PriceComponent(TariffDimension.Flat, 1, 1));

        Assert.Throws<InvariantBrokenException>(
            () => Price(tariff, LedgerLimits.SessionMsMax + 1, 0));
        Assert.Throws<InvariantBrokenException>(
            () => Price(tariff, 1, LedgerLimits.EnergyWhMax + 1));
    }

    [Fact]
    public void A_price_never_falls_when_energy_or_time_grows() =>
        Gen.Select(s_tariff, s_energyWh, s_energyWh, s_lengthMs, s_lengthMs)
            .Sample((tariff, wh1, wh2, ms1, ms2) =>
                Price(tariff, Math.Min(ms1, ms2), Math.Min(wh1, wh2)).Total.Amount
                    <= Price(tariff, Math.Max(ms1, ms2), Math.Max(wh1, wh2)).Total.Amount);

    [Fact]
    public void A_total_is_the_rounded_sum_of_its_lines_by_another_arithmetic() =>
        Gen.Select(s_tariff, s_energyWh, s_lengthMs).Sample((tariff, energy, length) =>
        {
            var (lines, total) = Price(tariff, length, energy);
            BigInteger units = lines.Aggregate(BigInteger.Zero, (sum, line) => sum + Units(line));
            BigInteger perMinor = 18_000 * BigInteger.Pow(10, 6 - tariff.Currency.Exponent);
            return total.Amount == NearestEven(units, perMinor)
                && lines.All(line => line.CostMicros == NearestEven(Units(line), 18_000))
                && lines.Select(line => line.Type).Distinct().Count() == lines.Length;
        });

    [Fact]
    public void A_billed_volume_is_the_next_multiple_of_the_step() =>
        Gen.Select(s_component, s_energyWh, s_lengthMs).Sample((component, energy, length) =>
        {
            CdrLine line = Price(Tariff(component), length, energy).Lines.Single();
            (long thousandths, long billed) = component.Type switch
            {
                TariffDimension.Energy => (energy * 1_000, line.Volume * 1_000),
                TariffDimension.Time => (length, line.Volume * 1_000),
                _ => (1_000, line.Volume * 1_000),
            };
            long step = 1_000L * (component.Type == TariffDimension.Flat ? 1 : component.StepSize);
            return billed % step == 0 && billed >= thousandths && billed - thousandths < step;
        });

    private static (ImmutableArray<CdrLine> Lines, Money Total) Price(
        Tariff tariff, long ms, long wh) =>
        TariffEngine.Price(tariff, new TimeWindow(s_start, new Timestamp(s_start.UnixMs + ms)), wh);

    private static Tariff Tariff(params ImmutableArray<PriceComponent> components) =>
        new(Currency.Brl, [new TariffElement(components)]);

    private static BigInteger Units(CdrLine line) => (BigInteger)line.Volume * line.PriceMicros
        * line.Type switch { TariffDimension.Energy => 18, TariffDimension.Time => 5, _ => 18_000 };

    private static BigInteger NearestEven(BigInteger numerator, BigInteger denominator)
    {
        BigInteger below = numerator / denominator;
        int side = (2 * (numerator - (below * denominator))).CompareTo(denominator);
        return side > 0 || (side == 0 && !below.IsEven) ? below + 1 : below;
    }

    private static CdrLine RoundTrip(CdrLine line) =>
        CdrLine.Codec.Decode(CdrLine.Codec.Encode(line));
}
