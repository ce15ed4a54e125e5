using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>A place to charge as the planner sees it; the owner is the id's company.</summary>
/// <param name="Id">Its location.</param>
/// <param name="Name">For people: 1 to 80 bytes.</param>
/// <param name="Place">The node of the road graph that it stands at.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Evses">What can be plugged into, one car each.</param>
public sealed record ChargingSite(
    LocationId Id, string Name, PlaceId Place, GeoPoint At, ImmutableArray<PlannerEvse> Evses)
{
    public static Codec<ChargingSite> Codec { get; } = RecordCodec<ChargingSite>.Part()
        .Field(1, "id", site => site.Id, LocationId.Codec)
        .Field(2, "name", site => site.Name, Codecs.Text(1, 80))
        .Field(3, "place", site => site.Place, PlaceId.Codec)
        .Field(4, "at", site => site.At, GeoPoint.Codec)
        .Field(
            5,
            "evses",
            site => site.Evses,
            Codecs.List(PlannerEvse.Codec, 1, RoutingLimits.EvsesPerSiteMax));
}

/// <summary>One place to plug in, with one car at a time.</summary>
/// <param name="Id">Its id; its company is the site's.</param>
/// <param name="Tariff">The tariff that its price follows.</param>
/// <param name="Connectors">Its plugs, of which one works at a time.</param>
public sealed record PlannerEvse(
    EvseId Id, TariffId Tariff, ImmutableArray<PlannerConnector> Connectors)
{
    public static Codec<PlannerEvse> Codec { get; } = RecordCodec<PlannerEvse>.Part()
        .Field(1, "id", evse => evse.Id, EvseId.Codec)
        .Field(2, "tariff", evse => evse.Tariff, TariffId.Codec)
        .Field(
            3,
            "connectors",
            evse => evse.Connectors,
            Codecs.List(PlannerConnector.Codec, 1, RoutingLimits.ConnectorsPerEvseMax));
}

/// <summary>A plug of an EVSE.</summary>
/// <param name="Standard">Its form.</param>
/// <param name="PowerType">What flows.</param>
/// <param name="PowerMaxW">Its strongest power, in W.</param>
public sealed record PlannerConnector(
    ConnectorStandard Standard, PowerType PowerType, int PowerMaxW)
{
    public static Codec<PlannerConnector> Codec { get; } = RecordCodec<PlannerConnector>.Part()
        .Field(1, "standard", connector => connector.Standard, ConnectorStandards.Codec)
        .Field(2, "powerType", connector => connector.PowerType, ConnectorStandards.PowerTypeCodec)
        .Field(
            3,
            "powerMaxW",
            connector => connector.PowerMaxW,
            Codecs.Int(1_000, RoutingLimits.PowerMaxW));
}
