using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Routing.Tests;

public class RoadGraphFileTests
{
    private static readonly Gen<RoadGraph> s_graphs =
        from nodes in Gen.Int[2, 9]
        from rows in Gen.Select(
            Gen.Int[0, nodes - 1],
            Gen.Int[0, nodes - 1],
            Gen.Int[1, 50_000],
            Gen.Int[RoutingLimits.SpeedMinKmh, RoutingLimits.SpeedMaxKmh],
            Gen.Int[0, 2],
            Gen.Int[0, 3]).Array[0, 20]
        from passed in Gen.Int[0, nodes - 1].HashSet[0, nodes - 1]
        select Build(new RoadGraphParts(
            Worlds.Places(nodes),
            ["BR-1", "Rua São João", "not used"],
            [
                .. rows.Where(row => row.Item1 != row.Item2).Select(row => new RoadRow(
                    row.Item1, row.Item2, row.Item3, row.Item4, row.Item5, (RoadTraits)row.Item6)),
            ],
            passed));

    [Fact]
    public void A_graph_comes_back_from_its_file() => s_graphs.Sample(
        graph =>
        {
            byte[] file = RoadGraphFile.Write(graph).ToArray();
            Assert.True(RoadGraphFile.TryRead(file, out RoadGraph? read, out string? why), why);
            Assert.Equal(graph.Places, read.Places);
            Assert.Equal(graph.StopPlaces, read.StopPlaces);
            Assert.Equal(Ways(graph), Ways(read));
            Assert.Equal(file, RoadGraphFile.Write(read).ToArray());
        },
        iter: 300);

    [Fact]
    public void The_demo_region_comes_back_from_its_file()
    {
        byte[] file = RoadGraphFile.Write(DemoRegion.Graph).ToArray();
        Assert.True(RoadGraphFile.TryRead(file, out RoadGraph? read, out string? why), why);
        PlaceId salvador = PlaceId.Parse("salvador");
        PlaceId recife = PlaceId.Parse("recife");
        Assert.Equal(
            DemoRegion.Graph.FastestPath(salvador, recife)!.Edges,
            read.FastestPath(salvador, recife)!.Edges);
    }

    [Fact]
    public void A_file_with_any_byte_changed_or_missing_is_refused() => Gen.Select(
        s_graphs, Gen.Int[0, 10_000], Gen.Byte[1, 255]).Sample(
        (graph, place, change) =>
        {
            byte[] file = RoadGraphFile.Write(graph).ToArray();
            int at = place % file.Length;
            Assert.False(RoadGraphFile.TryRead(file.AsSpan(0, at), out _, out string? cut));
            Assert.NotEmpty(cut);
            file[at] ^= change;
            Assert.False(RoadGraphFile.TryRead(file, out _, out string? changed));
            Assert.NotEmpty(changed);
        },
        iter: 500);

    [Fact]
    public void Of_a_file_with_a_right_checksum_the_fault_is_named()
    {
        byte[] file = RoadGraphFile.Write(DemoRegion.Graph).ToArray();
        Assert.Contains("version is 2; allowed are 1 to 1", Why(8, [2]), StringComparison.Ordinal);
        Assert.Contains("the count of nodes is", Why(16, [0, 0, 0, 127]), StringComparison.Ordinal);
        Assert.Contains("fewer nodes", Why(16, [0, 0, 1, 0]), StringComparison.Ordinal);
        Assert.Contains("strings do not ascend", Why(29, "\u007f"u8), StringComparison.Ordinal);
        Assert.Contains("ends too early", Cut(), StringComparison.Ordinal);

        string Why(int at, ReadOnlySpan<byte> bytes)
        {
            byte[] changed = [.. file];
            bytes.CopyTo(changed.AsSpan(at));
            return Refused(changed.AsSpan(0, changed.Length - Digest.Size));
        }

        string Cut() => Refused(file.AsSpan(0, file.Length - Digest.Size - 1));
    }

    private static string Refused(ReadOnlySpan<byte> content)
    {
        byte[] file = [.. content, .. Digest.Of(content).ToArray()];
        Assert.False(RoadGraphFile.TryRead(file, out _, out string? why));
        return why;
    }

    private static IEnumerable<RouteEdge?> Ways(RoadGraph graph) =>
        from source in graph.Places
        from target in graph.Places
        from edge in graph.FastestPath(source.Id, target.Id)?.Edges ?? []
        select edge;

    private static RoadGraph Build(RoadGraphParts parts)
    {
        Assert.True(RoadGraph.TryBuild(parts, out RoadGraph? graph, out string? why), why);
        return graph;
    }
}
