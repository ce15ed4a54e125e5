using System.Text;
using System.Text.RegularExpressions;
using Tomada.Node.Devices.Conflicts;

namespace Tomada.Devices.Tests.Conflicts;

/// <summary>
/// The tables of docs/conflicts.md are those of the code. REWRITE=1 writes them anew.
/// </summary>
public partial class ConflictDocumentTests
{
    [Fact]
    public void The_tables_for_readers_are_those_of_the_code()
    {
        string path = Path.Combine(FindRoot(), "docs", "conflicts.md");
        string written = File.ReadAllText(path);
        string made = Table().Replace(written, match =>
            $"<!-- made {match.Groups[1].Value} -->\n{Make(match.Groups[1].Value)}<!-- end -->");
        if (Environment.GetEnvironmentVariable("REWRITE") == "1")
        {
            File.WriteAllText(path, made);
        }
        else
        {
            Assert.Equal(made, written);
        }

        Assert.Equal(3, Table().Count(written));
    }

    private static string Make(string table) => table switch
    {
        "legs" => Lines(
            ["conflict", "ledger says", "station says", "when", "what is done"],
            ConflictTable.Rows.Select(row => (string[])
                [row.Name, row.Ledger, row.Device, row.When, row.Does])),
        "walk-ins" => Lines(
            ["case", "when", "the station is answered"],
            WalkInTable.Rows.Select(row => (string[])[row.Name, row.When, row.Does])),
        "clocks" => Lines(
            ["case", "when", "what is done"],
            ClockTable.Rows.Select(row => (string[])[row.Name, row.When, row.Does])),
        _ => throw new InvalidOperationException($"'{table}' is nothing that can be made."),
    };

    private static string Lines(string[] heads, IEnumerable<string[]> rows)
    {
        StringBuilder text = new();
        text.Append($"| {string.Join(" | ", heads)} |\n");
        text.Append($"|{string.Concat(heads.Select(_ => "---|"))}\n");
        foreach (string[] row in rows)
        {
            text.Append($"| {string.Join(" | ", row)} |\n");
        }

        return text.ToString();
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tomada.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Tomada.slnx is in no folder above.");
    }

    [GeneratedRegex("<!-- made ([a-z-]+) -->\n(.*?)<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Table();
}
