using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>
/// Cosigns heads of this log for strangers (C2SP tlog-witness). It knows no other log, and cosigns
/// only what this node has applied: the proof in a request convinces nobody here.
/// </summary>
internal sealed class WitnessPage(LedgerDesk desk, PublicLog log, NodeMetrics metrics)
{
    /// <summary>Where it is; the only POST of the public API.</summary>
    public const string Path = "/witness/add-checkpoint";

    private const string Text = "text/plain; charset=utf-8";

    /// <summary>Whether a request may have a body, and how large.</summary>
    public static long BodyBytesMax(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.Path == Path
            ? TreeLimits.WitnessRequestBytesMax
            : PublicApiLimits.BodyBytesMax;

    public async Task AddAsync(HttpContext context)
    {
        _ = new ApiQuery(context);
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        LedgerState state = desk.State;
        string origin = Checkpoint.OriginOf(state.Network);
        LogHead recorded = log.Record is { } largest ? LogHead.Of(largest) : LogHead.Empty;
        WitnessAnswer answer = WitnessRule.Decide(
            body.ToArray(),
            origin,
            [.. state.Members.Values.Select(each => NoteKey.OfLog(origin, each.IdentityKey))],
            recorded,
            Ed25519.Verify);
        switch (answer)
        {
            case WitnessAnswer.Cosign cosign:
                await CosignAsync(context, origin, cosign.Head);
                break;
            case WitnessAnswer.Conflict conflict:
                metrics.Refused("http", "witness-conflict");
                await SendAsync(
                    context, conflict.Status, WitnessAnswer.Conflict.ContentType, conflict.Body);
                break;
            case WitnessAnswer.Refused refused:
                throw new ApiProblemException(new ApiProblem(
                    refused.Status, "witness-refused", refused.Why));
            default:
                throw new System.Diagnostics.UnreachableException(answer.ToString());
        }
    }

    private async Task CosignAsync(HttpContext context, string origin, LogHead head)
    {
        Checkpoint asked = new(origin, head.Size, head.Root);
        HeadCosignature? word = await log.WitnessAsync(asked, context.RequestAborted);
        LedgerState state = desk.State;
        if (word is null || !state.Members.TryGetValue(desk.Self, out MemberRecord? self))
        {
            throw new ApiProblemException(ApiProblem.Busy(
                "This node has not applied a block that ends there, or may not cosign it now."));
        }

        await SendAsync(
            context,
            StatusCodes.Status200OK,
            Text,
            WitnessAnswer.Cosign.Body(
                word.Head.LineOf(state.Network, desk.Self, self.IdentityKey)));
    }

    private static Task SendAsync(
        HttpContext context, int status, string contentType, string text)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
