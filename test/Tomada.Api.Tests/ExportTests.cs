using System.Text.Json;
using Tomada.Node;

namespace Tomada.Api.Tests;

/// <summary>Exports hold exactly the transactions of the log.</summary>
public sealed class ExportTests(OneCompany company)
{
    private static readonly string[] s_header =
    [
        "index",
        "height",
        "time",
        "id",
        "company",
        "kind",
        "lane",
        "number",
        "validUntil",
        "outcome",
        "reason", "body", "effects",
    ];

    [Fact]
    public async Task Json_lines_are_the_transactions_in_log_order()
    {
        long to = company.Desk.State.Size;
        string text = await company.Client.TextAsync($"/v1/export/transactions.jsonl?to={to}");
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] log = [.. (await company.Client.WalkAsync("/v1/transactions"))
            .Where(each => each.GetProperty("index").GetInt64() < to)
            .Reverse().Select(each => each.GetRawText())];
        Assert.Equal(log, lines);
    }

    [Fact]
    public async Task Csv_rows_are_the_transactions_in_log_order()
    {
        await company.AddBlockAsync();
        long to = company.Desk.State.Size;
        List<List<string>> rows =
            Parse(await company.Client.TextAsync($"/v1/export/transactions.csv?to={to}"));
        Assert.Equal(s_header, rows[0]);
        JsonElement[] log = [.. (await company.Client.WalkAsync("/v1/transactions"))
            .Where(each => each.GetProperty("index").GetInt64() < to).Reverse()];
        Assert.Equal(log.Length, rows.Count - 1);
        foreach ((JsonElement transaction, List<string> row) in log.Zip(rows.Skip(1)))
        {
            Assert.Equal(transaction.GetProperty("index").GetRawText(), row[0]);
            Assert.Equal(transaction.GetProperty("id").GetString(), row[3]);
            Assert.Equal(
                transaction.GetProperty("outcome").GetProperty("code").GetString(), row[9]);
            Assert.Equal(transaction.GetProperty("body").GetRawText(), row[11]);
            Assert.Equal(transaction.GetProperty("effects").GetRawText(), row[12]);
        }
    }

    [Fact]
    public async Task An_export_is_cut_by_log_index()
    {
        string text = await company.Client.TextAsync("/v1/export/transactions.jsonl?from=2&to=6");
        long[] indexes = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("index").GetInt64())];
        Assert.NotEmpty(indexes);
        Assert.All(indexes, index => Assert.InRange(index, 2, 5));
        Assert.Empty(await company.Client.TextAsync("/v1/export/transactions.jsonl?from=0&to=0"));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"so\"", "\"say \"\"so\"\"\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@x", "'@x")]
    [InlineData("\tx", "'\tx")]
    [InlineData("=a,b", "\"'=a,b\"")]
    [InlineData("", "")]
    public void A_field_is_quoted_and_never_a_formula(string text, string field) =>
        Assert.Equal(field, Exports.CsvField(text));

    /// <summary>RFC 4180, section 2.</summary>
    private static List<List<string>> Parse(string csv)
    {
        List<List<string>> rows = [];
        List<string> row = [];
        int at = 0;
        while (at < csv.Length)
        {
            string field;
            if (csv[at] == '"')
            {
                int end = at + 1;
                while (csv[end] != '"' || (end + 1 < csv.Length && csv[end + 1] == '"'))
                {
                    end += csv[end] == '"' ? 2 : 1;
                }

                field = csv[(at + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal);
                at = end + 1;
            }
            else
            {
                int end = csv.AsSpan(at).IndexOfAny(',', '\r') + at;
                field = csv[at..end];
                at = end;
            }

            row.Add(field);
            if (csv[at] == ',')
            {
                at++;
                continue;
            }

            Assert.Equal("\r\n", csv.Substring(at, 2));
            at += 2;
            rows.Add(row);
            row = [];
        }

        return rows;
    }
}
