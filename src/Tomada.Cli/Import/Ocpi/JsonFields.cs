using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tomada.Cli.Import.Ocpi;

/// <summary>Reads fields of records that may hold anything.</summary>
internal static class JsonFields
{
    /// <summary>
    /// Whether every name is there once and every text is one; reading it fails otherwise.
    /// </summary>
    public static bool IsWellFormed(JsonNode? node)
    {
        try
        {
            return node switch
            {
                JsonObject record => record.All(each => IsWellFormed(each.Value)),
                JsonArray list => list.All(IsWellFormed),
                JsonValue value when value.GetValueKind() == JsonValueKind.String =>
                    value.GetValue<string>() is not null,
                _ => true,
            };
        }
        catch (Exception malformed)
            when (malformed is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>A text, or a number as its text; null for anything else.</summary>
    public static string? Text(this JsonObject record, string name) => record[name] switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String =>
            value.GetValue<string>(),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.ToJsonString(),
        _ => null,
    };

    /// <summary>No quantity of a station is larger; products of two still fit a decimal.</summary>
    private const decimal NumberMax = 1_000_000_000_000;

    /// <summary>
    /// A number, or a text that is one, also with a decimal comma; null when it is none. A larger
    /// one than any quantity of a station becomes the bound, which every rule refuses.
    /// </summary>
    public static decimal? Number(this JsonObject record, string name) =>
        decimal.TryParse(
            record.Text(name)?.Trim().Replace(',', '.'), NumberStyles.Float,
            CultureInfo.InvariantCulture, out decimal number)
            ? Math.Clamp(number, -NumberMax, NumberMax)
            : null;

    /// <summary>The objects of a list; what is none of them is counted.</summary>
    public static List<JsonObject> Objects(this JsonObject record, string name, Mending mending)
    {
        List<JsonObject> objects = [];
        foreach (JsonNode? each in record[name] as JsonArray ?? [])
        {
            if (each is JsonObject item)
            {
                objects.Add(item);
            }
            else
            {
                mending.Did($"{name}: an item that is no object was left out");
            }
        }

        return objects;
    }
}

/// <summary>Counts the corrections of one record.</summary>
/// <param name="report">Where they are counted.</param>
/// <param name="record">The record, for people.</param>
internal sealed class Mending(ImportReport report, string record)
{
    public void Did(string rule, string? detail = null) =>
        report.Correct(rule, detail is null ? record : $"{record}: {detail}");
}
