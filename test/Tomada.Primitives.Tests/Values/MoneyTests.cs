using System.Text.Json;
using CsCheck;
using Xunit;

namespace Tomada.Primitives.Tests;

public class MoneyTests
{
    private static readonly Currency s_yen = Currency.Parse("JPY");
    private static readonly Currency s_dinar = Currency.Parse("KWD");

    [Theory]
    [InlineData(1234, "12.34 BRL", "1234 JPY", "1.234 KWD")]
    [InlineData(-1234, "-12.34 BRL", "-1234 JPY", "-1.234 KWD")]
    [InlineData(5, "0.05 BRL", "5 JPY", "0.005 KWD")]
    [InlineData(-5, "-0.05 BRL", "-5 JPY", "-0.005 KWD")]
    [InlineData(0, "0.00 BRL", "0 JPY", "0.000 KWD")]
    [InlineData(long.MinValue, "-92233720368547758.08 BRL", "-9223372036854775808 JPY",
        "-9223372036854775.808 KWD")]
    public void Amounts_are_written_with_the_decimals_of_their_currency(
        long amount, string brl, string jpy, string kwd)
    {
        Assert.Equal(brl, new Money(amount, Currency.Brl).ToString());
        Assert.Equal(jpy, new Money(amount, s_yen).ToString());
        Assert.Equal(kwd, new Money(amount, s_dinar).ToString());
    }

    [Fact]
    public void Sums_are_exact() =>
        Gen.Select(Gen.Long[-Money.AmountMax, Money.AmountMax], Gen.Int).Sample((one, other) =>
        {
            Money sum = new Money(one, Currency.Brl) + new Money(other, Currency.Brl);
            Assert.Equal(one + other, sum.Amount);
            Assert.Equal(new Money(one, Currency.Brl), sum - new Money(other, Currency.Brl));
            Assert.Equal(Money.Zero(Currency.Brl), sum + -sum);
        });

    [Fact]
    public void A_sum_that_overflows_is_a_defect() => Assert.Throws<OverflowException>(
        () => new Money(long.MaxValue, Currency.Eur) + new Money(1, Currency.Eur));

    [Fact]
    public void A_sum_of_two_currencies_is_a_defect()
    {
        Assert.Throws<InvariantBrokenException>(
            () => Money.Zero(Currency.Brl) + Money.Zero(Currency.Eur));
        Assert.Throws<InvariantBrokenException>(
            () => Money.Zero(Currency.Brl) - Money.Zero(Currency.Eur));
    }

    [Theory]
    [InlineData("""{"amount":1,"currency":"BRL"}""", null)]
    [InlineData("""{"amount":1000000000000000,"currency":"BRL"}""", null)]
    [InlineData(
        """{"amount":1000000000000001,"currency":"BRL"}""",
        "amount: 1000000000000001 is not an integer")]
    [InlineData(
        """{"amount":-1000000000000001,"currency":"BRL"}""", "amount: -1000000000000001 is not")]
    [InlineData("""{"amount":1.0,"currency":"BRL"}""", "amount: is not an integer")]
    [InlineData("""{"amount":1,"currency":"brl"}""", "currency: 'brl' is not an ISO 4217 code")]
    [InlineData("""{"amount":1,"currency":"R$"}""", "currency: is not text of 3 to 3")]
    [InlineData("""{"amount":1}""", "currency: is missing; it is an ISO 4217 code")]
    public void Json_amounts_are_whole_minor_units(string text, string? reason)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        bool ok = Money.Codec.TryReadJson(json.RootElement, out _, out string? why);
        Assert.Equal(reason is null, ok);
        Assert.StartsWith(reason ?? string.Empty, why ?? string.Empty);
    }

    [Fact]
    public void No_currency_is_never_written() =>
        Assert.Throws<InvariantBrokenException>(() => Money.Codec.Encode(default));
}
