using System.Collections.Immutable;
using System.Numerics;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// The sum of a session's lines before and after taxes, kept exact until one rounding of each.
/// </summary>
internal static class PriceSum
{
    private const long Million = 1_000_000;

    // Sums are in parts of OcpiPricing.PartsPerMicro times a million: a tax is in millionths.
    private static readonly BigInteger s_perMicro = (BigInteger)OcpiPricing.PartsPerMicro * Million;

    public static SessionPrice Of(OcpiTariff tariff, ImmutableArray<PriceLine> lines)
    {
        BigInteger before = BigInteger.Zero;
        BigInteger after = BigInteger.Zero;
        foreach (PriceLine line in lines)
        {
            BigInteger cost = OcpiPricing.ExactCost(line);
            BigInteger vat = tariff.TaxIncluded == TaxIncluded.NotApplicable
                ? 0
                : line.VatMicros ?? 0;
            bool isInside = tariff.TaxIncluded == TaxIncluded.Yes;
            before += isInside
                ? HalfEven(cost * Million * Million, Million + vat)
                : cost * Million;
            after += isInside ? cost * Million : cost * (Million + vat);
        }

        MetLimit limit = MetLimit.None;
        if (tariff.MaxPrice is { } max && IsBeyond(max, isMax: true))
        {
            Apply(max, isMax: true);
            limit = MetLimit.MaxPrice;
        }
        else if (tariff.MinPrice is { } min && IsBeyond(min, isMax: false))
        {
            Apply(min, isMax: false);
            limit = MetLimit.MinPrice;
        }

        return new SessionPrice(
            lines,
            (long)HalfEven(before, s_perMicro),
            (long)HalfEven(after, s_perMicro),
            Round(before, tariff.Currency),
            Round(after, tariff.Currency),
            limit);

        bool IsBeyond(PriceLimit price, bool isMax) =>
            Beyond(before, price.BeforeTaxesMicros, isMax)
            || (price.AfterTaxesMicros is { } micros && Beyond(after, micros, isMax));

        // The two amounts of a limit hold each for itself; one that is not given keeps the share
        // of the taxes.
        void Apply(PriceLimit price, bool isMax)
        {
            BigInteger bound = price.BeforeTaxesMicros * s_perMicro;
            bool isBound = isMax ? before > bound : before < bound;
            if (price.AfterTaxesMicros is { } micros)
            {
                BigInteger with = micros * s_perMicro;
                after = isMax ? BigInteger.Min(after, with) : BigInteger.Max(after, with);
            }
            else if (isBound)
            {
                after = before.IsZero ? bound : HalfEven(after * bound, before);
            }

            before = isBound ? bound : before;
        }
    }

    private static bool Beyond(BigInteger sum, long micros, bool isMax) =>
        isMax ? sum > micros * s_perMicro : sum < micros * s_perMicro;

    private static Money Round(BigInteger sum, Currency currency)
    {
        BigInteger perMinor = s_perMicro * BigInteger.Pow(10, 6 - currency.Exponent);
        BigInteger amount = HalfEven(sum, perMinor);
        Invariant.Require(amount <= Money.AmountMax, "the ledger can carry a session's price");
        return new Money((long)amount, currency);
    }

    private static BigInteger HalfEven(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int side = (rest * 2).CompareTo(denominator);
        return side > 0 || (side == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
