using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Primitives.Encoding;

namespace Tomada.Spec.Tests;

/// <summary>A type of the format: its codec, and how the document shows it.</summary>
internal abstract class KnownType(string name)
{
    public string Name => name;

    /// <summary>The declared fields or cases, as the document prints them; else null.</summary>
    public abstract string? Layout { get; }

    /// <summary>What is wrong with a vector in either direction; null when nothing.</summary>
    public abstract string? Check(JsonElement json, byte[] bytes);

    public static JsonNode ToNode(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8)!;
}

internal sealed class KnownType<T>(string name, Codec<T> codec) : KnownType(name)
    where T : notnull
{
    public Codec<T> Codec => codec;

    public override string? Layout => codec switch
    {
        RecordCodec<T> record => LayoutOf(record),
        UnionCodec<T> union => LayoutOf(union),
        _ => null,
    };

    public override string? Check(JsonElement json, byte[] bytes)
    {
        if (!codec.TryReadJson(json, out T? read, out string? why))
        {
            return $"json: {why}";
        }

        if (!codec.Encode(read).AsSpan().SequenceEqual(bytes))
        {
            return "the JSON form has other bytes";
        }

        if (!codec.TryDecode(bytes, out T? decoded, out why))
        {
            return $"hex: {why}";
        }

        JsonNode again = ToNode(codec.EncodeJson(decoded));
        return JsonNode.DeepEquals(again, JsonNode.Parse(json.GetRawText()))
            ? null
            : "the bytes have another JSON form";
    }

    private string LayoutOf(RecordCodec<T> record)
    {
        RecordField[] fields = [.. record.Fields];
        StringBuilder text = new(Name);
        text.Append(record.Version > 0 ? $"  (version {record.Version})\n" : "\n");
        int width = fields.Length == 0 ? 0 : fields.Max(each => each.Name.Length);
        foreach (RecordField field in fields)
        {
            text.Append(
                $"  {field.Key,2}  {field.Name.PadRight(width)}  {TypeNames.Describe(field)}\n");
        }

        return text.ToString();
    }

    private string LayoutOf(UnionCodec<T> union)
    {
        StringBuilder text = new($"{Name} = [number, record]\n");
        foreach ((int number, string kind) in union.Cases)
        {
            text.Append($"  {number,2}  {kind}\n");
        }

        return text.ToString();
    }
}
