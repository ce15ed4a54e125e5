using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>What a station's meter showed at a time.</summary>
public sealed record TimedReading(Timestamp At, long MeterWh)
{
    public static Codec<TimedReading> Codec { get; } = RecordCodec<TimedReading>.Part()
        .Field(1, "at", x => x.At, Timestamp.Codec)
        .Field(2, "meterWh", x => x.MeterWh, Codecs.Long(0, LedgerLimits.MeterWhMax));
}

/// <summary>
/// The signed readings of a session that an OCPI tariff prices, where the time of each Wh counts.
/// </summary>
/// <param name="TimeZone">The location's zone when the session started.</param>
/// <param name="Readings">From the start on, ascending, up to
/// <see cref="LedgerLimits.ReadingsMax"/>; beyond it the newest replaces the one before.</param>
public sealed record SessionReadings(string TimeZone, ImmutableArray<TimedReading> Readings)
{
    public static Codec<SessionReadings> Codec { get; } = RecordCodec<SessionReadings>.Versioned(1)
        .Field(1, "timeZone", x => x.TimeZone, Codecs.Text(1, 64))
        .Field(
            2,
            "readings",
            x => x.Readings,
            Codecs.List(TimedReading.Codec, 1, LedgerLimits.ReadingsMax));

    /// <summary>With a reading at or after the newest.</summary>
    internal SessionReadings With(Timestamp at, long meterWh)
    {
        bool replaces = Readings.Length > 1
            && (Readings.Length == LedgerLimits.ReadingsMax || Readings[^1].At == at);
        ImmutableArray<TimedReading> kept =
            replaces ? Readings.RemoveAt(Readings.Length - 1) : Readings;
        return this with { Readings = kept.Add(new TimedReading(at, meterWh)) };
    }

    /// <summary>
    /// The session as a tariff sees it: reserved from the window's start until it began, charging
    /// between readings that differ, parking between those that do not.
    /// </summary>
    public PricedSession Priced(TimeWindow window)
    {
        ImmutableArray<ChargingPeriod>.Builder periods =
            ImmutableArray.CreateBuilder<ChargingPeriod>();
        if (Readings[0].At > window.From)
        {
            periods.Add(new ChargingPeriod(
                new TimeWindow(window.From, Readings[0].At), Activity.Reserved, 0));
        }

        for (int i = 1; i < Readings.Length; i++)
        {
            long energyWh = Readings[i].MeterWh - Readings[i - 1].MeterWh;
            periods.Add(new ChargingPeriod(
                new TimeWindow(Readings[i - 1].At, Readings[i].At),
                energyWh > 0 ? Activity.Charging : Activity.Parking,
                energyWh));
        }

        return new PricedSession(periods.ToImmutable(), false, TimeZone);
    }
}

/// <summary>
/// How an OCPI tariff priced a session; beside its CDR, which holds what is owed: the sum after
/// taxes, and no more than the leg's price cap.
/// </summary>
/// <param name="Session">The session.</param>
/// <param name="Lines">The priced lines.</param>
/// <param name="BeforeTaxes">Their sum, rounded once.</param>
/// <param name="AfterTaxes">The same with taxes.</param>
/// <param name="Limit">Which of the tariff's limits counted.</param>
public sealed record CdrPrice(
    SessionId Session,
    ImmutableArray<PriceLine> Lines,
    Money BeforeTaxes,
    Money AfterTaxes,
    MetLimit Limit)
{
    // At most four prices in each element.
    private const int LinesMax = 4 * LedgerLimits.TariffElementsMax;

    public static Codec<CdrPrice> Codec { get; } = RecordCodec<CdrPrice>.Versioned(1)
        .Field(1, "session", x => x.Session, SessionId.Codec)
        .Field(2, "lines", x => x.Lines, Codecs.List(PriceLine.Codec, 0, LinesMax))
        .Field(3, "beforeTaxes", x => x.BeforeTaxes, Money.Codec)
        .Field(4, "afterTaxes", x => x.AfterTaxes, Money.Codec)
        .Field(5, "limit", x => x.Limit, Codecs.Enum<MetLimit>());

    internal static CdrPrice Of(SessionId session, SessionPrice price) =>
        new(session, price.Lines, price.BeforeTaxes, price.AfterTaxes, price.Limit);
}
