using System.Globalization;
using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>
/// An amount in minor units (centavos, cents) of one currency. Sums are checked: an overflow or two
/// different currencies is a defect, never a wrong number. In JSON {"amount": 1234, "currency":
/// "BRL"}.
/// </summary>
public readonly record struct Money(long Amount, Currency Currency)
{
    /// <summary>Largest amount on the ledger, in minor units, either sign.</summary>
    public const long AmountMax = 1_000_000_000_000_000;

    public static Codec<Money> Codec { get; } = RecordCodec<Money>.Part()
        .Field(1, "amount", money => money.Amount, Codecs.Long(-AmountMax, AmountMax))
        .Field(2, "currency", money => money.Currency, Currency.Codec);

    public static Money Zero(Currency currency) => new(0, currency);

    public static Money operator +(Money left, Money right) =>
        left with { Amount = left.Amount + Same(left, right).Amount };

    public static Money operator -(Money left, Money right) =>
        left with { Amount = left.Amount - Same(left, right).Amount };

    public static Money operator -(Money money) => money with { Amount = -money.Amount };

    /// <summary>For people: "12.34 BRL".</summary>
    public override string ToString()
    {
        int decimals = Currency.Exponent;
        string digits =
            Int128.Abs(Amount).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        string sign = Amount < 0 ? "-" : string.Empty;
        string point = decimals == 0 ? string.Empty : ".";
        return $"{sign}{digits[..^decimals]}{point}{digits[^decimals..]} {Currency}";
    }

    private static Money Same(Money left, Money right)
    {
        Invariant.Require(left.Currency == right.Currency, $"{left} and {right} have one currency");
        return right;
    }
}
