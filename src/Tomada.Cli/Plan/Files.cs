using System.Text.Json;

namespace Tomada.Cli.Plan;

/// <summary>Reads what a person names; a refusal says which file and what is wrong.</summary>
internal static class Files
{
    public const string FarFromRoads = "location: more than 60 km from every place of the roads";

    public static byte[] ReadAll(FileInfo file, long bytesMax)
    {
        try
        {
            return file.Length <= bytesMax
                ? File.ReadAllBytes(file.FullName)
                : throw CommandException.Configuration(
                    $"{file}: {file.Length} bytes; allowed are up to {bytesMax}");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Configuration($"{file}: {failed.Message}");
        }
    }

    /// <summary>The objects of an OCPI list: an array, or an envelope with one.</summary>
    public static List<JsonElement> ReadList(FileInfo file, long bytesMax)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(ReadAll(file, bytesMax));
            JsonElement root = json.RootElement;
            JsonElement list = root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("data", out JsonElement data) ? data : root;
            return list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Select(each => each.Clone())]
                : throw CommandException.Configuration(
                    $"{file}: {list.ValueKind}; allowed is an array of OCPI objects, or an object "
                    + "whose 'data' is one");
        }
        catch (JsonException damaged)
        {
            throw CommandException.Configuration($"{file}: {damaged.Message}");
        }
    }

    public static void Count(SortedDictionary<string, int> counts, string reason) =>
        counts[reason] = counts.GetValueOrDefault(reason) + 1;
}
