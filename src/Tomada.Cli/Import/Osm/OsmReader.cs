using System.Globalization;
using System.IO.Compression;
using OsmSharp;
using OsmSharp.Streams;
using OsmSharp.Tags;
using Tomada.Routing;

namespace Tomada.Cli.Import.Osm;

/// <summary>A file of OpenStreetMap is not what its name says, or larger than allowed.</summary>
internal sealed class OsmUnreadableException(string message) : Exception(message);

/// <summary>
/// Reads a file once: the nodes' places, the ways that cars use, the turn restrictions. Nodes come
/// before ways in most files and are all kept, because which of them matter is known only later.
/// </summary>
internal sealed class OsmReader(bool isBrazil, ImportReport report)
{
    private readonly WayRules _rules = new(isBrazil, report);
    private readonly OsmData _data = new();

    /// <summary>Said from time to time: what was read so far.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>The reader of a file by its name: .osm.pbf, .osm.gz, .osm.</summary>
    /// <exception cref="OsmUnreadableException">The name ends with none of them.</exception>
    public static OsmStreamSource Open(string name, Stream file)
    {
        if (name.EndsWith(".pbf", StringComparison.OrdinalIgnoreCase))
        {
            return new PBFOsmStreamSource(file);
        }

        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            return new XmlOsmStreamSource(new GZipStream(file, CompressionMode.Decompress));
        }

        return name.EndsWith(".osm", StringComparison.OrdinalIgnoreCase)
            ? new XmlOsmStreamSource(file)
            : throw new OsmUnreadableException(
                $"{name}: allowed are files named .osm.pbf, .osm.gz and .osm");
    }

    /// <exception cref="OsmUnreadableException">It cannot be read, or is too large.</exception>
    public OsmData Read(string name, Stream file)
    {
        long objects = 0;
        try
        {
            using OsmStreamSource source = Open(name, file);
            foreach (OsmGeo each in source)
            {
                Add(each);
                objects++;
                if (objects % 1_000_000 == 0)
                {
                    Progress?.Invoke(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{objects} objects read, {_data.Roads.Count} roads kept"));
                }
            }
        }
        catch (Exception unreadable) when (unreadable
            is not (OutOfMemoryException or OsmUnreadableException or OperationCanceledException))
        {
            // The library throws whatever its decoder stumbled upon.
            throw new OsmUnreadableException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} cannot be read after {objects} objects: {unreadable.Message}"));
        }

        if (_data.NodeCount == 0 || _data.Roads.Count == 0)
        {
            throw new OsmUnreadableException(
                $"{name}: {objects} objects, and no road that cars use among them");
        }

        _data.Sort();
        return _data;
    }

    private void Add(OsmGeo each)
    {
        switch (each)
        {
            case OsmSharp.Node
            {
                Id: { } id, Latitude: { } latitude, Longitude: { } longitude,
            } node:
                AddNode(id, latitude, longitude, node.Tags);
                break;
            case Way { Id: { } id, Nodes: { } nodes } way:
                AddWay(id, nodes, way.Tags);
                break;
            case Relation { Id: { } id, Members: { } members, Tags: { } tags }:
                AddRelation(id, members, tags);
                break;
            default:
                report.Correct("object without an id or content left aside", $"{each.Type}");
                break;
        }
    }

    private void AddNode(long id, double latitude, double longitude, TagsCollectionBase? tags)
    {
        if (!(Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180))
        {
            report.Correct("node off the earth left aside", "node", id);
            return;
        }

        if (_data.NodeCount == OsmLimits.NodesMax)
        {
            throw new OsmUnreadableException(
                $"it has more than {OsmLimits.NodesMax} nodes: cut a region out of it first");
        }

        _data.AddNode(
            id,
            new GeoPoint(
                (int)Math.Round(latitude * 1_000_000), (int)Math.Round(longitude * 1_000_000)));
        if (tags is not { Count: > 0 })
        {
            return;
        }

        if (WayRules.IsClosedNode(tags))
        {
            _data.Closed.Add(id);
        }

        if (tags.TryGetValue("barrier", out string barrier) && barrier == "toll_booth")
        {
            _data.TollBooths.Add(id);
        }
    }

    private void AddWay(long id, long[] nodes, TagsCollectionBase? tags)
    {
        report.Read++;
        if (tags is null || nodes.Length < 2)
        {
            report.Refuse("way that is no road", "way", id);
            return;
        }

        if (_rules.Use(id, tags) is { } use)
        {
            if (_data.Roads.Count == OsmLimits.WaysMax)
            {
                throw new OsmUnreadableException(
                    $"it has more than {OsmLimits.WaysMax} roads: cut a region out of it first");
            }

            report.Written++;
            _data.Roads.Add(new OsmRoad(id, nodes, use));
        }
    }

    private void AddRelation(long id, RelationMember[] members, TagsCollectionBase tags)
    {
        if (!tags.TryGetValue("type", out string type) || type != "restriction")
        {
            return;
        }

        if (!tags.TryGetValue("restriction:motorcar", out string value)
            && !tags.TryGetValue("restriction", out value))
        {
            report.Correct(
                "turn restriction by hour or for other vehicles not applied", "relation", id);
            return;
        }

        if (tags.TryGetValue("except", out string except)
            && except.Split(';').Any(each => each.Trim() is "motorcar" or "motor_vehicle"))
        {
            report.Correct("turn restriction that excepts cars not applied", "relation", id);
            return;
        }

        bool isOnly = value.StartsWith("only_", StringComparison.Ordinal);
        if (!isOnly && !value.StartsWith("no_", StringComparison.Ordinal))
        {
            report.Correct(
                "turn restriction of an unknown kind not applied", "relation", id, value);
            return;
        }

        long[] from = Ids(members, "from", OsmGeoType.Way);
        long[] to = Ids(members, "to", OsmGeoType.Way);
        long[] via = Ids(members, "via", OsmGeoType.Node);
        if (Ids(members, "via", OsmGeoType.Way).Length > 0)
        {
            report.Correct("turn restriction over a whole way not applied", "relation", id);
        }
        else if (from.Length is 0 or > OsmLimits.RestrictionWaysMax || via.Length != 1
            || to.Length is 0 or > OsmLimits.RestrictionWaysMax
            || _data.Restrictions.Count == OsmLimits.RestrictionsMax)
        {
            report.Correct("turn restriction that is not whole not applied", "relation", id);
        }
        else
        {
            _data.Restrictions.Add(new TurnRestriction(id, from, via[0], to, isOnly));
        }
    }

    private static long[] Ids(RelationMember[] members, string role, OsmGeoType type) =>
    [
        .. members.Where(each => each is not null && each.Role == role && each.Type == type)
            .Select(each => each.Id),
    ];
}
