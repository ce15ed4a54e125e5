using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi.Contract;

/// <summary>
/// JSON Schema (draft 2020-12) of a record: its form from the serializer that reads and writes it,
/// its bounds from the rules that check it.
/// </summary>
internal static class SchemaWriter
{
    private const string Name = "[a-z0-9-]{1,40}";
    private const string Owned = "^[a-z]{2}-[a-z]{3}/" + Name + "$";
    private const string TripOf = "[0-9a-f]{64}";
    private const string Time =
        @"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?(Z|[+-]\d{2}:\d{2})$";

    public static JsonObject Write(JsonTypeInfo type, BodyRules rules)
    {
        SortedDictionary<string, BodyRules> all = new(StringComparer.Ordinal);
        Collect(rules, all);
        JsonSchemaExporterOptions options = new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) => Transform(context, node, all),
        };
        return type.GetJsonSchemaAsNode(options).AsObject();
    }

    private static void Collect(BodyRules rules, SortedDictionary<string, BodyRules> all)
    {
        all[rules.Of.Name] = rules;
        foreach (BodyRules part in rules.Parts)
        {
            Collect(part, all);
        }
    }

    private static JsonNode Transform(
        JsonSchemaExporterContext context, JsonNode node, SortedDictionary<string, BodyRules> all)
    {
        if (node is not JsonObject record || record["properties"] is not JsonObject fields)
        {
            return Leaf(context.TypeInfo.Type, null) ?? node;
        }

        foreach (JsonPropertyInfo property in context.TypeInfo.Properties)
        {
            if (fields[property.Name] is null)
            {
                continue;
            }

            if (Leaf(property.PropertyType, property) is { } leaf)
            {
                fields[property.Name] = leaf;
            }
            else if (fields[property.Name] is JsonObject field)
            {
                // Absent means the default; null is not written.
                field.Remove("default");
            }
        }

        if (all.TryGetValue(context.TypeInfo.Type.Name, out BodyRules? rules))
        {
            foreach (FieldBound bound in rules.Bounds)
            {
                Invariant.Require(
                    fields[bound.Field] is JsonObject,
                    $"{rules.Of.Name} has a field {bound.Field}");
                Bind(fields[bound.Field]!.AsObject(), bound);
            }
        }

        return node;
    }

    private static void Bind(JsonObject field, FieldBound bound)
    {
        switch (bound.Kind)
        {
            case BoundKind.Number:
                field["minimum"] = bound.Min;
                field["maximum"] = bound.Max;
                break;
            case BoundKind.Count:
                field["minItems"] = bound.Min;
                field["maxItems"] = bound.Max;
                break;
            case BoundKind.Text:
                field["minLength"] = bound.Min;
                field["maxLength"] = bound.Max;
                break;
            case BoundKind.Known:
                field.Clear();
                field["type"] = "string";
                field["enum"] = new JsonArray([.. bound.Values.Select(each => (JsonNode)each)]);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(bound.Kind.ToString());
        }
    }

    /// <summary>
    /// An enum that grows: what this version says, and anything that looks like a later value.
    /// </summary>
    private static JsonObject Open(Type type) => new()
    {
        ["type"] = "string",
        ["anyOf"] = new JsonArray(
            new JsonObject
            {
                ["enum"] = new JsonArray([.. OcpiNames.Of(type).Select(each => (JsonNode)each)]),
            },
            new JsonObject { ["pattern"] = "^[A-Z][A-Z0-9_]{0,39}$" }),
    };

    /// <summary>
    /// What one codec spells, as that codec spells it; null for records and lists.
    /// </summary>
    private static JsonObject? Leaf(Type declared, JsonPropertyInfo? property)
    {
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        return type.IsEnum ? Open(type) : LeafOf(type, property);
    }

    private static JsonObject? LeafOf(Type type, JsonPropertyInfo? property) =>
        type == typeof(Timestamp) ? Text(Time, Timestamp.Codec.Allowed)
        : type == typeof(MessageId) ? Text(
            "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$", MessageId.Allowed)
        : type == typeof(Digest) || type == typeof(TripId)
            ? Text($"^{TripOf}$", "32 bytes in lower-case hexadecimal")
        : type == typeof(LegId) ? Text($"^{TripOf}/([1-9]|1[0-6])$", "trip/number")
        : type == typeof(SessionId)
            ? Text($"^{TripOf}/([1-9]|1[0-6])/[1-9]$", SessionId.Codec.Allowed)
        : type == typeof(EvseId) || type == typeof(LocationId)
            ? Text(Owned, EvseId.Codec.Allowed)
        : type == typeof(byte[]) ? Bytes(property)
        : type == typeof(JsonElement) ? new JsonObject { ["type"] = "object" }
        : type == typeof(Money) ? new JsonObject
        {
            ["type"] = "object",
            ["description"] = "minor units of the currency",
            ["properties"] = new JsonObject
            {
                ["amount"] = new JsonObject { ["type"] = "integer" },
                ["currency"] = Text("^[A-Z]{3}$", "ISO 4217"),
            },
            ["required"] = new JsonArray("amount", "currency"),
        }
        : type == typeof(TimeWindow) ? new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["from"] = Text(Time, Timestamp.Codec.Allowed),
                ["until"] = Text(Time, Timestamp.Codec.Allowed),
            },
            ["required"] = new JsonArray("from", "until"),
        }
        : null;

    private static JsonObject Bytes(JsonPropertyInfo? property)
    {
        int size = property?.CustomConverter is SignatureConverter ? 64 : 32;
        return Text($"^[0-9a-f]{{{2 * size}}}$", $"{size} bytes in lower-case hexadecimal");
    }

    private static JsonObject Text(string pattern, string allowed) => new()
    {
        ["type"] = "string",
        ["pattern"] = pattern,
        ["description"] = allowed,
    };
}
