using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Ledger;
using Xunit;

namespace Tomada.Spec.Tests;

/// <summary>
/// The vectors in spec/vectors are what this code makes. REWRITE=1 writes them anew; a diff there
/// is a change of the format, and the format only grows.
/// </summary>
public class VectorTests
{
    [Fact]
    public void Files_are_what_the_code_makes()
    {
        foreach (VectorFile file in AllVectors.Files)
        {
            string path = AllVectors.PathOf(file);
            if (AllVectors.IsRewrite)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, file.Text);
            }

            Assert.Equal(file.Text, File.ReadAllText(path));
        }
    }

    [Fact]
    public void Every_record_has_the_same_bytes_and_JSON_in_both_directions()
    {
        int count = 0;
        foreach (JsonElement vector in Written())
        {
            if (vector.TryGetProperty("type", out JsonElement type)
                && vector.TryGetProperty("json", out JsonElement json))
            {
                byte[] bytes = Convert.FromHexString(vector.GetProperty("hex").GetString()!);
                string? fault = Format.Find(type.GetString()!).Check(json, bytes);
                Assert.True(fault is null, $"{vector.GetProperty("name")}: {fault}");
                count++;
            }
        }

        Assert.Equal(
            AllVectors.Files.Sum(file => file.Vectors.Count(each => each.ContainsKey("json"))),
            count);
    }

    [Fact]
    public void Every_kind_of_body_has_a_vector() =>
        Assert.Equal(Names(Body.Kinds), KindsOf("transactions", each => each["json"]!["body"]!));

    [Fact]
    public void Every_kind_of_effect_has_a_vector() =>
        Assert.Equal(Names(Effect.Kinds), KindsOf("log", Of("Effect")));

    [Fact]
    public void Every_kind_of_entry_has_a_vector() => Assert.Equal(
        Names([typeof(TransactionEntry), typeof(RuleEntry), typeof(Seal)]),
        KindsOf("log", Of("Entry")));

    [Fact]
    public void Every_table_of_the_state_tree_has_a_row() => Assert.Equal(
        Tables.All.Where(each => each.IsProven).Select(each => each.Name),
        StateVectors.OfEveryTable().TableNames);

    [Fact]
    public void Every_named_part_of_a_record_is_in_the_document()
    {
        string layouts = string.Join('\n', Format.All.Select(each => each.Layout));
        IEnumerable<string> known =
        [
            .. Format.All.Select(each => each.Name),
            .. Format.Enums.Select(each => each.Name),
            "bool", "bytes", "integer", "text", "IPEndPoint", "NetworkId",
        ];
        IEnumerable<string> named =
            from line in layouts.Split('\n')
            let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where line.StartsWith("  ", StringComparison.Ordinal) && words.Length > 2
            let type = words.SkipWhile(
                each => each != words[2] || each is "optional" or "list").FirstOrDefault()
            where type is not null && char.IsAsciiLetterUpper(type[0])
            select type;
        Assert.Empty(named.Except(known));
    }

    private static Func<JsonObject, JsonNode?> Of(string type) =>
        each => (string?)each["type"] == type ? each["json"] : null;

    private static IEnumerable<string> Names(IEnumerable<Type> types) =>
        types.Select(each => each.Name).Order(StringComparer.Ordinal);

    private static IEnumerable<string> KindsOf(string file, Func<JsonObject, JsonNode?> select) =>
        AllVectors.Files.Single(each => each.Name == file).Vectors
            .Select(select)
            .OfType<JsonNode>()
            .Select(each => (string)each["kind"]!)
            .Distinct()
            .Order(StringComparer.Ordinal);

    private static IEnumerable<JsonElement> Written()
    {
        foreach (VectorFile file in AllVectors.Files)
        {
            using JsonDocument document =
                JsonDocument.Parse(File.ReadAllText(AllVectors.PathOf(file)));
            JsonElement vectors = document.RootElement.GetProperty("vectors");
            foreach (JsonElement each in vectors.EnumerateArray())
            {
                yield return each.Clone();
            }
        }
    }
}
