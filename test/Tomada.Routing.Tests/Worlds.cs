using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Routing.Tests;

/// <summary>
/// Small random worlds: a chain of places, a few extra roads, some of them one-way, a few sites
/// and a small car.
/// </summary>
internal sealed record World(RoadGraph Roads, ImmutableArray<ChargingSite> Sites, TripQuery Query)
{
    public TripPlanner Planner()
    {
        Assert.True(
            TripPlanner.TryCreate(Roads, Sites, out TripPlanner? planner, out string? why), why);
        return planner;
    }

    public PlannerConnector ConnectorOf(EvseId id) => Sites
        .SelectMany(site => site.Evses).Single(evse => evse.Id == id).Connectors.Single();
}

internal static class Worlds
{
    public static Timestamp Start { get; } = Timestamp.Parse("2026-11-23T09:00:00Z");

    public static VehicleModel Car { get; } = new(
        "small",
        "Small car",
        30_000,
        new Consumption(50, 90, 1_000),
        [new(0, 40_000), new(400, 50_000), new(800, 25_000), new(1000, 5_000)],
        7_000,
        [ConnectorStandard.Iec62196T2, ConnectorStandard.Iec62196T2Combo]);

    /// <summary>
    /// All roads have one speed, so that the fastest way is the most frugal one too.
    /// </summary>
    public static Gen<World> OneSpeed { get; } = Make(Gen.Const(90), Gen.Int[3, 5]);

    public static Gen<World> AnySpeed { get; } = Make(Gen.Int[50, 120], Gen.Int[3, 7]);

    public static PlaceId Id(int number) =>
        PlaceId.Parse(string.Create(CultureInfo.InvariantCulture, $"p{number:D2}"));

    public static ImmutableArray<Place> Places(int count) => [.. Enumerable.Range(0, count)
        .Select(
            i => new Place(Id(i), Id(i).Value, "BA", new GeoPoint(-12_000_000 + i, -38_000_000)))];

    public static Money PriceOf(EvseId evse, long energyWh, TimeWindow charging) =>
        new((evse.Company.Value == "br-aaa" ? 200 : 150) * energyWh / 1000, Currency.Brl);

    public static IReadOnlyList<TimeWindow> AllFree(EvseId evse) => [];

    public static ChargingSite Site(int number, int place, ConnectorStandard standard, int powerW)
    {
        string company = number % 2 == 0 ? "br-aaa" : "br-bbb";
        string name = string.Create(CultureInfo.InvariantCulture, $"{company}/s{number}");
        PowerType type =
            standard == ConnectorStandard.Iec62196T2 ? PowerType.Ac3Phase : PowerType.Dc;
        return new ChargingSite(
            LocationId.Parse(name),
            name,
            Id(place),
            new GeoPoint(0, 0),
            [
                new(
                    EvseId.Parse(name + "-1"),
                    TariffId.Parse(company + "/t"),
                    [new(standard, type, powerW)]),
            ]);
    }

    public static RoadGraph Graph(int places, IEnumerable<Road> roads)
    {
        Assert.True(
            RoadGraph.TryBuild(Places(places), [.. roads], out RoadGraph? graph, out string? why),
            why);
        return graph;
    }

    public static TripQuery Query(int to, int startSocPermille) => new()
    {
        From = Id(0),
        To = Id(to),
        Departure = Start,
        Vehicle = Car,
        StartSocPermille = startSocPermille,
        GapPermille = 0,
    };

    private static Gen<World> Make(Gen<int> speed, Gen<int> count) =>
        from places in count
        from chain in Gen.Select(Gen.Int[20, 110], speed, Gen.Int[0, 3]).Array[places - 1]
        from extra in Gen.Select(
            Gen.Int[0, places - 1], Gen.Int[0, places - 1], Gen.Int[20, 150], speed, Gen.Bool)
            .Array[0, 3]
        from sites in Gen.Select(Gen.Int[0, places - 1], Gen.Int[0, 5], Gen.Int[20, 80]).Array[1, 4]
        from soc in Gen.Int[300, 1000]
        let roads = chain.Select(
            (road, i) => new Road(
                Id(i), Id(i + 1), "BR-1", road.Item1 * 1000, road.Item2, road.Item3 == 0))
            .Concat(extra.Where(road => road.Item1 != road.Item2).Select(road => new Road(
                Id(road.Item1),
                Id(road.Item2),
                "BR-2",
                road.Item3 * 1000,
                road.Item4,
                road.Item5)))
        select new World(
            Graph(places, roads),
            [
                .. sites.Select((site, i) =>
                    Site(i, site.Item1, Standard(site.Item2), site.Item3 * 1000)),
            ],
            Query(places - 1, soc));

    private static ConnectorStandard Standard(int number) => number switch
    {
        0 => ConnectorStandard.Chademo,
        1 => ConnectorStandard.Iec62196T2,
        _ => ConnectorStandard.Iec62196T2Combo,
    };
}
