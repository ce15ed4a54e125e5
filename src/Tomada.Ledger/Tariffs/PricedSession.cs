using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>What an EVSE did during a stretch of time.</summary>
public enum Activity
{
    /// <summary>It was kept for the car before it came.</summary>
    Reserved = 1,

    /// <summary>Energy flowed.</summary>
    Charging = 2,

    /// <summary>The car was plugged in and took nothing.</summary>
    Parking = 3,
}

/// <summary>A stretch of a session in which one thing was done (OCPI ChargingPeriod).</summary>
/// <param name="Window">From, until.</param>
/// <param name="Activity">What was done.</param>
/// <param name="EnergyWh">Energy that flowed, evenly over the window.</param>
/// <param name="CurrentMa">The current that flowed; null: nobody measured it.</param>
public sealed record ChargingPeriod(
    TimeWindow Window, Activity Activity, long EnergyWh, long? CurrentMa = null);

/// <summary>What a tariff prices.</summary>
/// <param name="Periods">In order of time and without overlap; a reservation comes first.</param>
/// <param name="ReservationExpired">Nobody came: the reservation is all there is.</param>
/// <param name="TimeZone">IANA name of the location's zone; a name that is none counts as
/// UTC.</param>
public sealed record PricedSession(
    ImmutableArray<ChargingPeriod> Periods, bool ReservationExpired, string TimeZone);

/// <summary>One priced line of a session.</summary>
/// <param name="Type">What is priced.</param>
/// <param name="Reservation">Set when it prices a reservation.</param>
/// <param name="Element">The tariff's element, from 1.</param>
/// <param name="From">When it first applied.</param>
/// <param name="Volume">Measured: Wh, ms, or 1.</param>
/// <param name="Billed">Billed: Wh, ms, or 1; more than measured by the step.</param>
/// <param name="PriceMicros">Unit price.</param>
/// <param name="VatMicros">Tax in millionths of the price; null: none known.</param>
/// <param name="CostMicros">Its cost as priced, to the nearest millionth, for readers.</param>
public sealed record PriceLine(
    PriceDimension Type,
    ReservationKind? Reservation,
    int Element,
    Timestamp From,
    long Volume,
    long Billed,
    long PriceMicros,
    int? VatMicros,
    long CostMicros)
{
    public static Codec<PriceLine> Codec { get; } = RecordCodec<PriceLine>.Part()
        .Field(1, "type", x => x.Type, Codecs.Enum<PriceDimension>())
        .OptionalValue(2, "reservation", x => x.Reservation, Codecs.Enum<ReservationKind>())
        .Field(3, "element", x => x.Element, Codecs.Int(1, LedgerLimits.TariffElementsMax))
        .Field(4, "from", x => x.From, Timestamp.Codec)
        .Field(5, "volume", x => x.Volume, Codecs.Long(0, long.MaxValue))
        .Field(6, "billed", x => x.Billed, Codecs.Long(0, long.MaxValue))
        .Field(7, "priceMicros", x => x.PriceMicros, Codecs.Long(0, 1_000_000_000_000))
        .OptionalValue(8, "vatMicros", x => x.VatMicros, Codecs.Int(0, 1_000_000))
        .Field(9, "costMicros", x => x.CostMicros, Codecs.Long(0, long.MaxValue));
}

/// <summary>Which limit of a tariff a session met.</summary>
public enum MetLimit
{
    None = 0,
    MinPrice = 1,
    MaxPrice = 2,
}

/// <summary>What a session costs.</summary>
/// <param name="Lines">The priced lines, by when they first applied.</param>
/// <param name="BeforeTaxesMicros">Exact sum to the nearest millionth, limits applied.</param>
/// <param name="AfterTaxesMicros">The same with taxes.</param>
/// <param name="BeforeTaxes">The exact sum rounded once, half-even.</param>
/// <param name="AfterTaxes">The exact sum with taxes rounded once: what is owed.</param>
/// <param name="Limit">Which limit counted.</param>
public sealed record SessionPrice(
    ImmutableArray<PriceLine> Lines,
    long BeforeTaxesMicros,
    long AfterTaxesMicros,
    Money BeforeTaxes,
    Money AfterTaxes,
    MetLimit Limit)
{
    /// <summary>The taxes: what the two rounded sums differ by.</summary>
    public Money Taxes => AfterTaxes - BeforeTaxes;
}

/// <summary>A piece of a session in which no restriction begins or ends to hold.</summary>
/// <param name="Local">The location's date and time at its start.</param>
/// <param name="AgeMs">Since the session, or the reservation, began.</param>
/// <param name="BeforeWh">The session's energy before it.</param>
/// <param name="PowerW">Mean power.</param>
/// <param name="CurrentMa">Current, where known.</param>
internal readonly record struct Stretch(
    DateTime Local, long AgeMs, long BeforeWh, long PowerW, long? CurrentMa);
