using System.Reflection;
using System.Text;
using System.Text.Json;
using Tomada.Primitives.Encoding;

namespace Tomada.Fuzz.Tests;

/// <summary>
/// Every codec of every assembly, found by its type, so that a new one is fuzzed from its first
/// day. A codec of a part may be private; a nested one has its owner's name in front.
/// </summary>
internal static class CodecTargets
{
    private static readonly (string Assembly, string Group)[] s_assemblies =
    [
        ("Primitives", "Primitives"), ("Transparency", "Log"), ("Ledger", "Ledger"),
        ("Consensus", "Consensus"), ("Replication", "Replication"), ("DeviceApi", "Devices"),
        ("Node", "Node"),
    ];

    /// <summary>The published vectors, by the name of their type.</summary>
    public static ILookup<string, (string Json, byte[] Bytes)> Vectors { get; } = ReadVectors();

    public static IEnumerable<Target> All { get; } = [.. Find()];

    private static IEnumerable<Target> Find()
    {
        foreach ((string assembly, string group) in s_assemblies)
        {
            foreach (Type type in Assembly.Load($"Tomada.{assembly}").GetTypes())
            {
                if (type.ContainsGenericParameters)
                {
                    continue;
                }

                foreach ((string name, object codec, Type value) in CodecsOf(type))
                {
                    string full = name == "Codec"
                        ? $"{Owner(type)}{type.Name}"
                        : $"{Owner(type)}{type.Name}.{name}";
                    (string Json, byte[] Bytes)[] known = [.. Vectors[value.Name]];
                    yield return Make("OfCodec", group, full, codec, value) with
                    {
                        Seeds = [.. known.Select(each => each.Bytes)],
                    };
                    yield return Make("OfJson", "JSON", full, codec, value) with
                    {
                        Seeds = [.. known.Select(each => Encoding.UTF8.GetBytes(each.Json))],
                    };
                }
            }
        }
    }

    private static IEnumerable<(string Name, object Codec, Type Value)> CodecsOf(Type type)
    {
        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public
            | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var found =
            from property in type.GetProperties(Static)
            where property.GetIndexParameters().Length == 0
            let value = ValueOf(property.PropertyType)
            where value is not null
            select (property.Name, property.GetValue(null)!, value);
        return found.Concat(
            from field in type.GetFields(Static)
            let value = ValueOf(field.FieldType)
            where value is not null && !field.Name.Contains('<', StringComparison.Ordinal)
            select (field.Name, field.GetValue(null)!, value));
    }

    private static Type? ValueOf(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Codec<>))
            {
                return type.GetGenericArguments()[0];
            }
        }

        return null;
    }

    private static string Owner(Type type) =>
        type.DeclaringType is { } owner ? $"{Owner(owner)}{owner.Name}." : string.Empty;

    private static Target Make(
        string method, string group, string name, object codec, Type value) =>
        (Target)typeof(Target).GetMethod(method)!.MakeGenericMethod(value)
            .Invoke(null, [group, name, codec])!;

    private static ILookup<string, (string Json, byte[] Bytes)> ReadVectors()
    {
        List<(string Type, string Json, byte[] Bytes)> vectors = [];
        foreach (string file in Directory.GetFiles(
            Path.Combine(Kept.Root, "spec", "vectors"), "*.json"))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonElement each in document.RootElement.GetProperty("vectors")
                .EnumerateArray())
            {
                if (each.TryGetProperty("type", out JsonElement type)
                    && each.TryGetProperty("json", out JsonElement json))
                {
                    vectors.Add((
                        type.GetString()!,
                        json.GetRawText(),
                        Convert.FromHexString(each.GetProperty("hex").GetString()!)));
                }
            }
        }

        return vectors.ToLookup(each => each.Type, each => (each.Json, each.Bytes));
    }
}
