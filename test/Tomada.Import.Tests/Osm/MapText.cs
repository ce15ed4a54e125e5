using System.Globalization;
using System.Text;
using Tomada.Cli.Import;
using Tomada.Cli.Import.Osm;
using Tomada.Routing;

namespace Tomada.Import.Tests.Osm;

/// <summary>A small map, written as text: nodes on a grid of about 111 m.</summary>
internal sealed class MapText
{
    private readonly StringBuilder _nodes = new();
    private readonly StringBuilder _rest = new();

    public ImportReport Report { get; } = new("ways");

    /// <summary>A node; its place is column and row of the grid.</summary>
    public MapText Node(long id, int column, int row, params string[] tags)
    {
        _nodes.Append(
            CultureInfo.InvariantCulture,
            $"""<node id="{id}" lat="{row * 0.001:F3}" lon="{column * 0.001:F3}" version="1">""")
            .Append(Tags(tags)).Append("</node>");
        return this;
    }

    /// <summary>A way; tags are written as key=value.</summary>
    public MapText Way(long id, long[] nodes, params string[] tags)
    {
        _rest.Append(CultureInfo.InvariantCulture, $"""<way id="{id}" version="1">""");
        foreach (long node in nodes)
        {
            _rest.Append(CultureInfo.InvariantCulture, $"""<nd ref="{node}"/>""");
        }

        _rest.Append(Tags(tags)).Append("</way>");
        return this;
    }

    public MapText Restriction(long id, long from, long via, long to, params string[] tags)
    {
        _rest.Append(
            CultureInfo.InvariantCulture,
            $"""
            <relation id="{id}" version="1"><member type="way" ref="{from}" role="from"/>
            <member type="node" ref="{via}" role="via"/><member type="way" ref="{to}" role="to"/>
            <tag k="type" v="restriction"/>{Tags(tags)}</relation>
            """);
        return this;
    }

    public RoadGraph Import() => OsmImport.Read(
        "map.osm",
        new MemoryStream(Encoding.UTF8.GetBytes(
            $"""<?xml version="1.0"?><osm version="0.6">{_nodes}{_rest}</osm>""")),
        isBrazil: true,
        Report);

    public static PlaceId Id(long node) =>
        PlaceId.Parse(string.Create(CultureInfo.InvariantCulture, $"osm-{node}"));

    private static string Tags(string[] tags) => string.Concat(tags.Select(tag =>
        $"""<tag k="{tag.Split('=')[0]}" v="{tag.Split('=')[1]}"/>"""));
}
