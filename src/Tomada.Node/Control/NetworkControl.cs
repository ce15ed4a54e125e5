using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>The control API's part for the network: what <c>tomada network</c> asks for.</summary>
internal static class NetworkControl
{
    public static void MapNetwork(this IEndpointRouteBuilder control, NodeStatus status)
    {
        control.MapGet("/network", () => TypedResults.Json(
            status.Network!.Snapshot(), NodeJson.Default.NetworkAnswer));
        control.MapGet("/network/invitation", IResult () => status.Desk is { } desk
            ? Text(status.Network!.Invite(desk).ToText())
            : NotFormed());
        Map(control, status, "join", (json, network) =>
            !JoinInvitation.TryParse(
                ControlApi.Text(json, "invitation"), out JoinInvitation? invitation, out var why)
                ? status.BadInput("control", why)
                : network.Join(invitation) is { } refused ? Conflict(refused) : Text("joining"));
        Map(control, status, "abandon", (_, network) =>
            network.Abandon() is { } refused ? Conflict(refused) : Text("abandoned"));
        MapChange(control, status, "approve", Approve);
        MapChange(control, status, "suspend", (json, _, _) =>
            Company(json, "company") is { } company
                ? new ProposeMember(new MemberChange.Suspend(company, Reason(json)))
                : null);
        MapChange(control, status, "remove", (json, _, _) =>
            Company(json, "company") is { } company
                ? new ProposeMember(new MemberChange.Remove(company, Reason(json)))
                : null);
        MapChange(control, status, "replace", (json, network, desk) =>
            Company(json, "company") is { } company && Company(json, "with") is { } with
            && network.FindCandidate(desk.State, with) is { } candidate
                ? new ProposeMember(new MemberChange.Replace(company, candidate, Reason(json)))
                : null);
        MapChange(control, status, "leave", (_, _, _) => new Leave());
        MapChange(control, status, "rotate-key", (json, network, desk) =>
            Enum.TryParse(ControlApi.Text(json, "key"), ignoreCase: true, out KeyKind kind)
            && Enum.IsDefined(kind)
                ? network.Rotation(desk, kind)
                : null);
    }

    private static Body? Approve(JsonElement json, NetworkDesk network, LedgerDesk desk)
    {
        if (Digest.TryParse(ControlApi.Text(json, "proposal"), out Digest proposal))
        {
            return new VoteMember(proposal, Approves: true);
        }

        // A name means the keys that this node shook hands with, and never those that another
        // member proposed under it: equal ones are a vote for the same change.
        return Company(json, "company") is { } company
            && network.FindCandidate(desk.State, company) is { } candidate
                ? new ProposeMember(new MemberChange.Admit(candidate))
                : null;
    }

    private static void Map(
        IEndpointRouteBuilder control,
        NodeStatus status,
        string verb,
        Func<JsonElement, NetworkDesk, IResult> answer) =>
        control.MapPost($"/network/{verb}", (HttpRequest request, CancellationToken stop) =>
            ControlApi.WithJsonAsync(request, status, status.Network, (json, network) =>
                Task.FromResult(answer(json, network)), stop));

    /// <summary>Maps what becomes a transaction; null is an input that names nobody.</summary>
    private static void MapChange(
        IEndpointRouteBuilder control,
        NodeStatus status,
        string verb,
        Func<JsonElement, NetworkDesk, LedgerDesk, Body?> bodyOf) =>
        control.MapPost($"/network/{verb}", (HttpRequest request, CancellationToken stop) =>
            ControlApi.WithJsonAsync(request, status, status.Desk, async (json, desk) =>
                bodyOf(json, status.Network!, desk) is { } body
                    ? ControlApi.Answer(await desk.SubmitAsync(body, stop))
                    : status.BadInput(
                        "control",
                        $"{verb}: it names no such company, proposal or key; "
                        + "who shall come in must be connected"), stop));

    private static string Reason(JsonElement json) => ControlApi.Text(json, "reason") switch
    {
        { Length: > 0 and <= LedgerLimits.TextMax / 4 } text => text,
        { Length: > 0 } text => text[..(LedgerLimits.TextMax / 4)],
        _ => "no reason given",
    };

    private static CompanyId? Company(JsonElement json, string name) =>
        CompanyId.TryParse(ControlApi.Text(json, name), out CompanyId company) ? company : null;

    private static JsonHttpResult<TextAnswer> Text(string text) =>
        TypedResults.Json(new TextAnswer(text), NodeJson.Default.TextAnswer);

    private static ProblemHttpResult Conflict(string why) =>
        ControlApi.Problem(StatusCodes.Status422UnprocessableEntity, why);

    private static ProblemHttpResult NotFormed() => ControlApi.Problem(
        StatusCodes.Status503ServiceUnavailable, "The network is not formed yet.");
}
