using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tomada.Ledger;

namespace Tomada.Node;

/// <summary>
/// All transactions of a part of the log as CSV (RFC 4180) or JSON lines, streamed from the store:
/// a long export needs no more memory than one block.
/// </summary>
internal sealed class Exports(Chronicle chronicle, PublicLog log, CancellationToken stopping)
{
    private const string Header =
        "index,height,time,id,company,kind,lane,number,validUntil,outcome,reason,body,effects\r\n";

    private int _running;

    public Task CsvAsync(HttpContext context) => ExportAsync(
        context, "text/csv; charset=utf-8; header=present", "transactions.csv", Header, WriteCsv);

    public Task JsonLinesAsync(HttpContext context) => ExportAsync(
        context,
        "application/jsonl; charset=utf-8",
        "transactions.jsonl",
        string.Empty,
        WriteJsonLine);

    /// <summary>What an export of the same part must hold (I15).</summary>
    public async Task ManifestAsync(HttpContext context)
    {
        (long from, long to) = await RangeAsync(context);
        LogView view = log.View;
        if (to > view.Size)
        {
            throw new ApiProblemException(ApiProblem.Busy("The log's tree is not that far yet."));
        }

        Begin();
        try
        {
            ExportManifest manifest = new(from, to);
            for (long next = from; next < to;)
            {
                context.RequestAborted.ThrowIfCancellationRequested();
                BlockView block = chronicle.BlockOfEntry(next)!;
                manifest.Add(block);
                next = block.Entries[^1].Index + 1;
            }

            LedgerState state = (await chronicle.CurrentAsync(context.RequestAborted)).State;
            await ApiJson.AnswerAsync(context, ApiJson.NoCache, json =>
                manifest.Write(json, state.Network, view.RootAt(to)));
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<(long From, long To)> RangeAsync(HttpContext context)
    {
        ApiQuery query = new(context, "from", "to");
        LedgerState state = (await chronicle.CurrentAsync(context.RequestAborted)).State;
        long to = query.Number("to", 0, state.Size) ?? state.Size;
        return (query.Number("from", 0, to) ?? 0, to);
    }

    private void Begin()
    {
        if (Interlocked.Increment(ref _running) > PublicApiLimits.ExportsMax)
        {
            Interlocked.Decrement(ref _running);
            throw new ApiProblemException(ApiProblem.Busy("Too many exports run."));
        }
    }

    private async Task ExportAsync(
        HttpContext context,
        string contentType,
        string name,
        string header,
        Action<IBufferWriter<byte>, BlockView, EntryView> write)
    {
        (long from, long to) = await RangeAsync(context);
        Begin();
        try
        {
            context.Response.ContentType = contentType;
            context.Response.Headers.CacheControl = ApiJson.NoCache;
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                using CancellationTokenSource stop =
                    CancellationTokenSource.CreateLinkedTokenSource(
                    context.RequestAborted, stopping);
                context.Response.BodyWriter.Write(Encoding.UTF8.GetBytes(header));
                await StreamAsync(context.Response, from, to, write, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Half an export must not look like a whole one.
            context.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task StreamAsync(
        HttpResponse response,
        long from,
        long to,
        Action<IBufferWriter<byte>, BlockView, EntryView> write,
        CancellationToken stop)
    {
        ArrayBufferWriter<byte> gathered = new();
        for (long next = from; next < to;)
        {
            stop.ThrowIfCancellationRequested();
            BlockView block = chronicle.BlockOfEntry(next)!;
            foreach (EntryView entry in block.Entries)
            {
                if (entry.Index >= from && entry.Index < to && entry.Transaction is not null)
                {
                    write(gathered, block, entry);
                    if (gathered.WrittenCount >= PublicApiLimits.ExportFlushBytes)
                    {
                        await response.BodyWriter.WriteAsync(gathered.WrittenMemory, stop);
                        gathered.ResetWrittenCount();
                    }
                }
            }

            next = block.Entries[^1].Index + 1;
        }

        await response.BodyWriter.WriteAsync(gathered.WrittenMemory, stop);
    }

    private static void WriteJsonLine(IBufferWriter<byte> to, BlockView block, EntryView entry)
    {
        using (Utf8JsonWriter json = new(to))
        {
            BlockJson.WriteTransaction(json, block, entry);
        }

        to.Write("\n"u8);
    }

    private static void WriteCsv(IBufferWriter<byte> to, BlockView block, EntryView entry)
    {
        Transaction content = entry.Transaction!.Content;
        ReadOnlySpan<string> fields =
        [
            entry.Index.ToString(CultureInfo.InvariantCulture),
            block.Seal.Height.ToString(CultureInfo.InvariantCulture),
            block.Seal.Time.ToString(),
            entry.Transaction.Id.ToString(),
            content.Company.Value,
            content.Body.Kind,
            content.Lane.ToString(CultureInfo.InvariantCulture),
            content.Number.ToString(CultureInfo.InvariantCulture),
            content.ValidUntil.ToString(),
            ApiJson.Name(entry.Outcome!.Code),
            entry.Outcome.Detail ?? string.Empty,
            JsonOf(json => ApiJson.Body(json, content.Body)),
            JsonOf(json => ApiJson.Effects(json, ((TransactionEntry)entry.Entry).Effects)),
        ];
        for (int i = 0; i < fields.Length; i++)
        {
            to.Write(i == 0 ? ""u8 : ","u8);
            to.Write(Encoding.UTF8.GetBytes(CsvField(fields[i])));
        }

        to.Write("\r\n"u8);
    }

    /// <summary>
    /// One field: quoted where RFC 4180 asks for it, and never read as a formula by a spreadsheet
    /// (OWASP, CSV injection): text that begins like one gets an apostrophe.
    /// </summary>
    internal static string CsvField(string text)
    {
        string safe =
            text.Length > 0 && "=+-@\t\r\n＝＋－＠".Contains(text[0], StringComparison.Ordinal)
            ? "'" + text
            : text;
        return safe.AsSpan().ContainsAny(",\"\r\n")
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }

    /// <summary>The value of the one property that is written.</summary>
    private static string JsonOf(Action<Utf8JsonWriter> writeProperty)
    {
        byte[] whole = ApiJson.Bytes(json =>
        {
            json.WriteStartObject();
            writeProperty(json);
            json.WriteEndObject();
        });
        using JsonDocument document = JsonDocument.Parse(whole);
        return document.RootElement.EnumerateObject().Single().Value.GetRawText();
    }
}
