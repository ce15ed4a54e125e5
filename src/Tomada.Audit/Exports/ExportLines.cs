using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tomada.Audit;

/// <summary>
/// The rows of an exported file, one at a time: JSON lines end with a line feed, CSV with CR LF.
/// </summary>
/// <param name="file">Read once, from its beginning.</param>
internal sealed class ExportLines(Stream file) : IDisposable
{
    private readonly BufferedStream _file = new(file, 64 * 1_024);

    /// <summary>Whether the file is CSV: JSON begins with a brace.</summary>
    public bool IsCsv { get; private set; }

    /// <summary>The row that was read last, without its end; null after the last.</summary>
    public byte[]? Row { get; private set; }

    /// <summary>Its log index; null when none can be read in it.</summary>
    public long? Index { get; private set; }

    /// <summary>Why reading stopped before the file's end; null when it did not.</summary>
    public string? Broken { get; private set; }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Reads the first row, and the header before it.</summary>
    public void Begin()
    {
        Next();
        IsCsv = Row is [not (byte)'{', ..];
        if (!IsCsv)
        {
            return;
        }

        Row = Row is [.. var header, (byte)'\r'] ? header : Row;
        if (!Row.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(ExportRows.CsvHeader)))
        {
            Stop($"it is neither JSON lines nor CSV with the columns {ExportRows.CsvHeader}");
            return;
        }

        Next();
    }

    /// <summary>Reads the next row.</summary>
    public void Next()
    {
        using MemoryStream row = new();
        for (int each = _file.ReadByte(); each != '\n'; each = _file.ReadByte())
        {
            if (each < 0)
            {
                Stop(row.Length > 0 ? "it ends within a row" : null);
                return;
            }

            row.WriteByte((byte)each);
            if (row.Length > AuditLimits.ExportRowBytesMax)
            {
                Stop($"a row has more than the {AuditLimits.ExportRowBytesMax} bytes allowed");
                return;
            }
        }

        Row = row.ToArray();
        if (IsCsv)
        {
            if (Row is not [.. var bare, (byte)'\r'])
            {
                Stop("a row of CSV does not end with CR LF");
                return;
            }

            Row = bare;
        }

        Index = IsCsv ? IndexOfCsv(Row) : IndexOfJson(Row);
    }

    private void Stop(string? why)
    {
        Row = null;
        Index = null;
        Broken = why;
    }

    private static long? IndexOfCsv(byte[] row)
    {
        int comma = row.AsSpan().IndexOf((byte)',');
        return comma > 0 && long.TryParse(
            row.AsSpan(0, comma), NumberStyles.None, CultureInfo.InvariantCulture, out long index)
                ? index : null;
    }

    private static long? IndexOfJson(byte[] row)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(row);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("index", out JsonElement index)
                && index.ValueKind == JsonValueKind.Number
                && index.TryGetInt64(out long number)
                    ? number : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
