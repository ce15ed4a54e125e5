using System.Text;
using System.Text.RegularExpressions;
using Tomada.Ledger;
using Tomada.Primitives.Encoding;
using Xunit;

namespace Tomada.Spec.Tests;

/// <summary>
/// spec/encoding.md cannot drift: its lists of fields and its vectors are made from the code, and
/// every hex in it stands in a vector file. REWRITE=1 writes the made parts anew.
/// </summary>
public partial class DocumentTests
{
    private static string DocumentPath => Path.Combine(AllVectors.Folder, "encoding.md");

    [Fact]
    public void Made_parts_are_what_the_code_makes()
    {
        string written = File.ReadAllText(DocumentPath);
        string made = MadePart().Replace(written, match =>
            $"{match.Groups[1].Value}\n```\n{Make(match.Groups[2].Value)}```\n<!-- end -->");
        if (AllVectors.IsRewrite)
        {
            File.WriteAllText(DocumentPath, made);
        }
        else
        {
            Assert.Equal(made, written);
        }
    }

    [Fact]
    public void Every_hex_stands_in_a_vector_file()
    {
        string vectors = string.Concat(AllVectors.Files.Select(each => each.Text));
        string text = File.ReadAllText(DocumentPath);
        string[] found = [.. Hex().Matches(text).Select(each => each.Value)];
        Assert.NotEmpty(found);
        Assert.All(found, each => Assert.Contains(each, vectors, StringComparison.Ordinal));
    }

    private static string Make(string what)
    {
        string[] words = what.Split(' ', 3);
        return words[0] switch
        {
            "layout" => string.Join(
                '\n', ListOf(words[1]).Select(each => each.Layout).OfType<string>()),
            "enums" => string.Concat(Format.Enums.Select(Numbers)),
            "tables" => string.Concat(Tables.All.Where(each => each.IsProven).Select(Row)),
            "records" => Lines("record", each => words[1] == each.Name, "hex"),
            "ids" => Lines("transaction", each => words[1] == each.Name, "id"),
            "vector" => Fields(words[1], words[2]),
            _ => throw new InvalidOperationException($"'{what}' is nothing that can be made."),
        };
    }

    private static IReadOnlyList<KnownType> ListOf(string chapter) => chapter switch
    {
        "membership" => Format.Membership,
        "bodies" => Format.Bodies,
        "log" => Format.Log,
        "state" => Format.State,
        "votes" => Format.Votes,
        "peers" => Format.Peers,
        _ => throw new InvalidOperationException($"'{chapter}' is no chapter."),
    };

    private static string Numbers(Type type)
    {
        IEnumerable<string> values = Enum.GetValues(type).Cast<Enum>()
            .Select(each => $"{Convert.ToInt32(each, null)} {NameOf(each)}");
        return $"{type.Name}: {string.Join(", ", values)}\n";
    }

    private static string NameOf(Enum value) => value switch
    {
        ConnectorStandard standard => ConnectorStandards.OcpiName(standard),
        PowerType type => ConnectorStandards.OcpiName(type),
        _ => EnumNames.UpperSnake(value.ToString()),
    };

    private static string Row(Table table)
    {
        Type[] types = table.GetType().GetGenericArguments();
        string key = types[0] == typeof(long) ? "integer: its height"
            : types[0] != typeof(int) ? types[0].Name
            : table == Tables.Periods ? "integer: its number"
            : "integer 0";
        string value = types[1].IsGenericType ? "CalendarRow" : types[1].Name;
        return $"{table.Name,-16}{key,-22}{value}\n";
    }

    private static string Lines(string kind, Func<VectorFile, bool> isWanted, string field)
    {
        StringBuilder text = new();
        foreach (var each in AllVectors.Files.Where(isWanted).SelectMany(file => file.Vectors))
        {
            if ((string?)each["kind"] == kind)
            {
                text.Append($"{(string)each["name"]!,-20} {(string)each[field]!}\n");
            }
        }

        return text.ToString();
    }

    private static string Fields(string file, string vector)
    {
        var found = AllVectors.Files.Single(each => each.Name == file).Vectors
            .Single(each => (string?)each["name"] == vector);
        StringBuilder text = new();
        foreach ((string key, var value) in found.Where(each => each.Key is not ("name" or "kind")))
        {
            string shown = value is System.Text.Json.Nodes.JsonValue ? value.ToString()
                : value?.ToJsonString() ?? "none";
            text.Append(shown.Contains('\n', StringComparison.Ordinal)
                ? $"{key}:\n{shown}"
                : $"{key}: {shown}\n");
        }

        return text.ToString();
    }

    [GeneratedRegex(
        @"(<!-- made: ([^>]+?) -->)\n```\n.*?```\n<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex MadePart();

    [GeneratedRegex("[0-9a-f]{24,}")]
    private static partial Regex Hex();
}
