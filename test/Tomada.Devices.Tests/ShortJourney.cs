using Tomada.Ledger;
using Tomada.Routing;

namespace Tomada.Devices.Tests;

/// <summary>Two places 150 km apart, and a car that must charge once between them.</summary>
internal static class ShortJourney
{
    /// <summary>Charged to 300 per mille it needs a stop; it can have one at the start.</summary>
    public static VehicleModel Vehicle { get; } = new(
        "car", "Car", 40_000, new Consumption(60, 90, 800),
        [new CurvePoint(0, 60_000), new CurvePoint(1000, 20_000)], 7_000,
        [ConnectorStandard.Iec62196T2Combo]);

    /// <summary>The road from "here" to "there".</summary>
    public static RoadGraph Roads()
    {
        Place[] places =
        [
            new(PlaceId.Parse("here"), "Here", "BA", new GeoPoint(-12_970_000, -38_500_000)),
            new(PlaceId.Parse("there"), "There", "BA", new GeoPoint(-12_000_000, -38_000_000)),
        ];
        Road road = new(places[0].Id, places[1].Id, "BR-101", 150_000, 90);
        Assert.True(RoadGraph.TryBuild([.. places], [road], out RoadGraph? roads, out _));
        return roads;
    }
}
