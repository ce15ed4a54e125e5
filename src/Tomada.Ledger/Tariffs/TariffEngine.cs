using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Prices a session as OCPI 2.2.1 (module Tariffs) says, in exact integers: every replica and every
/// auditor computes the same amount from the same tariff.
/// </summary>
/// <remarks>
/// A price is in millionths per kWh, per hour or per session, a volume in Wh, seconds or sessions.
/// Products are kept over their common denominator, 1/18,000 of a millionth, and the sum is rounded
/// once, half-even, to the currency's exponent. Nothing can overflow: with a price of at most 10^12
/// and a volume of at most 2^50 a product stays below 10^32, and Int128 holds 10^38.
/// </remarks>
public static class TariffEngine
{
    private const long WhPerKwh = 1_000;
    private const long SecondsPerHour = 3_600;
    private const long MsPerSecond = 1_000;

    // The least common multiple of 1,000 (Wh per kWh) and 3,600 (seconds per hour).
    private const long UnitsPerMicro = 18_000;

    /// <summary>What the session costs.</summary>
    /// <param name="tariff">The pinned tariff.</param>
    /// <param name="period">Start to end, <see cref="LedgerLimits.SessionMsMax"/> at most.</param>
    /// <param name="energyWh">0 to <see cref="LedgerLimits.EnergyWhMax"/>.</param>
    /// <returns>One line per priced dimension, and their sum rounded once.</returns>
    public static (ImmutableArray<CdrLine> Lines, Money Total) Price(
        Tariff tariff, TimeWindow period, long energyWh)
    {
        long lengthMs = period.Until.UnixMs - period.From.UnixMs;
        Invariant.Require(
            lengthMs is > 0 and <= LedgerLimits.SessionMsMax,
            "a priced session has bounded length");
        Invariant.Require(
            energyWh is >= 0 and <= LedgerLimits.EnergyWhMax,
            "a priced session has bounded energy");

        ImmutableArray<CdrLine>.Builder lines = ImmutableArray.CreateBuilder<CdrLine>();
        foreach (TariffDimension dimension in Enum.GetValues<TariffDimension>())
        {
            if (FirstOf(tariff, dimension) is { } component)
            {
                lines.Add(Line(component, lengthMs, energyWh));
            }
        }

        ImmutableArray<CdrLine> priced = lines.ToImmutable();
        return (priced, Total(priced, tariff.Currency));
    }

    /// <summary>The lines' exact sum, rounded once, half-even, to minor units.</summary>
    public static Money Total(ImmutableArray<CdrLine> lines, Currency currency)
    {
        Int128 sum = Int128.Zero;
        foreach (CdrLine line in lines)
        {
            sum += ExactCost(line);
        }

        Int128 unitsPerMinor = UnitsPerMicro;
        for (int decimals = currency.Exponent; decimals < 6; decimals++)
        {
            unitsPerMinor *= 10;
        }

        Int128 amount = HalfEven(sum, unitsPerMinor);
        Invariant.Require(amount <= Money.AmountMax, "the ledger can carry a CDR's total");
        return new Money((long)amount, currency);
    }

    /// <summary>A line's exact cost in 18,000ths of a millionth of the currency.</summary>
    public static Int128 ExactCost(CdrLine line) =>
        (Int128)line.Volume * line.PriceMicros * (UnitsPerMicro / VolumePerPrice(line.Type));

    /// <summary>Divides; neither is negative, and a half goes to the even neighbour.</summary>
    public static Int128 HalfEven(Int128 numerator, Int128 denominator)
    {
        (Int128 quotient, Int128 rest) = Int128.DivRem(numerator, denominator);
        Int128 twice = rest * 2;
        bool up = twice > denominator || (twice == denominator && Int128.IsOddInteger(quotient));
        return up ? quotient + 1 : quotient;
    }

    // OCPI 2.2.1, Tariff object: of several elements with the same dimension the first one counts.
    private static PriceComponent? FirstOf(Tariff tariff, TariffDimension dimension)
    {
        foreach (TariffElement element in tariff.Elements)
        {
            foreach (PriceComponent component in element.Components)
            {
                if (component.Type == dimension)
                {
                    return component;
                }
            }
        }

        return null;
    }

    private static CdrLine Line(PriceComponent component, long lengthMs, long energyWh)
    {
        // step_size rounds the whole session's volume up, once, at its end.
        long volume = component.Type switch
        {
            TariffDimension.Energy => RoundUp(energyWh, component.StepSize) * component.StepSize,
            TariffDimension.Time =>
                RoundUp(lengthMs, component.StepSize * MsPerSecond) * component.StepSize,
            TariffDimension.Flat => 1,
            _ => throw new UnreachableException(component.Type.ToString()),
        };
        CdrLine line = new(component.Type, volume, component.PriceMicros, 0);
        return line with { CostMicros = (long)HalfEven(ExactCost(line), UnitsPerMicro) };
    }

    private static long RoundUp(long volume, long step) => (volume + step - 1) / step;

    private static long VolumePerPrice(TariffDimension dimension) => dimension switch
    {
        TariffDimension.Energy => WhPerKwh,
        TariffDimension.Time => SecondsPerHour,
        TariffDimension.Flat => 1,
        _ => throw new UnreachableException(dimension.ToString()),
    };
}
