using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Fuzz.Tests;

/// <summary>The file of a road graph, behind its checksum: a changed one is sealed again.</summary>
internal static class RoadTargets
{
    public static IEnumerable<Target> All { get; } =
    [
        new(
            "Routing",
            "RoadGraphFile",
            content =>
            {
                byte[] file = [.. content, .. Digest.Of(content).ToArray()];
                _ = RoadGraphFile.TryRead(content, out _, out _);
                if (!RoadGraphFile.TryRead(file, out RoadGraph? graph, out _))
                {
                    return false;
                }

                Target.Same(file, RoadGraphFile.Write(graph).Span);
                _ = graph.Nearest(new GeoPoint(0, 0));
                return true;
            })
        {
            Seeds = [Seed()],
        },
    ];

    private static byte[] Seed()
    {
        GeoPoint at = new(-20_460_000, -54_620_000);
        RoadGraphParts parts = new(
            [
                new Place(PlaceId.Parse("osm-1"), "Rua A", "--", at),
                new Place(PlaceId.Parse("osm-2"), "Rua B", "--", at),
            ],
            ["Rua A"],
            [new(0, 1, 300, 40, 0, RoadTraits.Toll), new(1, 0, 300, 40, 0, RoadTraits.None)],
            [1]);
        return RoadGraph.TryBuild(parts, out RoadGraph? graph, out string? why)
            ? RoadGraphFile.Write(graph)[..^Digest.Size].ToArray()
            : throw new InvalidOperationException(why);
    }
}
