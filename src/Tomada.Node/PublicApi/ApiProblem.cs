using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Tomada.Node;

/// <summary>A request that is not answered as asked (RFC 9457).</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">A stable name: the metric's label and the end of the problem's
/// type.</param>
/// <param name="Detail">One sentence for a person.</param>
/// <param name="Field">The wrong parameter.</param>
/// <param name="Allowed">What it may be.</param>
internal sealed record ApiProblem(
    int Status, string Reason, string Detail, string? Field = null, string? Allowed = null)
{
    private const string ContentType = "application/problem+json";

    public static ApiProblem BadParameter(string field, string allowed) => new(
        StatusCodes.Status400BadRequest,
        "bad-parameter",
        $"{field} is not as it must be.",
        field,
        allowed);

    public static ApiProblem NotFound(string what) => new(
        StatusCodes.Status404NotFound, "not-found", $"{what} is not on the ledger.");

    public static ApiProblem Gone(string detail) => new(
        StatusCodes.Status410Gone, "gone", detail);

    public static ApiProblem Busy(string detail) => new(
        StatusCodes.Status503ServiceUnavailable, "busy", detail);

    /// <summary>What is asked for was damaged here; it is fetched from peers.</summary>
    public static ApiProblem Damaged(string what) => new(
        StatusCodes.Status503ServiceUnavailable,
        "damaged",
        $"{what} It is not served; peers are asked for it.");

    /// <summary>What an answer without a body says by its status.</summary>
    public static ApiProblem OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => new(
            status, "no-such-path", "Nothing is served here; /openapi/v1.json lists what is."),
        StatusCodes.Status405MethodNotAllowed => new(
            status, "read-only", "The public API is read-only: use GET or HEAD."),
        StatusCodes.Status429TooManyRequests => new(
            status, "rate-limited", "Too many requests came from this address."),
        _ => new(
            status,
            $"status-{status.ToString(CultureInfo.InvariantCulture)}",
            "The request failed."),
    };

    /// <summary>Answers with this and counts it.</summary>
    public async Task WriteAsync(HttpContext context, NodeMetrics metrics)
    {
        metrics.Refused("http", Reason);
        HttpResponse response = context.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (Status
            is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter =
                PublicApiLimits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        await ApiJson.SendAsync(context, ContentType, Write);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", $"urn:tomada:problem:{Reason}");
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(Status));
        json.WriteNumber("status", Status);
        json.WriteString("detail", Detail);
        ApiJson.Optional(json, "field", Field);
        ApiJson.Optional(json, "allowed", Allowed);
        json.WriteEndObject();
    }
}

/// <summary>
/// Carries a refusal from where a request is read to the one place that answers it.
/// </summary>
// Thrown and caught in this folder only, always with its problem.
#pragma warning disable CA1032, CA1064
internal sealed class ApiProblemException(ApiProblem problem) : Exception(problem.Detail)
#pragma warning restore CA1032, CA1064
{
    public ApiProblem Problem { get; } = problem;
}
