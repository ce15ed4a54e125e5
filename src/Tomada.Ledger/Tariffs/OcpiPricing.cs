using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Prices a session by an OCPI tariff in full (OCPI 2.2.1, module Tariffs), in exact integers.
/// A session is cut wherever a restriction may begin or end to hold; in each piece the first
/// element that holds and has a dimension prices it. FLAT counts once. The step rounds up only the
/// dimension of time that was priced last, and energy, each by its last price. A reservation is
/// priced by its own elements alone, and rounded by itself; when it expired, those for that come on
/// top.
/// </summary>
public static class OcpiPricing
{
    private const long MsPerHour = 3_600_000;
    private const long WhPerKwh = 1_000;

    /// <summary>
    /// Costs are kept in so many parts of a millionth: the least common multiple of Wh per kWh and
    /// ms per hour.
    /// </summary>
    internal const long PartsPerMicro = MsPerHour;

    private static readonly ReservationKind?[] s_groups =
        [ReservationKind.Reservation, ReservationKind.ReservationExpires, null];

    /// <summary>What the session costs.</summary>
    /// <param name="tariff">The pinned tariff, whose zones this program has
    /// (<see cref="LocalClock.Version"/>).</param>
    /// <param name="session">At most <see cref="LedgerLimits.SessionMsMax"/> long and
    /// <see cref="LedgerLimits.EnergyWhMax"/> large.</param>
    public static SessionPrice Price(OcpiTariff tariff, PricedSession session)
    {
        Invariant.Require(
            tariff.TimeZones == LocalClock.Version,
            $"a tariff's time zones {tariff.TimeZones} are at hand");
        RequireBounded(session);
        List<Tally> tallies = [];
        SessionPieces pieces = new(tariff, session);
        foreach ((ChargingPeriod piece, Stretch at) in pieces.All())
        {
            foreach (ReservationKind? group in s_groups)
            {
                if (IsOf(session, piece, group))
                {
                    Add(tallies, tariff, group, piece, at);
                }
            }
        }

        foreach (ReservationKind? group in s_groups)
        {
            RoundUp([.. tallies.Where(each => each.Group == group)]);
        }

        return PriceSum.Of(tariff, [.. tallies.Select(each => each.ToLine())]);
    }

    /// <summary>A line's exact cost in parts of a millionth.</summary>
    internal static Int128 ExactCost(PriceLine line) => line.Type switch
    {
        PriceDimension.Energy =>
            (Int128)line.Billed * line.PriceMicros * (PartsPerMicro / WhPerKwh),
        PriceDimension.Flat => (Int128)line.PriceMicros * PartsPerMicro,
        _ => (Int128)line.Billed * line.PriceMicros,
    };

    private static void RequireBounded(PricedSession session)
    {
        long energyWh = 0;
        for (int i = 0; i < session.Periods.Length; i++)
        {
            ChargingPeriod period = session.Periods[i];
            energyWh += period.EnergyWh;
            Invariant.Require(
                period.Window.From < period.Window.Until && period.EnergyWh >= 0
                    && (i == 0 || period.Window.From >= session.Periods[i - 1].Window.Until),
                "a session's periods follow one another");
        }

        Invariant.Require(
            session.Periods.IsEmpty || session.Periods[^1].Window.Until.UnixMs
                - session.Periods[0].Window.From.UnixMs <= 2 * LedgerLimits.SessionMsMax,
            "a priced session has bounded length");
        Invariant.Require(
            energyWh <= LedgerLimits.EnergyWhMax, "a priced session has bounded energy");
    }

    private static bool IsOf(PricedSession session, ChargingPeriod piece, ReservationKind? group) =>
        (piece.Activity == Activity.Reserved) == (group is not null)
        && (group != ReservationKind.ReservationExpires || session.ReservationExpired);

    private static void Add(
        List<Tally> tallies,
        OcpiTariff tariff,
        ReservationKind? group,
        ChargingPeriod piece,
        Stretch at)
    {
        bool isParking = piece.Activity == Activity.Parking;
        PriceDimension time = isParking ? PriceDimension.ParkingTime : PriceDimension.Time;
        long lengthMs = piece.Window.Until.UnixMs - piece.Window.From.UnixMs;
        AddOne(time, lengthMs);
        if (piece.EnergyWh > 0)
        {
            AddOne(PriceDimension.Energy, piece.EnergyWh);
        }

        if (!tallies.Exists(each => each.Group == group && each.Price.Type == PriceDimension.Flat))
        {
            AddOne(PriceDimension.Flat, 1);
        }

        void AddOne(PriceDimension dimension, long volume)
        {
            if (FirstOf(tariff, group, at, dimension) is not var (element, price))
            {
                return;
            }

            Tally? known = tallies.Find(
                each => each.Element == element && ReferenceEquals(each.Price, price));
            if (known is null)
            {
                known = new Tally(group, element, price, piece.Window.From);
                tallies.Add(known);
            }

            known.Volume += volume;
            known.Last = piece.Window.From;
        }
    }

    private static (int Element, OcpiPrice Price)? FirstOf(
        OcpiTariff tariff, ReservationKind? group, Stretch at, PriceDimension dimension)
    {
        for (int i = 0; i < tariff.Elements.Length; i++)
        {
            OcpiElement element = tariff.Elements[i];
            if (element.Restrictions?.Reservation != group
                || element.Restrictions?.Hold(at) == false)
            {
                continue;
            }

            foreach (OcpiPrice price in element.Components)
            {
                if (price.Type == dimension)
                {
                    return (i + 1, price);
                }
            }
        }

        return null;
    }

    // OCPI 2.2.1, Tariffs 4.4: the step counts once for time, at its end, and once for energy.
    private static void RoundUp(ImmutableArray<Tally> group)
    {
        Tally? energy = LastOf(group.Where(each => each.Price.Type == PriceDimension.Energy));
        Tally? time = LastOf(group.Where(each =>
            each.Price.Type is PriceDimension.Time or PriceDimension.ParkingTime));
        if (energy is not null)
        {
            Fill(energy, energy.Price.StepSize);
        }

        if (time is not null)
        {
            Fill(time, time.Price.StepSize * 1_000L);
        }

        void Fill(Tally last, long step)
        {
            long total = group.Where(each => each.Price.Type == last.Price.Type)
                .Sum(each => each.Volume);
            last.Step = ((total + step - 1) / step * step) - total;
        }
    }

    private static Tally? LastOf(IEnumerable<Tally> tallies) => tallies.MaxBy(each => each.Last);

    /// <summary>What one price of the tariff adds up to.</summary>
    private sealed class Tally(
        ReservationKind? group, int element, OcpiPrice price, Timestamp from)
    {
        public ReservationKind? Group => group;

        public int Element => element;

        public OcpiPrice Price => price;

        public long Volume { get; set; }

        public long Step { get; set; }

        public Timestamp Last { get; set; }

        public PriceLine ToLine()
        {
            PriceLine line = new(
                price.Type,
                group,
                element,
                from,
                Volume,
                Volume + Step,
                price.PriceMicros,
                price.VatMicros,
                0);
            Int128 cost = TariffEngine.HalfEven(ExactCost(line), PartsPerMicro);
            return line with { CostMicros = (long)cost };
        }
    }
}
