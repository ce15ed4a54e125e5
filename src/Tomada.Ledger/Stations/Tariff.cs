using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>OCPI 2.2.1 TariffDimensionType, the values that this network admits so far.</summary>
public enum TariffDimension
{
    /// <summary>Price per kWh; step in Wh.</summary>
    Energy = 1,

    /// <summary>Price per hour of charging; step in seconds.</summary>
    Time = 2,

    /// <summary>Price per session; no step.</summary>
    Flat = 3,
}

/// <summary>OCPI PriceComponent.</summary>
/// <param name="Type">What is priced.</param>
/// <param name="PriceMicros">Millionths of the currency per kWh, per hour or per session.</param>
/// <param name="StepSize">Billing step in Wh or seconds; 1 or more.</param>
public sealed record PriceComponent(TariffDimension Type, long PriceMicros, int StepSize)
{
    public static Codec<PriceComponent> Codec { get; } = RecordCodec<PriceComponent>.Part()
        .Field(1, "type", x => x.Type, Codecs.Enum<TariffDimension>())
        .Field(2, "priceMicros", x => x.PriceMicros, Codecs.Long(0, 1_000_000_000_000))
        .Field(3, "stepSize", x => x.StepSize, Codecs.Int(1, 86_400));
}

/// <summary>OCPI TariffElement: components that apply together.</summary>
public sealed record TariffElement(ImmutableArray<PriceComponent> Components)
{
    public static Codec<TariffElement> Codec { get; } = RecordCodec<TariffElement>.Part()
        .Field(
            1,
            "components",
            x => x.Components,
            Codecs.List(PriceComponent.Codec, 1, LedgerLimits.TariffElementsMax));
}

/// <summary>
/// OCPI Tariff. What a leg pins is the hash of this content, so a later change binds nobody.
/// </summary>
public sealed record Tariff(Currency Currency, ImmutableArray<TariffElement> Elements)
{
    private const string Tag = "tomada/v1/tariff";

    public static Codec<Tariff> Codec { get; } = RecordCodec<Tariff>.Versioned(1)
        .Field(1, "currency", x => x.Currency, Currency.Codec)
        .Field(
            2,
            "elements",
            x => x.Elements,
            Codecs.List(TariffElement.Codec, 1, LedgerLimits.TariffElementsMax));

    public Digest Hash() => Digest.Tagged(Tag, Codec.Encode(this));
}

/// <summary>Publishes or changes a price list of the sender.</summary>
public sealed record PutTariff(TariffId Id, Tariff Tariff) : Body
{
    public static new Codec<PutTariff> Codec { get; } = RecordCodec<PutTariff>.Versioned(1)
        .Field(1, "id", x => x.Id, TariffId.Codec)
        .Field(2, "tariff", x => x.Tariff, Tariff.Codec);
}
