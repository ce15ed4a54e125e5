using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// A road graph as one file in compressed sparse rows, ended by the SHA-256 of all before it;
/// docs/imports.md lists the bytes. One graph has one form: what is read is written back the same.
/// </summary>
public static class RoadGraphFile
{
    /// <summary>The only version that is read and written.</summary>
    public const int Version = 1;

    /// <summary>What such a file is called in a folder of road data.</summary>
    public const string Name = "roads.graph";

    // Fewest bytes of one string, node, passed node and edge: a count that the file cannot hold is
    // refused before anything is made for it.
    private const int StringBytesMin = 2;
    private const int NodeBytesMin = 1 + 1 + 4 + 4 + 4 + 2 + 4;
    private const int EdgeBytes = 4 + 4 + 1 + 1 + 4;

    private static ReadOnlySpan<byte> Magic => "tmdroads"u8;

    /// <summary>The whole file.</summary>
    public static ReadOnlyMemory<byte> Write(RoadGraph graph)
    {
        ImmutableArray<Place> places = graph.Places;
        string[] strings = [.. places.Select(place => place.Name)
            .Concat(Enumerable.Range(0, graph.EdgeCount)
                .Select(edge => graph.Highways[graph.Row(edge).Highway]))
            .Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (string each in strings)
        {
            numbers.Add(each, numbers.Count);
        }

        RoadFileWriter writer = new();
        writer.Bytes(Magic);
        writer.Int(Version);
        writer.Int(strings.Length);
        writer.Int(places.Length);
        writer.Int(graph.PassedOnly.Count);
        writer.Int(graph.EdgeCount);
        foreach (string each in strings)
        {
            writer.Text(each);
        }

        foreach (Place place in places)
        {
            writer.Text(place.Id.Value);
            writer.Int(place.At.LatitudeMicrodegrees);
            writer.Int(place.At.LongitudeMicrodegrees);
            writer.Int(numbers[place.Name]);
            writer.Bytes(Encoding.UTF8.GetBytes(place.State));
        }

        foreach (int node in graph.PassedOnly)
        {
            writer.Int(node);
        }

        WriteRows(writer, graph, numbers);
        return writer.Seal();
    }

    /// <summary>Reads a file; refuses every one that <see cref="Write"/> would not make.
    /// </summary>
    /// <param name="file">The whole file.</param>
    /// <param name="graph">The graph, when the answer is true.</param>
    /// <param name="why">Otherwise what is wrong, and where.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out RoadGraph? graph,
        [NotNullWhen(false)] out string? why)
    {
        graph = null;
        if (file.Length < Magic.Length + Digest.Size || !file.StartsWith(Magic))
        {
            why = "it is not a road graph file";
            return false;
        }

        ReadOnlySpan<byte> content = file[..^Digest.Size];
        if (!Digest.Of(content).ToArray().AsSpan().SequenceEqual(file[^Digest.Size..]))
        {
            why = "its checksum does not match: it is cut short or damaged";
            return false;
        }

        RoadFileReader reader = new(content[Magic.Length..]);
        RoadGraphParts? parts = Read(ref reader);
        why = reader.Why;
        return parts is not null && why is null && RoadGraph.TryBuild(parts, out graph, out why);
    }

    private static void WriteRows(
        RoadFileWriter writer, RoadGraph graph, Dictionary<string, int> numbers)
    {
        for (int node = 0; node < graph.NodeCount; node++)
        {
            writer.Int(graph.EdgesOf(node).End);
        }

        for (int edge = 0; edge < graph.EdgeCount; edge++)
        {
            RoadRow row = graph.Row(edge);
            writer.Int(row.To);
            writer.Int(row.LengthM);
            writer.Byte((byte)row.SpeedKmh);
            writer.Byte((byte)row.Traits);
            writer.Int(numbers[graph.Highways[row.Highway]]);
        }
    }

    private static RoadGraphParts? Read(ref RoadFileReader reader)
    {
        _ = reader.Int("version", Version, Version);
        int stringCount = reader.Count("strings", RoutingLimits.GraphEdgesMax, StringBytesMin);
        int nodeCount = reader.Count("nodes", RoutingLimits.GraphNodesMax, NodeBytesMin);
        int passedCount = reader.Count("passed nodes", nodeCount, sizeof(int));
        int edgeCount = reader.Count("edges", RoutingLimits.GraphEdgesMax, EdgeBytes);
        if (reader.Why is not null)
        {
            return null;
        }

        string[] strings = new string[stringCount];
        for (int i = 0; i < stringCount && reader.Why is null; i++)
        {
            strings[i] = reader.Text("string");
            reader.Require(
                i == 0 || string.CompareOrdinal(strings[i - 1], strings[i]) < 0,
                "strings do not ascend");
        }

        bool[] isUsed = new bool[stringCount];
        Place[] places = new Place[nodeCount];
        for (int i = 0; i < nodeCount && reader.Why is null; i++)
        {
            places[i] = ReadPlace(ref reader, strings, isUsed)!;
        }

        int[] passedOnly = new int[passedCount];
        for (int i = 0; i < passedCount && reader.Why is null; i++)
        {
            passedOnly[i] = reader.Int("passed node", 0, nodeCount - 1);
            reader.Require(
                i == 0 || passedOnly[i - 1] < passedOnly[i], "passed nodes do not ascend");
        }

        RoadRow[] rows = ReadRows(ref reader, nodeCount, edgeCount, isUsed);
        reader.Require(reader.IsAtEnd, "bytes follow the last edge");
        reader.Require(Array.TrueForAll(isUsed, used => used), "a string is not used");
        return reader.Why is null
            ? new RoadGraphParts([.. places], [.. strings], rows, passedOnly)
            : null;
    }

    private static Place? ReadPlace(
        ref RoadFileReader reader, string[] strings, bool[] isUsed)
    {
        string id = reader.Text("place");
        GeoPoint at = new(
            reader.Int("latitude", -90_000_000, 90_000_000),
            reader.Int("longitude", -180_000_000, 180_000_000));
        int name = reader.Int("name", 0, strings.Length - 1);
        string state = reader.Fixed("state", 2);
        reader.Require(IdRules.IsName(id), "a place's id is not a name");
        if (reader.Why is not null)
        {
            return null;
        }

        isUsed[name] = true;
        return new Place(PlaceId.Parse(id), strings[name], state, at);
    }

    private static RoadRow[] ReadRows(
        ref RoadFileReader reader, int nodeCount, int edgeCount, bool[] isUsed)
    {
        int[] ends = new int[nodeCount];
        for (int node = 0; node < nodeCount; node++)
        {
            ends[node] = reader.Int("end of a node's edges", 0, edgeCount);
            reader.Require(node == 0 || ends[node - 1] <= ends[node], "ends do not ascend");
        }

        reader.Require(ends.Length > 0 && ends[^1] == edgeCount, "the last end is not the last");
        RoadRow[] rows = new RoadRow[edgeCount];
        int from = 0;
        for (int edge = 0; edge < edgeCount && reader.Why is null; edge++)
        {
            while (ends[from] <= edge)
            {
                from++;
            }

            int to = reader.Int("target", 0, nodeCount - 1);
            int lengthM = reader.Int("length", 1, RoutingLimits.RoadLengthMaxM);
            int speedKmh = reader.Byte();
            RoadTraits traits = (RoadTraits)reader.Byte();
            int highway = reader.Int("highway", 0, isUsed.Length - 1);
            rows[edge] = new RoadRow(from, to, lengthM, speedKmh, highway, traits);
            reader.Require(edge == 0 || rows[edge - 1] <= rows[edge], "edges do not ascend");
            if (reader.Why is null)
            {
                isUsed[rows[edge].Highway] = true;
            }
        }

        return rows;
    }
}

/// <summary>Little-endian numbers and short texts, sealed by their digest.</summary>
internal sealed class RoadFileWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void Byte(byte value) => _bytes.Write([value]);

    public void Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }

    /// <summary>A text of 1 to 255 bytes after its length.</summary>
    public void Text(string text)
    {
        int length = Encoding.UTF8.GetBytes(text, _bytes.GetSpan(1 + (3 * text.Length))[1..]);
        _bytes.GetSpan(1)[0] = checked((byte)length);
        _bytes.Advance(1 + length);
    }

    public ReadOnlyMemory<byte> Seal()
    {
        _bytes.Write(Digest.Of(_bytes.WrittenSpan).ToArray());
        return _bytes.WrittenMemory;
    }
}

/// <summary>Reads what was written; the first thing wrong is kept and ends all reading.</summary>
internal ref struct RoadFileReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public string? Why { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public void Require(bool isTrue, string why) => Why ??= isTrue ? null : why;

    public byte Byte() => Take(1) is { Length: 1 } bytes ? bytes[0] : (byte)0;

    public int Int(string what, int min, int max)
    {
        ReadOnlySpan<byte> bytes = Take(sizeof(int));
        int value = bytes.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (Why is null && (value < min || value > max))
        {
            Why = $"{what} is {value}; allowed are {min} to {max}";
        }

        return Why is null ? value : 0;
    }

    /// <summary>A count of items that take so many bytes at least.</summary>
    public int Count(string what, int max, int bytesMin)
    {
        int count = Int($"the count of {what}", 0, max);
        Require((long)count * bytesMin <= _rest.Length, $"there are fewer {what} than it says");
        return Why is null ? count : 0;
    }

    public string Text(string what) => Fixed(what, Byte());

    public string Fixed(string what, int length)
    {
        ReadOnlySpan<byte> bytes = Take(length);
        if (Why is null && (length == 0 || !System.Text.Unicode.Utf8.IsValid(bytes)))
        {
            Why = $"a {what} is empty or not UTF-8";
        }

        return Why is null ? Encoding.UTF8.GetString(bytes) : string.Empty;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (Why is not null || _rest.Length < length)
        {
            Why ??= "it ends too early";
            return [];
        }

        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
