using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Primitives;

namespace Tomada.Spec.Tests;

/// <summary>One file of spec/vectors while it is made.</summary>
internal sealed class VectorFile(string name, string about)
{
    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonArray _vectors = [];

    public string Name => name;

    public IEnumerable<JsonObject> Vectors => _vectors.Select(each => each!.AsObject());

    public int Count => _vectors.Count;

    public string Text => new JsonObject
    {
        ["about"] = about,
        ["vectors"] = _vectors.DeepClone(),
    }.ToJsonString(s_readable) + "\n";

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public void Add(string vector, string kind, JsonObject content)
    {
        JsonObject all = new() { ["name"] = vector, ["kind"] = kind };
        foreach ((string key, JsonNode? value) in content)
        {
            all[key] = value?.DeepClone();
        }

        _vectors.Add((JsonNode)all);
    }

    /// <summary>A value in both forms.</summary>
    public void Record<T>(string vector, string type, T value)
        where T : notnull
    {
        var known = (KnownType<T>)Format.Find(type);
        Add(vector, "record", new JsonObject
        {
            ["type"] = type,
            ["json"] = KnownType.ToNode(known.Codec.EncodeJson(value)),
            ["hex"] = Hex(known.Codec.Encode(value)),
        });
    }

    /// <summary>A message tag ‖ 00 ‖ parts, and what is made of it.</summary>
    public void Tagged(string vector, string tag, byte[][] parts, JsonObject made)
    {
        JsonObject content = new()
        {
            ["tag"] = tag,
            ["parts"] = new JsonArray([.. parts.Select(each => JsonValue.Create(Hex(each)))]),
            ["message"] = Hex(Signing.Message(tag, parts)),
        };
        foreach ((string key, JsonNode? value) in made)
        {
            content[key] = value?.DeepClone();
        }

        Add(vector, "tagged", content);
    }

    public static JsonObject Hashed(Digest digest) => new() { ["digest"] = digest.ToString() };

    public static JsonObject Signed(Signer signer, byte[] signature) => new()
    {
        ["signer"] = signer.Name,
        ["signature"] = Hex(signature),
    };
}
