using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tomada.DeviceApi.Tests;

/// <summary>
/// JSON as YAML in block style: indented mappings and lists; every scalar stays as JSON writes it,
/// which YAML reads as well.
/// </summary>
internal static class YamlText
{
    private static readonly JsonSerializerOptions s_plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonObject root)
    {
        StringBuilder text = new();
        Write(text, root, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode node, int depth)
    {
        string indent = new(' ', 2 * depth);
        if (node is JsonObject record)
        {
            foreach ((string name, JsonNode? value) in record)
            {
                text.Append(indent).Append(Key(name)).Append(':');
                Value(text, value, depth + 1);
            }
        }
        else
        {
            foreach (JsonNode? value in node.AsArray())
            {
                text.Append(indent).Append('-');
                Value(text, value, depth + 1);
            }
        }
    }

    private static void Value(StringBuilder text, JsonNode? value, int depth)
    {
        if (value is JsonObject { Count: > 0 })
        {
            text.Append('\n');
            Write(text, value, depth);
        }
        else if (value is JsonArray array && array.Any(each => each is JsonObject))
        {
            text.Append('\n');
            Write(text, array, depth);
        }
        else
        {
            text.Append(' ').Append(value?.ToJsonString(s_plain) ?? "null").Append('\n');
        }
    }

    private static string Key(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? name : $"\"{name}\"";
}
