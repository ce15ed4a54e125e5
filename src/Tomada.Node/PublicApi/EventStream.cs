using System.Buffers;
using System.Globalization;
using System.Text;
using Tomada.Ledger;

namespace Tomada.Node;

/// <summary>
/// Blocks as server-sent events (WHATWG HTML, 9.2): each once, in order, from wherever the reader
/// stopped. The identifier is the log index of the block's seal.
/// </summary>
internal sealed class EventStream(
    LedgerDesk desk, Chronicle chronicle, TimeProvider wall, CancellationToken stopping)
{
    private const string LastEventId = "Last-Event-ID";

    private int _open;

    public async Task ServeAsync(HttpContext context)
    {
        ApiQuery query = new(context, "from");
        long after = await StartAsync(context, query);
        if (Interlocked.Increment(ref _open) > PublicApiLimits.StreamsMax)
        {
            Interlocked.Decrement(ref _open);
            throw new ApiProblemException(ApiProblem.Busy("Too many event streams are open."));
        }

        try
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted, stopping);
            await StreamAsync(context.Response, after, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The reader left or the node stops; either way the stream ends here.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>The height that the reader already knows.</summary>
    private async Task<long> StartAsync(HttpContext context, ApiQuery query)
    {
        LedgerState state = (await chronicle.CurrentAsync(context.RequestAborted)).State;
        long? from = query.Number("from", 0, state.Size);
        if (context.Request.Headers.TryGetValue(LastEventId, out var last))
        {
            from = ApiQuery.TryReadNumber(last.ToString(), out long index) && index < state.Size
                ? index + 1
                : throw ApiQuery.Refuse(LastEventId, string.Create(
                    CultureInfo.InvariantCulture, $"an id of this stream, below {state.Size}"));
        }

        return from is { } wanted && wanted < state.Size
            ? chronicle.BlockOfEntry(wanted)!.Seal.Height - 1
            : state.Height;
    }

    private async Task StreamAsync(HttpResponse response, long after, CancellationToken stop)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = ApiJson.NoCache;
        // A proxy that buffers would turn live into late.
        response.Headers["X-Accel-Buffering"] = "no";
        WriteAlive(response);
        await response.BodyWriter.FlushAsync(stop);
        long known = after;
        while (true)
        {
            Task moved = chronicle.Moved;
            while (known < chronicle.Height)
            {
                known++;
                WriteBlock(response, known);
                await response.BodyWriter.FlushAsync(stop);
            }

            using CancellationTokenSource waiting =
                CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task silence = Task.Delay(PublicApiLimits.AlivePeriod, wall, waiting.Token);
            Task first = await Task.WhenAny(moved, silence);
            await waiting.CancelAsync();
            stop.ThrowIfCancellationRequested();
            if (first == silence)
            {
                WriteAlive(response);
                await response.BodyWriter.FlushAsync(stop);
            }
        }
    }

    private void WriteBlock(HttpResponse response, long height)
    {
        (long sealIndex, byte[] summary) = chronicle.Event(height);
        response.BodyWriter.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"id: {sealIndex}\nevent: block\ndata: ")));
        response.BodyWriter.Write(summary);
        response.BodyWriter.Write("\n\n"u8);
    }

    private void WriteAlive(HttpResponse response) => response.BodyWriter.Write(
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"event: alive\ndata: {{\"treeSize\":{desk.State.Size},"
            + $"\"now\":\"{desk.Now()}\"}}\n\n")));
}
