using Tomada.Routing;

namespace Tomada.Cli.Import.Osm;

/// <summary><c>tomada import osm</c>: a map file becomes a road graph.</summary>
internal static class OsmImport
{
    /// <exception cref="OsmUnreadableException">It cannot be read, or is too large.</exception>
    public static RoadGraph Read(
        string name,
        Stream file,
        bool isBrazil,
        ImportReport report,
        Action<string>? progress = null)
    {
        OsmData data = new OsmReader(isBrazil, report) { Progress = progress }.Read(name, file);
        progress?.Invoke(FormattableString.Invariant(
            $"{data.NodeCount} nodes and {data.Roads.Count} roads read; building the graph"));
        return RoadNetwork.Build(data, report);
    }
}
