using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>OCPI 2.2.1 TariffDimensionType, all values.</summary>
public enum PriceDimension
{
    /// <summary>Price per kWh; step in Wh.</summary>
    Energy = 1,

    /// <summary>Price per hour of charging, or of a reservation; step in seconds.</summary>
    Time = 2,

    /// <summary>Price per session or reservation; no step.</summary>
    Flat = 3,

    /// <summary>Price per hour plugged in without charging; step in seconds.</summary>
    ParkingTime = 4,
}

/// <summary>OCPI 2.3.0 TaxIncluded.</summary>
public enum TaxIncluded
{
    /// <summary>Prices hold their taxes.</summary>
    Yes = 1,

    /// <summary>Taxes come on top of prices.</summary>
    No = 2,

    /// <summary>No tax applies (OCPI's N/A).</summary>
    NotApplicable = 3,
}

/// <summary>OCPI PriceComponent with its tax.</summary>
/// <param name="Type">What is priced.</param>
/// <param name="PriceMicros">Millionths of the currency per kWh, per hour or once.</param>
/// <param name="VatMicros">Millionths of the price: 10 % is 100,000; null: no tax known.</param>
/// <param name="StepSize">Billing step in Wh or seconds; 1 or more.</param>
public sealed record OcpiPrice(
    PriceDimension Type, long PriceMicros, int? VatMicros, int StepSize)
{
    public static Codec<OcpiPrice> Codec { get; } = RecordCodec<OcpiPrice>.Part()
        .Field(1, "type", x => x.Type, Codecs.Enum<PriceDimension>())
        .Field(2, "priceMicros", x => x.PriceMicros, Codecs.Long(0, 1_000_000_000_000))
        .OptionalValue(3, "vatMicros", x => x.VatMicros, Codecs.Int(0, 1_000_000))
        .Field(4, "stepSize", x => x.StepSize, Codecs.Int(1, 86_400));
}

/// <summary>OCPI TariffElement: components that apply together while restrictions hold.</summary>
/// <param name="Components">1 to 4, each dimension once.</param>
/// <param name="Restrictions">When they apply; null: always.</param>
public sealed record OcpiElement(
    ImmutableArray<OcpiPrice> Components, PriceRestrictions? Restrictions = null)
{
    public static Codec<OcpiElement> Codec { get; } = RecordCodec<OcpiElement>.Part()
        .Field(
            1,
            "components",
            x => x.Components,
            Codecs.List(OcpiPrice.Codec, 1, 4).Convert(
                OnceEach, components => components, "components of different types"))
        .Optional(2, "restrictions", x => x.Restrictions, PriceRestrictions.Codec);

    private static ImmutableArray<OcpiPrice> OnceEach(ImmutableArray<OcpiPrice> components) =>
        components.Select(each => each.Type).Distinct().Count() == components.Length
            ? components
            : throw new FormatException("A type is there twice.");
}

/// <summary>OCPI Price as a limit of a whole session.</summary>
/// <param name="BeforeTaxesMicros">Millionths of the currency.</param>
/// <param name="AfterTaxesMicros">The same; null: taxes keep their share of the limit.</param>
public sealed record PriceLimit(long BeforeTaxesMicros, long? AfterTaxesMicros)
{
    public static Codec<PriceLimit> Codec { get; } = RecordCodec<PriceLimit>.Part()
        .Field(
            1, "beforeTaxesMicros", x => x.BeforeTaxesMicros, Codecs.Long(0, 1_000_000_000_000))
        .OptionalValue(
            2, "afterTaxesMicros", x => x.AfterTaxesMicros, Codecs.Long(0, 1_000_000_000_000));
}

/// <summary>
/// The second version of <see cref="Tariff"/>: an OCPI tariff in full. A leg pins its hash in the
/// same way.
/// </summary>
/// <param name="Currency">The currency of all prices.</param>
/// <param name="TaxIncluded">Whether prices hold their taxes.</param>
/// <param name="Elements">Of those that apply the first with a dimension prices it.</param>
/// <param name="MinPrice">A session costs at least this.</param>
/// <param name="MaxPrice">A session costs at most this.</param>
/// <param name="TimeZones">
/// The version of the IANA time zones that local times are read by, as 2026a. It is part of what a
/// leg pins: a later version changes no price that was agreed on.
/// </param>
public sealed record OcpiTariff(
    Currency Currency,
    TaxIncluded TaxIncluded,
    ImmutableArray<OcpiElement> Elements,
    PriceLimit? MinPrice,
    PriceLimit? MaxPrice,
    string TimeZones)
{
    private const string Tag = "tomada/v1/tariff";

    public static Codec<OcpiTariff> Codec { get; } = RecordCodec<OcpiTariff>.Versioned(2)
        .Field(1, "currency", x => x.Currency, Currency.Codec)
        .Field(2, "taxIncluded", x => x.TaxIncluded, Codecs.Enum<TaxIncluded>())
        .Field(
            3,
            "elements",
            x => x.Elements,
            Codecs.List(OcpiElement.Codec, 1, LedgerLimits.TariffElementsMax))
        .Optional(4, "minPrice", x => x.MinPrice, PriceLimit.Codec)
        .Optional(5, "maxPrice", x => x.MaxPrice, PriceLimit.Codec)
        .Field(6, "timeZones", x => x.TimeZones, Codecs.Text(1, 16));

    public Digest Hash() => Digest.Tagged(Tag, Codec.Encode(this));
}

/// <summary>
/// Publishes or changes a price list of the sender, by its id as <see cref="PutTariff"/> does.
/// Refused where the tariff names other time zones than the network's, or a current: the stations'
/// readings state none.
/// </summary>
public sealed record PutOcpiTariff(TariffId Id, OcpiTariff Tariff) : Body
{
    public static new Codec<PutOcpiTariff> Codec { get; } = RecordCodec<PutOcpiTariff>.Versioned(1)
        .Field(1, "id", x => x.Id, TariffId.Codec)
        .Field(2, "tariff", x => x.Tariff, OcpiTariff.Codec);
}
