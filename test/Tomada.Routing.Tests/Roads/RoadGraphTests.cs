using System.Collections.Immutable;
using CsCheck;
using Xunit;

namespace Tomada.Routing.Tests;

public class RoadGraphTests
{
    private static readonly
        Gen<(int Nodes,
            (int From, int To, int LengthM, int SpeedKmh, bool OneWay)[] Roads)> s_graphs =
        from nodes in Gen.Int[2, 12]
        from roads in Gen.Select(
            Gen.Int[0, nodes - 1],
            Gen.Int[0, nodes - 1],
            Gen.Int[1, 50_000],
            Gen.Int[20, 120],
            Gen.Bool).Array[0, 30]
        select (nodes, roads.Where(road => road.Item1 != road.Item2).ToArray());

    [Fact]
    public void Fastest_paths_take_as_long_as_bellman_and_ford_say() => s_graphs.Sample(
        world =>
        {
            RoadGraph graph = Build(world.Nodes, world.Roads);
            long?[] expected = BellmanFordMs(world.Nodes, world.Roads);
            for (int node = 1; node < world.Nodes; node++)
            {
                RoutePath? path = graph.FastestPath(Worlds.Id(0), Worlds.Id(node));
                Assert.Equal(
                    expected[node], path is null ? null : (long)path.Duration.TotalMilliseconds);
            }
        },
        iter: 500);

    [Fact]
    public void A_path_runs_unbroken_over_roads_that_exist() => s_graphs.Sample(
        world =>
        {
            RoadGraph graph = Build(world.Nodes, world.Roads);
            if (graph.FastestPath(Worlds.Id(0), Worlds.Id(1)) is not { } path)
            {
                return;
            }

            Assert.Equal(path.From, path.Places[0]);
            Assert.Equal(path.To, path.Places[^1]);
            PlaceId at = path.From;
            foreach (RouteEdge edge in path.Edges)
            {
                Assert.Equal(at, edge.From);
                Assert.Contains(world.Roads, road => road.LengthM == edge.LengthM
                    && road.SpeedKmh == edge.SpeedKmh
                    && ((Worlds.Id(road.From) == edge.From && Worlds.Id(road.To) == edge.To)
                        || (!road.OneWay && Worlds.Id(road.To) == edge.From
                            && Worlds.Id(road.From) == edge.To)));
                at = edge.To;
            }

            Assert.Equal(path.To, at);
        },
        iter: 300);

    [Fact]
    public void Places_are_joined_exactly_when_a_way_leads_there() => s_graphs.Sample(
        world =>
        {
            RoadGraph graph = Build(world.Nodes, world.Roads);
            foreach (Place from in graph.Places)
            {
                foreach (Place to in graph.Places)
                {
                    Assert.Equal(
                        graph.FastestPath(from.Id, to.Id) is not null,
                        graph.AreJoined(graph.NodeOf(from.Id), graph.NodeOf(to.Id)));
                }
            }
        },
        iter: 200);

    [Fact]
    public void A_ferry_takes_time_and_no_energy()
    {
        Assert.True(RoadGraph.TryBuild(
            new RoadGraphParts(
                Worlds.Places(2), ["Ferry"], [new(0, 1, 5_000, 10, 0, RoadTraits.Ferry)], []),
            out RoadGraph? graph,
            out string? why), why);
        RoutePath path = graph.FastestPath(Worlds.Id(0), Worlds.Id(1))!;
        Assert.Equal(TimeSpan.FromMinutes(30), path.Duration);
        Assert.Equal(0, path.EnergyWh(Worlds.Car));
        Assert.Null(graph.FastestPath(Worlds.Id(1), Worlds.Id(0)));
    }

    [Fact]
    public void A_slower_driver_chooses_the_shorter_road()
    {
        RoadGraph graph = Build(
            3,
            [
                (0, 1, 60_000, 120, false), (1, 2, 60_000, 120, false), (0, 2, 100_000, 80, false),
            ]);
        Assert.Equal(2, graph.FastestPath(Worlds.Id(0), Worlds.Id(2))!.Edges.Length);
        Assert.Single(graph.FastestPath(Worlds.Id(0), Worlds.Id(2), speedMaxKmh: 80)!.Edges);
    }

    [Fact]
    public void Data_that_does_not_fit_together_is_refused_by_name()
    {
        ImmutableArray<Place> places = Worlds.Places(2);
        Assert.False(RoadGraph.TryBuild([], [], out _, out string? none));
        Assert.Contains("0 places", none, StringComparison.Ordinal);
        Assert.False(RoadGraph.TryBuild([.. places, places[0]], [], out _, out string? twice));
        Assert.Contains("'p00' is there twice", twice, StringComparison.Ordinal);
        Road astray = new(Worlds.Id(0), PlaceId.Parse("nowhere"), "BR-1", 1, 50);
        Assert.False(RoadGraph.TryBuild(places, [astray], out _, out string? unknown));
        Assert.Contains("nowhere", unknown, StringComparison.Ordinal);
        Road loop = new(Worlds.Id(0), Worlds.Id(0), "BR-1", 1, 50);
        Assert.False(RoadGraph.TryBuild(places, [loop], out _, out _));
    }

    [Fact]
    public void The_nearest_place_to_a_suburb_is_its_city() =>
        Assert.Equal(
            "recife", DemoRegion.Graph.Nearest(new GeoPoint(-8_118_000, -34_899_000)).Id.Value);

    [Fact]
    public void The_great_circle_matches_a_known_distance()
    {
        // One degree of latitude on the mean sphere is 111.195 km.
        double metres =
            new GeoPoint(-8_000_000, -35_000_000).DistanceM(new GeoPoint(-9_000_000, -35_000_000));
        Assert.Equal(111_195, metres, 1.0);
    }

    private static RoadGraph Build(
        int nodes, (int From, int To, int LengthM, int SpeedKmh, bool OneWay)[] roads)
    {
        Assert.True(RoadGraph.TryBuild(
            Worlds.Places(nodes),
            [.. roads.Select(road => new Road(
                Worlds.Id(road.From),
                Worlds.Id(road.To),
                "BR-1",
                road.LengthM,
                road.SpeedKmh,
                road.OneWay))],
            out RoadGraph? graph,
            out string? why), why);
        return graph;
    }

    private static long?[] BellmanFordMs(
        int nodes, (int From, int To, int LengthM, int SpeedKmh, bool OneWay)[] roads)
    {
        long?[] best = new long?[nodes];
        best[0] = 0;
        for (int round = 0; round < nodes; round++)
        {
            foreach ((int from, int to, int lengthM, int speedKmh, bool oneWay) in roads)
            {
                long ms = (long)Math.Ceiling(lengthM * 3600m / speedKmh);
                Shorten(best, from, to, ms);
                if (!oneWay)
                {
                    Shorten(best, to, from, ms);
                }
            }
        }

        return best;
    }

    private static void Shorten(long?[] best, int from, int to, long ms)
    {
        if (best[from] is { } before && !(best[to] <= before + ms))
        {
            best[to] = before + ms;
        }
    }
}
