using System.Globalization;
using System.Text.Json;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// What everybody may read of a node, as docs/http-api.md says; it changes nothing. One method for
/// each resource.
/// </summary>
internal sealed class PublicApi(
    LedgerDesk desk,
    Chronicle chronicle,
    NodeMetrics metrics,
    EventStream events,
    Exports exports,
    StatePages states,
    LogPages log,
    WitnessPage witness)
{
    private const string OpenApiResource = "Tomada.Node.PublicApi.openapi.json";
    private const int ProtocolVersion = 1;
    private static readonly string[] s_read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] s_stream = [HttpMethods.Get];
    private static readonly string[] s_ask = [HttpMethods.Post];
    private static readonly string[] s_kinds =
        [.. Body.Kinds.Select(each => each.Name).Order(StringComparer.Ordinal)];

    /// <summary>Every route there is; the OpenAPI document lists the same.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/v1/network", NetworkAsync);
        GovernancePages governance = new(desk, chronicle);
        Map(routes, "/v1/companies", governance.CompaniesAsync);
        Map(routes, "/v1/companies/{id}", governance.CompanyAsync);
        Map(routes, "/v1/governance/proposals", governance.ProposalsAsync);
        Map(routes, "/v1/governance/proposals/{id}", governance.ProposalAsync);
        Map(routes, "/v1/locations", LocationsAsync);
        Map(routes, "/v1/tariffs", TariffsAsync);
        Map(routes, "/v1/blocks", BlocksAsync);
        Map(routes, "/v1/blocks/{height}", BlockAsync);
        Map(routes, "/v1/blocks/{height}/certificate", CertificateAsync);
        Map(routes, "/v1/transactions", TransactionsAsync);
        Map(routes, "/v1/transactions/{id}", TransactionAsync);
        Map(routes, "/v1/trips", TripsAsync);
        Map(routes, "/v1/trips/{id}", TripAsync);
        Map(routes, "/v1/sessions/{**id}", SessionAsync);
        Map(routes, "/v1/cdrs/{**id}", CdrAsync);
        Map(routes, "/v1/settlements", SettlementsAsync);
        Map(routes, "/v1/settlements/{period}", SettlementAsync);
        ReceiptPages receipts = new(chronicle, log);
        Map(routes, "/v1/transactions/{id}/receipt", receipts.TransactionAsync);
        Map(routes, "/v1/trips/{id}/receipt", receipts.TripAsync);
        Map(routes, "/v1/log/{index}/receipt", log.EntryAsync);
        Map(routes, "/checkpoint", log.CheckpointAsync);
        Map(routes, "/tile/{**path}", log.TileAsync);
        Map(routes, "/v1/network/genesis", log.GenesisAsync);
        Map(routes, "/v1/network/policy", log.PolicyAsync);
        Map(routes, "/v1/proofs/consistency", log.ConsistencyAsync);
        Map(routes, "/v1/state", states.RowAsync);
        Map(routes, "/v1/state/{path}", states.PathAsync);
        EvidencePages evidence = new(chronicle);
        Map(routes, "/v1/evidence", evidence.ListAsync);
        Map(routes, "/v1/evidence/{id}", evidence.OneAsync);
        Map(routes, "/v1/export/transactions.csv", exports.CsvAsync);
        Map(routes, "/v1/export/transactions.jsonl", exports.JsonLinesAsync);
        Map(routes, "/v1/export/transactions/manifest", exports.ManifestAsync);
        Map(routes, "/healthz", HealthAsync);
        Map(routes, "/readyz", ReadyAsync);
        Map(routes, "/openapi/v1.json", OpenApiAsync);
        routes.MapMethods("/v1/events", s_stream, Guarded(events.ServeAsync));
        routes.MapMethods(WitnessPage.Path, s_ask, Guarded(witness.AddAsync));
    }

    private void Map(IEndpointRouteBuilder routes, string pattern, RequestDelegate answer) =>
        routes.MapMethods(pattern, s_read, Guarded(answer));

    /// <summary>Every refusal is answered here and counted.</summary>
    private RequestDelegate Guarded(RequestDelegate answer) => async context =>
    {
        try
        {
            await answer(context);
        }
        catch (ApiProblemException refusal)
        {
            await refusal.Problem.WriteAsync(context, metrics);
        }
        catch (StoreCorruptException damaged) when (!context.Response.HasStarted)
        {
            // The read told the store: the block is set aside and comes back from a peer.
            await ApiProblem.Damaged(damaged.Message).WriteAsync(context, metrics);
        }
    };

    private async Task NetworkAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        LedgerState state = (await chronicle.CurrentAsync(context.RequestAborted)).State;
        int n = state.Members.Count;
        await ApiJson.AnswerAsync(context, ApiJson.NoCache, json =>
        {
            json.WriteStartObject();
            json.WriteString("id", state.Network.ToString());
            json.WriteString("name", state.Genesis.Draft.Name);
            json.WriteNumber("protocolVersion", ProtocolVersion);
            json.WriteNumber("height", state.Height);
            json.WriteNumber("treeSize", state.Size);
            ApiJson.Array(
                json, "members", state.Members.Keys, each => json.WriteStringValue(each.Value));
            json.WriteNumber("n", n);
            json.WriteNumber("f", Quorum.Faults(n));
            json.WriteNumber("q", Quorum.Votes(n));
            json.WriteNumber("crashesSurvived", Quorum.CrashesSurvived(n));
            json.WriteNumber("liarsToFork", Quorum.LiarsToFork(n));
            json.WriteStartObject("clock");
            json.WriteString("now", desk.Now().ToString());
            json.WriteNumber("factor", state.Clock.Factor);
            json.WriteBoolean("simulated", state.Simulated);
            json.WriteEndObject();
            json.WriteString("self", desk.Self.Value);
            json.WriteEndObject();
        });
    }

    private async Task LocationsAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        await PageAsync(
            context, index, null, json => StationJson.WriteLocations(json, index.State));
    }

    private async Task TariffsAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        await PageAsync(context, index, null, json => ApiJson.Array(
            json,
            "items",
            index.State.TariffHashes,
            each => StationJson.WriteTariff(json, each.Key, each.Value, index.State)));
    }

    private async Task BlocksAsync(HttpContext context)
    {
        ApiQuery query = new(context, "limit", "before");
        int limit = query.Limit();
        long? cursor = query.Before(CursorKind.Blocks);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        long newest = Math.Min(cursor ?? long.MaxValue, index.State.Height + 1) - 1;
        long oldest = Math.Max(newest - limit + 1, 1);
        string? next = oldest > 1 ? ApiQuery.Cursor(CursorKind.Blocks, oldest) : null;
        await PageAsync(context, index, next, json =>
        {
            json.WriteStartArray("items");
            for (long height = newest; height >= oldest; height--)
            {
                json.WriteRawValue(chronicle.Summary(height), skipInputValidation: true);
            }

            json.WriteEndArray();
        });
    }

    private async Task BlockAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        BlockView block = FindBlock(context);
        BlockProof proof = chronicle.Proof(block.Seal.Height);
        await ApiJson.AnswerAsync(
            context, ApiJson.Immutable, json => BlockJson.WriteBlock(json, block, proof));
    }

    private async Task CertificateAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        BlockProof proof = chronicle.Proof(FindBlock(context).Seal.Height);
        await ApiJson.AnswerAsync(
            context, ApiJson.Immutable, json => BlockProof.Codec.WriteJson(json, proof));
    }

    private async Task TransactionsAsync(HttpContext context)
    {
        ApiQuery query = new(context, "limit", "before", "kind", "outcome", "company");
        int limit = query.Limit();
        long? cursor = query.Before(CursorKind.Transactions);
        string? kind = query.Word("kind", s_kinds);
        string? outcome = query.Word("outcome", ["APPLIED", "REFUSED"]);
        CompanyId? company = query.Company();
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        TransactionPage page = TransactionPage.Read(
            chronicle,
            Math.Min(cursor ?? long.MaxValue, index.State.Size),
            limit,
            each => (kind is null || each.Transaction!.Content.Body.Kind == kind)
                && (outcome is null || each.Outcome!.IsApplied == (outcome == "APPLIED"))
                && (company is null || each.Transaction!.Content.Company == company));
        string? next = page.Next is { } at ? ApiQuery.Cursor(CursorKind.Transactions, at) : null;
        await PageAsync(context, index, next, json => ApiJson.Array(
            json, "items", page.Items, each =>
                BlockJson.WriteTransaction(json, each.Block, each.Entry)));
    }

    private async Task TransactionAsync(HttpContext context)
    {
        TimeSpan wait = new ApiQuery(context, "wait").Wait();
        TransactionId id = new(ApiQuery.PathId(context, "id", Digest.Codec.Allowed, Digest.Parse));
        if (await chronicle.FindAsync(id, wait, context.RequestAborted) is { } found)
        {
            await ApiJson.AnswerAsync(
                context,
                ApiJson.Immutable,
                json => BlockJson.WriteTransaction(json, found.Block, found.Entry));
            return;
        }

        if (!chronicle.IsPending(id))
        {
            throw Missing($"Transaction {id}");
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.RetryAfter =
            PublicApiLimits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        await ApiJson.AnswerAsync(context, "no-store", json =>
        {
            json.WriteStartObject();
            json.WriteString("id", id.ToString());
            json.WriteString("state", "PENDING");
            json.WriteEndObject();
        });
    }

    private async Task TripsAsync(HttpContext context)
    {
        ApiQuery query = new(context, "limit", "before");
        int limit = query.Limit();
        long? cursor = query.Before(CursorKind.Trips);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        int end = index.FirstTripFrom(cursor ?? long.MaxValue);
        int start = Math.Max(end - limit, 0);
        string? next =
            start > 0 ? ApiQuery.Cursor(CursorKind.Trips, index.Trips[start].Index) : null;
        TripJson trips = new(index, chronicle);
        await PageAsync(context, index, next, json =>
        {
            json.WriteStartArray("items");
            for (int i = end - 1; i >= start; i--)
            {
                trips.TryWrite(json, index.Trips[i].Id);
            }

            json.WriteEndArray();
        });
    }

    private async Task TripAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        TripId id = new(ApiQuery.PathId(context, "id", Digest.Codec.Allowed, Digest.Parse));
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        await ApiJson.AnswerAsync(context, ApiJson.NoCache, json =>
        {
            if (!new TripJson(index, chronicle).TryWrite(json, id))
            {
                throw Missing($"Trip {id}");
            }
        });
    }

    private async Task SessionAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        SessionId id = ApiQuery.PathId(context, "id", SessionId.Codec.Allowed, SessionId.Parse);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        Session session =
            index.State.Sessions.GetValueOrDefault(id) ?? throw Missing($"Session {id}");
        await ApiJson.AnswerAsync(
            context, ApiJson.NoCache, json =>
                new TripJson(index, chronicle).WriteSession(json, session));
    }

    private async Task CdrAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        SessionId id = ApiQuery.PathId(context, "id", SessionId.Codec.Allowed, SessionId.Parse);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        Cdr cdr = index.State.Cdrs.GetValueOrDefault(id) ?? throw Missing($"CDR {id}");
        await ApiJson.AnswerAsync(
            context, ApiJson.NoCache, json => new TripJson(index, chronicle).WriteCdr(json, cdr));
    }

    private async Task SettlementsAsync(HttpContext context)
    {
        ApiQuery query = new(context, "limit", "before");
        int limit = query.Limit();
        long? cursor = query.Before(CursorKind.Settlements);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        // Periods count from 1 without gap, so their numbers are their places.
        int newest = (int)Math.Min(cursor ?? int.MaxValue, index.State.Periods.Count + 1L) - 1;
        int oldest = Math.Max(newest - limit + 1, 1);
        string? next = oldest > 1 ? ApiQuery.Cursor(CursorKind.Settlements, oldest) : null;
        await PageAsync(context, index, next, json =>
        {
            json.WriteStartArray("items");
            for (int number = newest; number >= oldest; number--)
            {
                SettlementJson.Write(json, index, index.State.Periods[number]);
            }

            json.WriteEndArray();
        });
    }

    private async Task SettlementAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        int number = (int)ApiQuery.PathNumber(context, "period", LedgerLimits.PeriodMax);
        ChainIndex index = await chronicle.CurrentAsync(context.RequestAborted);
        Period period = index.State.Periods.GetValueOrDefault(number)
            ?? throw Missing($"Period {SettlementJson.Name(number)}");
        await ApiJson.AnswerAsync(
            context, ApiJson.NoCache, json => SettlementJson.Write(json, index, period));
    }

    private Task HealthAsync(HttpContext context) =>
        ApiJson.AnswerAsync(context, "no-store", json => WriteStatus(json, "UP"));

    private Task ReadyAsync(HttpContext context) => chronicle.IsCurrent
        ? ApiJson.AnswerAsync(context, "no-store", json => WriteStatus(json, "READY"))
        : throw new ApiProblemException(ApiProblem.Busy("The node still reads its chain."));

    private static async Task OpenApiAsync(HttpContext context)
    {
        await using Stream document =
            typeof(PublicApi).Assembly.GetManifestResourceStream(OpenApiResource)!;
        context.Response.ContentType = ApiJson.ContentType;
        context.Response.ContentLength = document.Length;
        context.Response.Headers.CacheControl = ApiJson.NoCache;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await document.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static Task PageAsync(
        HttpContext context, ChainIndex index, string? next, Action<Utf8JsonWriter> writeItems) =>
        ApiJson.AnswerAsync(context, ApiJson.NoCache, json =>
        {
            json.WriteStartObject();
            writeItems(json);
            json.WriteString("next", next);
            json.WriteNumber("treeSize", index.State.Size);
            json.WriteEndObject();
        });

    private static void WriteStatus(Utf8JsonWriter json, string status)
    {
        json.WriteStartObject();
        json.WriteString("status", status);
        json.WriteEndObject();
    }

    private BlockView FindBlock(HttpContext context)
    {
        long height = ApiQuery.PathNumber(context, "height", long.MaxValue);
        return chronicle.Block(height) ?? throw (height <= desk.State.Height
            ? new ApiProblemException(ApiProblem.Damaged("The block is missing here."))
            : Missing(string.Create(CultureInfo.InvariantCulture, $"Block {height}")));
    }

    private static ApiProblemException Missing(string what) => new(ApiProblem.NotFound(what));
}
