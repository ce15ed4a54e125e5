using System.Globalization;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>
/// The public log as strangers' tools read it (C2SP tlog-checkpoint, tlog-tiles, tlog-policy), and
/// what an offline verifier needs besides.
/// </summary>
internal sealed class LogPages(LedgerDesk desk, PublicLog log, NodeStore store)
{
    private const string Text = "text/plain; charset=utf-8";
    private const string Binary = "application/octet-stream";

    /// <summary>The newest head that a quorum cosigned.</summary>
    public Task CheckpointAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        // After a start the tree may be a moment behind what was cosigned before.
        CosignedHead newest =
            log.Newest is { } head && head.Head.Size <= log.View.Size ? head : throw NoHead();
        return SendAsync(context, Text, ApiJson.NoCache, newest.ToNote().Encode());
    }

    /// <summary>A tile of hashes or a bundle of entries.</summary>
    public Task TileAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        string path = $"tile/{context.Request.RouteValues["path"]}";
        if (!TileId.TryParse(path, out TileId tile, out string? allowed))
        {
            throw ApiQuery.Refuse("path", allowed);
        }

        // Any width that the log ever had there: who holds an older head asks for that one's.
        LogView view = log.View;
        if (!tile.IsWithin(view.Size))
        {
            throw new ApiProblemException(ApiProblem.NotFound($"Tile {tile}"));
        }

        byte[] bytes = tile.Level == TileId.Entries
            ? EntryBundle.Encode(
                log.Keeper.ReadEntries(tile.Start, tile.Width) ?? throw Missing(tile.Start))
            : view.Tile(tile.Level, tile.Index).ToBytes(tile.Width);
        return SendAsync(context, Binary, ApiJson.Immutable, bytes);
    }

    /// <summary>The network's beginning, signed by all founders.</summary>
    public Task GenesisAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        return ApiJson.AnswerAsync(context, ApiJson.Immutable, json =>
            Genesis.Codec.WriteJson(json, desk.State.Genesis));
    }

    /// <summary>Exactly the quorum that decides, of the newest cosigned head.</summary>
    public Task PolicyAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        LedgerState state = desk.State;
        Governance governance = log.Newest?.Governance ?? Governance.Of(state.Members);
        TlogPolicy policy = TlogPolicy.OfCompanies(
            Checkpoint.OriginOf(state.Network),
            [
                .. governance.Members.Select(each =>
                    KeyValuePair.Create(each.Company, each.IdentityKey)),
            ],
            governance.Quorum);
        return SendAsync(context, Text, ApiJson.NoCache, policy.Encode());
    }

    /// <summary>That the log of one size is the beginning of the log of another.</summary>
    public Task ConsistencyAsync(HttpContext context)
    {
        ApiQuery query = new(context, "from", "to");
        LogView view = log.View;
        long to = query.Number("to", 1, view.Size) ?? (log.Newest ?? throw NoHead()).Head.Size;
        long from = query.Number("from", 0, to) ?? throw ApiQuery.Refuse(
            "from", string.Create(CultureInfo.InvariantCulture, $"a whole number from 0 to {to}"));
        return ApiJson.AnswerAsync(context, ApiJson.NoCache, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("from", from);
            json.WriteNumber("to", to);
            json.WriteString("fromRoot", view.RootAt(from).ToString());
            json.WriteString("toRoot", view.RootAt(to).ToString());
            ApiJson.Array(
                json,
                "hashes",
                MerkleTree.Consistency(from, to, view.Read),
                each => json.WriteStringValue(each.ToString()));
            json.WriteEndObject();
        });
    }

    /// <summary>The receipt of an entry of the log by its index.</summary>
    public async Task EntryAsync(HttpContext context)
    {
        TimeSpan wait = new ApiQuery(context, "wait").Wait();
        long index = ApiQuery.PathNumber(context, "index", TreeLimits.LogSizeMax, min: 0);
        if (index >= desk.State.Size)
        {
            throw new ApiProblemException(ApiProblem.NotFound(
                string.Create(CultureInfo.InvariantCulture, $"Entry {index}")));
        }

        await ReceiptAsync(context, index, wait);
    }

    /// <summary>
    /// The receipt of an entry that is there; 202 while no head above it has a quorum.
    /// </summary>
    public async Task ReceiptAsync(HttpContext context, long index, TimeSpan wait)
    {
        if (await log.CosignedAsync(index, wait, context.RequestAborted) is not { } head)
        {
            await PendingAsync(context);
            return;
        }

        byte[] bytes = Receipt(log, store, head, index) ?? throw Missing(index);
        context.Response.Headers.ContentDisposition = string.Create(
            CultureInfo.InvariantCulture,
            $"attachment; filename=\"{index}{TlogProof.FileExtension}\"");

        // Each head proves it anew, and all of them for ever.
        await SendAsync(context, Text, ApiJson.NoCache, bytes);
    }

    /// <summary>It is there, or will be, and is not proven yet.</summary>
    public static Task PendingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.RetryAfter =
            PublicApiLimits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return ApiJson.AnswerAsync(context, "no-store", json =>
        {
            json.WriteStartObject();
            json.WriteString("state", "PENDING");
            json.WriteEndObject();
        });
    }

    /// <summary>
    /// The entry's own bytes, its place and the head (c2sp.org/tlog-proof@v1); null when its block
    /// is missing here.
    /// </summary>
    internal static byte[]? Receipt(
        PublicLog log, NodeStore store, CosignedHead head, long index) =>
        store.ReadEntry(index) is { } entry
            ? new TlogProof(
                index,
                MerkleTree.Inclusion(index, head.Head.Size, log.View.Read),
                head.ToNote(),
                entry).Encode()
            : null;

    private static ApiProblemException NoHead() => new(ApiProblem.Busy(
        "No head of the log has a quorum of cosignatures yet."));

    private static ApiProblemException Missing(long index) => new(ApiProblem.Busy(string.Create(
        CultureInfo.InvariantCulture,
        $"The block of entry {index} is missing here; peers are asked for it.")));

    private static Task SendAsync(
        HttpContext context, string contentType, string caching, byte[] bytes)
    {
        context.Response.Headers.CacheControl = caching;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
