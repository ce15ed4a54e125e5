using System.Globalization;
using CsCheck;
using OsmSharp;
using OsmSharp.Streams;
using Tomada.Cli.Import;
using Tomada.Cli.Import.Osm;
using Tomada.Node.Trips;
using Tomada.Routing;

namespace Tomada.Import.Tests.Osm;

/// <summary>Real maps: whole, against a search that leaves nothing out, and damaged.</summary>
public class MapFileTests
{
    public static TheoryData<string> Maps() =>
        ["campo-grande.osm.gz", "spo.osm.pbf", "andorra.osm.pbf", "heidelberg.osm.pbf"];

    [Theory]
    [MemberData(nameof(Maps))]
    public void A_real_map_is_imported_and_every_way_is_counted(string name)
    {
        ImportReport report = new("ways");
        RoadGraph graph = Import(name, report);
        Assert.InRange(graph.Places.Length, 1_000, 20_000);
        Assert.Equal(report.Read, report.Written + report.Refused);
        Assert.Equal(report.Refused, report.Refusals.Sum(each => each.Value));
        byte[] file = RoadGraphFile.Write(graph).ToArray();
        Assert.True(RoadGraphFile.TryRead(file, out RoadGraph? read, out string? why), why);
        Assert.Equal(graph.Places, read.Places);
    }

    /// <summary>Every bend of every way as a node, and Dijkstra without any bound.</summary>
    [Theory]
    [InlineData("campo-grande.osm.gz", true)]
    [InlineData("spo.osm.pbf", true)]
    [InlineData("andorra.osm.pbf", true)]
    [InlineData("heidelberg.osm.pbf", false)]
    public void The_fastest_ways_are_those_of_a_naive_search_over_all_nodes(
        string name, bool isExact)
    {
        RoadGraph graph = Import(name, new ImportReport("ways"));
        NaiveMap naive = NaiveMap.Read(SharedData.Path("osm", name), name);
        Place[] stops = [.. graph.StopPlaces];
        for (int i = 0; i < 4; i++)
        {
            Place from = stops[i * 7919 % stops.Length];
            Dictionary<long, double> seconds = naive.From(Number(from));
            for (int j = 0; j < 25; j++)
            {
                Place to = stops[(i + (j * 104_729)) % stops.Length];
                RoutePath path = graph.FastestPath(from.Id, to.Id)!;
                double expected = seconds[Number(to)];

                // Lengths are whole metres for each edge.
                double slack = 0.5 + path.Edges.Sum(edge => 0.5 * 3.6 / edge.SpeedKmh);
                Assert.InRange(
                    path.Duration.TotalSeconds,
                    expected - slack,
                    isExact ? expected + slack : (2 * expected) + 600);
            }
        }
    }

    [Theory]
    [InlineData("andorra.osm.pbf")]
    [InlineData("campo-grande.osm.gz")]
    public void A_damaged_map_is_refused_or_read_and_nothing_else(string name)
    {
        byte[] map = File.ReadAllBytes(SharedData.Path("osm", name));
        Gen.Select(Gen.Int[0, map.Length - 1], Gen.Byte, Gen.Bool).Sample(
            (at, value, isCut) =>
            {
                byte[] damaged = [.. map];
                damaged[at] ^= value;
                try
                {
                    OsmImport.Read(
                        name,
                        new MemoryStream(damaged, 0, isCut ? at : map.Length),
                        isBrazil: true,
                        new ImportReport("ways"));
                }
                catch (OsmUnreadableException refused)
                {
                    Assert.NotEmpty(refused.Message);
                }
            },
            iter: 12,
            threads: 1);
    }

    [Fact]
    public void The_snap_is_the_nearest_place_that_one_may_stop_at()
    {
        RoadGraph graph = Import("spo.osm.pbf", new ImportReport("ways"));
        RoadSnap snap = new(graph);
        Place[] places = [.. graph.StopPlaces];
        Gen.Select(Gen.Int[-23_600_000, -23_500_000], Gen.Int[-46_700_000, -46_600_000]).Sample(
            (latitude, longitude) =>
            {
                GeoPoint at = new(latitude, longitude);
                double nearestM = places.Min(place => place.At.DistanceM(at));
                Place? found = snap.Nearest(at, 5_000);
                Assert.Equal(nearestM <= 5_000, found is not null);
                Assert.Equal(found?.At.DistanceM(at) ?? nearestM, nearestM, 0.001);
            },
            iter: 300);
    }

    [Theory]
    [InlineData("map.txt", "allowed are files named")]
    [InlineData("map.osm", "cannot be read")]
    [InlineData("map.osm.gz", "cannot be read")]
    [InlineData("map.osm.pbf", "map.osm.pbf")]
    public void What_is_no_map_is_refused_with_a_reason(string name, string said)
    {
        OsmUnreadableException refused = Assert.Throws<OsmUnreadableException>(() =>
            OsmImport.Read(
                name,
                new MemoryStream("{\"hello\": 1}"u8.ToArray()),
                isBrazil: true,
                new ImportReport("ways")));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    private static long Number(Place place) =>
        long.Parse(place.Id.Value["osm-".Length..], CultureInfo.InvariantCulture);

    private static RoadGraph Import(string name, ImportReport report)
    {
        using FileStream file = File.OpenRead(SharedData.Path("osm", name));
        return OsmImport.Read(name, file, isBrazil: true, report);
    }

    private sealed class NaiveMap
    {
        private readonly Dictionary<long, GeoPoint> _at = [];
        private readonly Dictionary<long, List<(long To, int Kmh)>> _next = [];

        public static NaiveMap Read(string path, string name)
        {
            NaiveMap map = new();
            HashSet<long> closed = [];
            WayRules rules = new(isBrazil: true, new ImportReport("ways"));
            using FileStream file = File.OpenRead(path);
            using OsmStreamSource source = OsmReader.Open(name, file);
            foreach (OsmGeo each in source)
            {
                if (each is OsmSharp.Node node)
                {
                    map._at[node.Id!.Value] = new GeoPoint(
                        (int)Math.Round(node.Latitude!.Value * 1e6),
                        (int)Math.Round(node.Longitude!.Value * 1e6));
                    if (node.Tags is not null && WayRules.IsClosedNode(node.Tags))
                    {
                        closed.Add(node.Id!.Value);
                    }
                }
                else if (each is Way way && way.Tags is not null && way.Nodes is { Length: > 1 }
                    && rules.Use(way.Id!.Value, way.Tags) is { } use)
                {
                    map.Add(way.Nodes, use, closed);
                }
            }

            return map;
        }

        public Dictionary<long, double> From(long source)
        {
            Dictionary<long, double> settled = [];
            PriorityQueue<long, double> open = new();
            open.Enqueue(source, 0);
            while (open.TryDequeue(out long node, out double seconds))
            {
                if (!settled.TryAdd(node, seconds))
                {
                    continue;
                }

                foreach ((long to, int kmh) in _next.GetValueOrDefault(node, []))
                {
                    open.Enqueue(to, seconds + (_at[node].DistanceM(_at[to]) * 3.6 / kmh));
                }
            }

            return settled;
        }

        private void Add(long[] nodes, WayUse use, HashSet<long> closed)
        {
            for (int i = 1; i < nodes.Length; i++)
            {
                (long from, long to) = (nodes[i - 1], nodes[i]);
                if (!_at.ContainsKey(from) || !_at.ContainsKey(to)
                    || closed.Contains(from) || closed.Contains(to))
                {
                    continue;
                }

                Join(from, to, use.ForwardKmh);
                Join(to, from, use.BackwardKmh);
            }
        }

        private void Join(long from, long to, int kmh)
        {
            if (kmh > 0)
            {
                _next.TryAdd(from, []);
                _next[from].Add((to, kmh));
            }
        }
    }
}
