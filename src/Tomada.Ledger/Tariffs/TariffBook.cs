using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>What the ledger's tariffs of either version say before a session.</summary>
public static class TariffBook
{
    /// <summary>The currency of a tariff's content; null when it is not on the ledger.</summary>
    public static Currency? CurrencyOf(LedgerState state, Digest tariff) =>
        state.Tariffs.TryGetValue(tariff, out Tariff? simple) ? simple.Currency
        : state.OcpiTariffs.TryGetValue(tariff, out OcpiTariff? full) ? full.Currency
        : null;

    /// <summary>
    /// What a session costs that charges so much energy evenly over a window, taxes included.
    /// </summary>
    /// <param name="state">The ledger.</param>
    /// <param name="evse">An EVSE on it, whose location's zone and present tariff count.</param>
    /// <param name="charging">At most <see cref="LedgerLimits.SessionMsMax"/>.</param>
    /// <param name="energyWh">0 to <see cref="LedgerLimits.EnergyWhMax"/>.</param>
    public static Money Estimate(
        LedgerState state, EvseId evse, TimeWindow charging, long energyWh)
    {
        PutEvse published = state.Evses[evse].Published;
        Digest hash = state.TariffHashes[published.Tariff];
        return state.OcpiTariffs.TryGetValue(hash, out OcpiTariff? tariff)
            ? OcpiPricing.Price(
                tariff,
                new PricedSession(
                    [new ChargingPeriod(charging, Activity.Charging, energyWh)],
                    false,
                    state.Locations[published.Location].TimeZone)).AfterTaxes
            : TariffEngine.Price(state.Tariffs[hash], charging, energyWh).Total;
    }

    /// <summary>
    /// The most that a session within a window and an energy can cost: every volume in full, each
    /// at its highest price. A cap for a leg, which no session that keeps the promise meets.
    /// </summary>
    public static Money Most(LedgerState state, Digest tariff, TimeWindow window, long energyWh) =>
        state.OcpiTariffs.TryGetValue(tariff, out OcpiTariff? full)
            ? Most(full, window, energyWh)
            : TariffEngine.Price(state.Tariffs[tariff], window, energyWh).Total;

    internal static Money Most(OcpiTariff tariff, TimeWindow window, long energyWh)
    {
        // Steps round each volume up by less than one of them; a reservation and a session, two.
        ImmutableArray<OcpiPrice> prices = [.. tariff.Elements.SelectMany(x => x.Components)];
        int step = prices.Max(each => each.StepSize);
        OcpiPrice? flat = Dearest(PriceDimension.Flat);
        OcpiPrice?[] dearest =
        [
            Dearest(PriceDimension.Energy),
            Dearest(PriceDimension.Time, PriceDimension.ParkingTime),
            flat,
        ];
        OcpiTariff worst = tariff with
        {
            Elements = [.. dearest.OfType<OcpiPrice>()
                .Select(price => new OcpiElement([price with { StepSize = 1 }]))],
        };
        Money most = At(
            worst, new Timestamp(window.Until.UnixMs + (2_000L * step)), energyWh + (2 * step));

        // A reservation has a FLAT of its own, and nothing but a maximum bounds the two.
        return flat is null || tariff.MaxPrice is not null ? most : most + At(
            worst with { Elements = [new OcpiElement([flat])], MinPrice = null }, window.Until, 0);

        Money At(OcpiTariff priced, Timestamp until, long wh) => OcpiPricing.Price(
            priced,
            new PricedSession(
                [new ChargingPeriod(
                    window with { Until = until },
                    Activity.Charging,
                    Math.Min(wh, LedgerLimits.EnergyWhMax))],
                false,
                "UTC")).AfterTaxes;

        OcpiPrice? Dearest(params PriceDimension[] types)
        {
            OcpiPrice? most = prices.Where(each => types.Contains(each.Type))
                .MaxBy(each => each.PriceMicros);
            return most is null ? null : most with
            {
                Type = types[0],
                VatMicros = prices.Max(each => each.VatMicros),
            };
        }
    }
}
