using System.Collections.Frozen;

namespace Tomada.Cli.Import.Osm;

/// <summary>What is assumed of a road where its map says nothing.</summary>
/// <param name="LimitBrKmh">Brazil: the limits of art. 61 of its traffic code, by class.</param>
/// <param name="LimitKmh">Elsewhere: what most of Europe has.</param>
/// <param name="TypicalPermille">Typical speed of a car, in permille of the limit.</param>
internal readonly record struct RoadClass(int LimitBrKmh, int LimitKmh, int TypicalPermille);

/// <summary>Roads that cars use, by the value of OSM's <c>highway</c>.</summary>
internal static class RoadClasses
{
    /// <summary>The highest limit of an unpaved road in Brazil (estrada), taken everywhere.
    /// </summary>
    public const int UnpavedLimitKmh = 60;

    private const int UnpavedPermille = 700;

    private static readonly FrozenDictionary<string, RoadClass> s_classes =
        new Dictionary<string, RoadClass>(StringComparer.Ordinal)
        {
            ["motorway"] = new(110, 120, 950),
            ["motorway_link"] = new(60, 60, 800),
            ["trunk"] = new(100, 100, 900),
            ["trunk_link"] = new(60, 60, 800),
            ["primary"] = new(80, 80, 850),
            ["primary_link"] = new(50, 50, 800),
            ["secondary"] = new(60, 70, 800),
            ["secondary_link"] = new(40, 50, 800),
            ["tertiary"] = new(40, 60, 750),
            ["tertiary_link"] = new(40, 40, 750),
            ["unclassified"] = new(40, 50, 750),
            ["residential"] = new(30, 50, 750),
            ["living_street"] = new(20, 15, 750),
            ["service"] = new(20, 20, 750),
            ["road"] = new(40, 50, 700),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> s_unpaved = FrozenSet.Create(
        StringComparer.Ordinal,
        "unpaved", "gravel", "fine_gravel", "dirt", "ground", "earth", "sand", "mud", "compacted",
        "grass", "pebblestone");

    public static bool TryFind(string highway, out RoadClass found) =>
        s_classes.TryGetValue(highway, out found);

    /// <summary>Typical speed in km/h under a limit, or under the class's own where null.</summary>
    public static int TypicalKmh(RoadClass of, double? limitKmh, string? surface, bool isBrazil)
    {
        double limit = limitKmh ?? (isBrazil ? of.LimitBrKmh : of.LimitKmh);
        int permille = of.TypicalPermille;
        if (surface is not null && s_unpaved.Contains(surface))
        {
            limit = Math.Min(limit, UnpavedLimitKmh);
            permille = Math.Min(permille, UnpavedPermille);
        }

        return (int)Math.Clamp(
            Math.Round(limit * permille / 1000),
            Routing.RoutingLimits.SpeedMinKmh,
            Routing.RoutingLimits.SpeedMaxKmh);
    }
}
