using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives.Encoding;

namespace Tomada.Audit;

/// <summary>
/// A transaction as a row of an export, made from the log alone (docs/http-api.md, export). Written
/// apart from the node's own, so that one checks the other.
/// </summary>
internal static class ExportRows
{
    /// <summary>The first line of a CSV export, without its end.</summary>
    public const string CsvHeader =
        "index,height,time,id,company,kind,lane,number,validUntil,outcome,reason,body,effects";

    private const string FormulaBeginnings = "=+-@\t\r\n＝＋－＠";

    /// <summary>The row as JSON, without the line's end.</summary>
    public static byte[] Json(LogBlock block, int at) => Written(json =>
    {
        (Transaction content, TransactionEntry entry) = Of(block, at);
        json.WriteStartObject();
        json.WriteString("id", block.Transactions[at]!.Id.ToString());
        json.WriteNumber("height", block.Seal.Height);
        json.WriteNumber("index", block.FirstIndex + at);
        json.WriteString("company", content.Company.Value);
        json.WriteString("kind", content.Body.Kind);
        json.WriteNumber("lane", content.Lane);
        json.WriteNumber("number", content.Number);
        json.WriteString("validUntil", content.ValidUntil.ToString());
        json.WriteStartObject("outcome");
        json.WriteString("code", NameOf(entry.Outcome));
        if (entry.Outcome.Detail is { } why)
        {
            json.WriteString("reason", why);
        }

        json.WriteEndObject();
        json.WriteString("time", block.Seal.Time.ToString());
        json.WritePropertyName("body");
        WriteBody(json, content.Body);
        json.WritePropertyName("effects");
        WriteEffects(json, entry);
        json.WriteEndObject();
    });

    /// <summary>The row as CSV, without the line's end.</summary>
    public static byte[] Csv(LogBlock block, int at)
    {
        (Transaction content, TransactionEntry entry) = Of(block, at);
        string[] fields =
        [
            Text(block.FirstIndex + at),
            Text(block.Seal.Height),
            block.Seal.Time.ToString(),
            block.Transactions[at]!.Id.ToString(),
            content.Company.Value,
            content.Body.Kind,
            Text(content.Lane),
            Text(content.Number),
            content.ValidUntil.ToString(),
            NameOf(entry.Outcome),
            entry.Outcome.Detail ?? string.Empty,
            Encoding.UTF8.GetString(Written(json => WriteBody(json, content.Body))),
            Encoding.UTF8.GetString(Written(json => WriteEffects(json, entry))),
        ];
        return Encoding.UTF8.GetBytes(string.Join(',', fields.Select(Field)));
    }

    // Quoted where RFC 4180 asks for it; what a spreadsheet would run begins with an apostrophe.
    private static string Field(string text)
    {
        string safe = text.Length > 0 && FormulaBeginnings.Contains(text[0]) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(",\"\r\n")
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }

    private static (Transaction Content, TransactionEntry Entry) Of(LogBlock block, int at) =>
        (block.Transactions[at]!.Content, (TransactionEntry)block.Entries[at]);

    private static void WriteBody(Utf8JsonWriter json, Body body)
    {
        using JsonDocument pair = JsonDocument.Parse(Body.Codec.EncodeJson(body));
        pair.RootElement.GetProperty("body").WriteTo(json);
    }

    private static void WriteEffects(Utf8JsonWriter json, TransactionEntry entry)
    {
        json.WriteStartArray();
        foreach (Effect each in entry.Effects)
        {
            Effect.Codec.WriteJson(json, each);
        }

        json.WriteEndArray();
    }

    private static string NameOf(Outcome outcome) =>
        EnumNames.UpperSnake(outcome.Code.ToString());

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal static byte[] Written(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
