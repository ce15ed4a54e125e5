using System.Collections.Immutable;
using System.Globalization;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Bench;

/// <summary>Roads, sites and journeys to measure the planner with; the same in every run.</summary>
internal static class PlannerWorlds
{
    private const int Seed = 20261123;

    /// <summary>A car like many: 57 kWh usable, 120 kW at most.</summary>
    public static VehicleModel Car { get; } = new(
        "bench",
        "Bench car",
        57_000,
        new Consumption(70, 75, 900),
        [
            new(0, 80_000), new(100, 120_000), new(400, 115_000), new(600, 80_000),
            new(800, 45_000), new(1000, 8_000),
        ],
        11_000,
        [ConnectorStandard.Iec62196T2, ConnectorStandard.Iec62196T2Combo]);

    /// <summary>Municipalities and the roads between them, at 90 km/h.</summary>
    public static RoadGraph Brazil(DirectoryInfo folder)
    {
        ImmutableArray<Place> places = [.. Rows(folder, "br_municipios.csv").Select(row =>
            new Place(PlaceId.Parse(row[0]), row[1], "BR", new GeoPoint(E6(row[2]), E6(row[3]))))];
        ImmutableArray<Road> roads = [.. Rows(folder, "br_road_graph_edges.csv").Select(row =>
            new Road(
                PlaceId.Parse(row[0]),
                PlaceId.Parse(row[1]),
                "BR",
                Math.Max(1, E6(row[2]) / 1_000),
                90))];
        return Build(places, roads);
    }

    /// <summary>A square of places 5 km apart, a third of its roads missing.</summary>
    public static RoadGraph Generated(int nodes)
    {
        Random random = new(Seed);
        int side = (int)Math.Sqrt(nodes);
        List<Place> places = [];
        List<Road> roads = [];
        for (int i = 0; i < side * side; i++)
        {
            places.Add(new Place(
                Id(i),
                "x",
                "BR",
                new GeoPoint(
                    -25_000_000 + (i / side * 45_000), -55_000_000 + (i % side * 45_000))));
            Join(i, i + 1, (i % side) + 1 < side);
            Join(i, i + side, (i / side) + 1 < side);
        }

        return Build([.. places], [.. roads]);

        void Join(int from, int to, bool isThere)
        {
            if (isThere && random.Next(3) > 0)
            {
                roads.Add(new Road(
                    Id(from), Id(to), "r", 5_000 + random.Next(1_500), 60 + (10 * random.Next(5))));
            }
        }
    }

    /// <summary>Sites with two EVSEs each, half of whose hours of two days are taken.</summary>
    public static (ImmutableArray<ChargingSite> Sites, BusyWindows Busy) SitesOn(
        RoadGraph roads, int count, Timestamp from)
    {
        Random random = new(Seed);
        Place[] places = [.. roads.Places];
        random.Shuffle(places);
        Dictionary<EvseId, TimeWindow[]> busy = [];
        List<ChargingSite> sites = [];
        for (int i = 0; i < count; i++)
        {
            string company = $"br-aa{(char)('a' + (i % 5))}";
            List<PlannerEvse> evses = [];
            for (int plug = 0; plug < 2; plug++)
            {
                EvseId id = EvseId.Parse($"{company}/e{i}-{plug}");
                evses.Add(new PlannerEvse(
                    id,
                    TariffId.Parse($"{company}/day"),
                    [new PlannerConnector(
                        ConnectorStandard.Iec62196T2Combo,
                        PowerType.Dc,
                        50_000 + (25_000 * random.Next(5)))]));
                busy[id] = [.. Enumerable.Range(0, 48).Where(_ => random.Next(2) == 0)
                    .Select(hour => new TimeWindow(
                        from.Plus(TimeSpan.FromHours(hour)),
                        from.Plus(TimeSpan.FromHours(hour + 1))))];
            }

            sites.Add(new ChargingSite(
                LocationId.Parse($"{company}/s{i}"), "s", places[i].Id, places[i].At, [.. evses]));
        }

        return ([.. sites], evse => busy[evse]);
    }

    /// <summary>Journeys of 300 to 1,200 km in a straight line.</summary>
    public static IEnumerable<TripQuery> Queries(RoadGraph roads, int count, Timestamp departure)
    {
        Random random = new(Seed);
        while (count > 0)
        {
            Place from = roads.Places[random.Next(roads.Places.Length)];
            Place to = roads.Places[random.Next(roads.Places.Length)];
            if (from.At.DistanceM(to.At) is < 300_000 or > 1_200_000)
            {
                continue;
            }

            count--;
            yield return new TripQuery
            {
                From = from.Id,
                To = to.Id,
                Departure = departure,
                Vehicle = Car,
                StartSocPermille = 800,
                WaitMax = TimeSpan.FromHours(6),
            };
        }
    }

    private static PlaceId Id(int i) => PlaceId.Parse($"n{i:D6}");

    private static RoadGraph Build(ImmutableArray<Place> places, ImmutableArray<Road> roads) =>
        RoadGraph.TryBuild(places, roads, out RoadGraph? graph, out string? why)
            ? graph
            : throw CommandException.Failed(why);

    private static IEnumerable<string[]> Rows(DirectoryInfo folder, string name) =>
        File.ReadLines(Path.Combine(folder.FullName, name)).Skip(1).Select(line => line.Split(','));

    private static int E6(string text) =>
        (int)(decimal.Parse(text, CultureInfo.InvariantCulture) * 1_000_000);
}
