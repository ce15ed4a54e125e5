using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>
/// The company's own API: submit a transaction, enrol a device, see how the node fares. It listens
/// on loopback by default and needs the token; it is never the public API.
/// </summary>
internal static class ControlApi
{
    /// <summary>Largest request body, in bytes.</summary>
    public const int BodyBytesMax = 128 * 1024;

    private static readonly JsonDocumentOptions s_strict =
        new() { AllowDuplicateProperties = false };

    public static void MapControl(
        this IEndpointRouteBuilder routes, string token, NodeStatus status)
    {
        RouteGroupBuilder control = routes.MapGroup("/control/v1");
        control.AddEndpointFilter((context, next) =>
            ControlToken.Matches(token, context.HttpContext.Request.Headers.Authorization)
                ? next(context)
                : ValueTask.FromResult<object?>(Problem(
                    StatusCodes.Status401Unauthorized,
                    "The control API needs 'Authorization: Bearer TOKEN' with the content of "
                    + $"{ControlToken.FileName}.")));
        control.MapGet("/status", () => Json(status.Snapshot()));
        control.MapGet(
            "/stations", async (CancellationToken stop) => Json(await status.StationsAsync(stop)));
        control.MapGet("/trips/{id}/timeline", (string id, CancellationToken stop) =>
            TimelineAsync(id, status, stop));
        control.MapGet("/chain", (CancellationToken stop) => ChainAsync(status, stop));
        control.MapGet("/chain/progress", () => TypedResults.Json(
            new ChainProgressAnswer(status.ChainChecked, status.Desk?.State.Height ?? 0),
            NodeJson.Default.ChainProgressAnswer));
        control.MapPost("/transactions", (HttpRequest request, CancellationToken stop) =>
            SubmitAsync(request, status, stop));
        control.MapNetwork(status);
        control.MapDevices(status);
    }

    /// <summary>Takes as long as executing the chain does, on a thread of its own.</summary>
    private static async Task<IResult> ChainAsync(NodeStatus status, CancellationToken stop)
    {
        if (status.CheckChain is not { } check || status.Desk is not { } desk)
        {
            return Problem(
                StatusCodes.Status503ServiceUnavailable, "The network is not formed yet.");
        }

        long height = desk.State.Height;
        IReadOnlyList<ChainFault> faults = await Task.Run(() => check(stop), stop);
        return TypedResults.Json(
            new ChainAnswer(height, [.. faults]), NodeJson.Default.ChainAnswer);
    }

    /// <summary>Reads every block since the proposal, on a thread of its own.</summary>
    private static async Task<IResult> TimelineAsync(
        string id, NodeStatus status, CancellationToken stop)
    {
        if (!Digest.TryParse(id, out Digest digest))
        {
            return status.BadInput(
                "control", "a trip's id has 64 hexadecimal digits, in lower case");
        }

        if (status.Devices is not { } devices)
        {
            return Problem(
                StatusCodes.Status503ServiceUnavailable, "The network is not formed yet.");
        }

        return await Task.Run(() => devices.Timeline(new TripId(digest), stop), stop) is { } found
            ? TypedResults.Json(found, NodeJson.Default.TimelineAnswer)
            : Problem(StatusCodes.Status404NotFound, $"Trip {id} is in no block of this node.");
    }

    private static Task<IResult> SubmitAsync(
        HttpRequest request, NodeStatus status, CancellationToken stop) =>
        WithJsonAsync(request, status, status.Desk, async (json, desk) =>
            Body.Codec.TryReadJson(json, out Body? body, out string? why)
                ? Answer(await desk.SubmitAsync(body, stop))
                : status.BadInput("control", why), stop);

    /// <summary>How a submitted transaction ended.</summary>
    internal static IResult Answer(TransactionResult result) => TypedResults.Json(
        new SubmitAnswer(
            result.Id.ToString(),
            result.End.ToString(),
            result.Outcome?.Code.ToString(),
            result.Height,
            result.Index,
            result.Explain()),
        NodeJson.Default.SubmitAnswer,
        statusCode: result.IsApplied
            ? StatusCodes.Status200OK
            : StatusCodes.Status409Conflict);

    /// <summary>Reads the request's JSON, unless what it is for is not there yet.</summary>
    internal static async Task<IResult> WithJsonAsync<T>(
        HttpRequest request,
        NodeStatus status,
        T? needed,
        Func<JsonElement, T, Task<IResult>> answer,
        CancellationToken stop)
        where T : class
    {
        if (needed is null)
        {
            return Problem(
                StatusCodes.Status503ServiceUnavailable, "The network is not formed yet.");
        }

        (JsonDocument? document, string? why) = await ReadJsonAsync(request, stop);
        if (document is null)
        {
            return status.BadInput("control", why!);
        }

        using (document)
        {
            return await answer(document.RootElement, needed);
        }
    }

    internal static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static async Task<(JsonDocument? Document, string? Why)> ReadJsonAsync(
        HttpRequest request, CancellationToken stop)
    {
        if (request.ContentLength is null or > BodyBytesMax)
        {
            return (null, $"the body has a Content-Length of at most {BodyBytesMax} bytes");
        }

        try
        {
            return (await JsonDocument.ParseAsync(request.Body, s_strict, stop), null);
        }
        catch (JsonException malformed)
        {
            return (null, $"not JSON: {malformed.Message}");
        }
    }

    private static JsonHttpResult<StatusAnswer> Json(StatusAnswer answer) =>
        TypedResults.Json(answer, NodeJson.Default.StatusAnswer);

    private static JsonHttpResult<StationAnswer[]> Json(StationAnswer[] answer) =>
        TypedResults.Json(answer, NodeJson.Default.StationAnswerArray);

    internal static ProblemHttpResult Problem(int code, string detail) =>
        TypedResults.Problem(detail, statusCode: code);
}
