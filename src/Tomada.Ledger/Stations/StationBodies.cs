using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>OCPI 2.2.1 ConnectorType, the values that this network admits so far.</summary>
public enum ConnectorStandard
{
    Iec62196T2 = 1,
    Iec62196T2Combo = 2,
    Chademo = 3,
}

/// <summary>OCPI 2.2.1 PowerType.</summary>
public enum PowerType
{
    Ac1Phase = 1,
    Ac3Phase = 2,
    Dc = 3,
}

/// <summary>
/// Whether an EVSE is offered to the network; the values of OCPI's Status that matter here.
/// </summary>
public enum Availability
{
    Available = 1,
    Inoperative = 2,
    OutOfOrder = 3,
}

/// <summary>OCPI Connector: one plug of an EVSE.</summary>
/// <param name="Number">1 to 8 within its EVSE.</param>
/// <param name="Standard">The plug.</param>
/// <param name="PowerType">AC or DC.</param>
/// <param name="MaxPowerW">OCPI max_electric_power, in W.</param>
public sealed record Connector(
    int Number, ConnectorStandard Standard, PowerType PowerType, int MaxPowerW)
{
    public static Codec<Connector> Codec { get; } = RecordCodec<Connector>.Part()
        .Field(1, "number", x => x.Number, Codecs.Int(1, LedgerLimits.ConnectorsMax))
        .Field(2, "standard", x => x.Standard, ConnectorStandards.Codec)
        .Field(3, "powerType", x => x.PowerType, ConnectorStandards.PowerTypeCodec)
        .Field(4, "maxPowerW", x => x.MaxPowerW, Codecs.Int(1, LedgerLimits.PowerWMax));
}

/// <summary>Publishes or changes a site of the sender (OCPI Location).</summary>
/// <param name="Location">Its id; the company is the sender.</param>
/// <param name="Name">For people.</param>
/// <param name="Address">Street and number, or the kilometre of a highway.</param>
/// <param name="City">OCPI city.</param>
/// <param name="LatitudeE6">Millionths of a degree, −90,000,000 to 90,000,000.</param>
/// <param name="LongitudeE6">Millionths of a degree, −180,000,000 to 180,000,000.</param>
/// <param name="TimeZone">IANA name, for example America/Bahia.</param>
public sealed record PutLocation(
    LocationId Location,
    string Name,
    string Address,
    string City,
    int LatitudeE6,
    int LongitudeE6,
    string TimeZone) : Body
{
    public static new Codec<PutLocation> Codec { get; } = RecordCodec<PutLocation>.Versioned(1)
        .Field(1, "location", x => x.Location, LocationId.Codec)
        .Field(2, "name", x => x.Name, Codecs.Text(1, LedgerLimits.TextMax))
        .Field(3, "address", x => x.Address, Codecs.Text(1, LedgerLimits.TextMax))
        .Field(4, "city", x => x.City, Codecs.Text(1, LedgerLimits.TextMax))
        .Field(5, "latitudeE6", x => x.LatitudeE6, Codecs.Int(-90_000_000, 90_000_000))
        .Field(6, "longitudeE6", x => x.LongitudeE6, Codecs.Int(-180_000_000, 180_000_000))
        .Field(7, "timeZone", x => x.TimeZone, Codecs.Text(1, 64));
}

/// <summary>Publishes or changes an EVSE of the sender.</summary>
/// <param name="Evse">Its id; the company is the sender.</param>
/// <param name="Location">An existing site of the same company.</param>
/// <param name="StationKey">Ed25519: signs sessions and meter values of this EVSE.</param>
/// <param name="Connectors">One to eight; numbers ascend.</param>
/// <param name="Tariff">An existing tariff of the same company.</param>
public sealed record PutEvse(
    EvseId Evse,
    LocationId Location,
    PublicKey StationKey,
    ImmutableArray<Connector> Connectors,
    TariffId Tariff) : Body
{
    public static new Codec<PutEvse> Codec { get; } = RecordCodec<PutEvse>.Versioned(1)
        .Field(1, "evse", x => x.Evse, EvseId.Codec)
        .Field(2, "location", x => x.Location, LocationId.Codec)
        .Field(3, "stationKey", x => x.StationKey, PublicKey.Codec)
        .Field(
            4,
            "connectors",
            x => x.Connectors,
            Codecs.List(Connector.Codec, 1, LedgerLimits.ConnectorsMax))
        .Field(5, "tariff", x => x.Tariff, TariffId.Codec);
}

/// <summary>Says whether an EVSE is offered, and until when that holds.</summary>
/// <param name="Evse">An EVSE of the sender.</param>
/// <param name="Availability">AVAILABLE is an offer that binds the owner.</param>
/// <param name="ValidUntil">From then on the EVSE counts as not offered until said again.</param>
public sealed record SetEvseAvailability(
    EvseId Evse, Availability Availability, Timestamp ValidUntil) : Body
{
    public static new Codec<SetEvseAvailability> Codec { get; } =
        RecordCodec<SetEvseAvailability>.Versioned(1)
        .Field(1, "evse", x => x.Evse, EvseId.Codec)
        .Field(2, "availability", x => x.Availability, Codecs.Enum<Availability>())
        .Field(3, "validUntil", x => x.ValidUntil, Timestamp.Codec);
}
