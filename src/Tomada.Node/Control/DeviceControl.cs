using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Node.Devices;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>The control API's part for devices: what <c>tomada device</c> asks for.</summary>
internal static class DeviceControl
{
    public static void MapDevices(this IEndpointRouteBuilder control, NodeStatus status)
    {
        control.MapGet("/devices", IResult () => status.Registry is { } registry
            ? TypedResults.Json<DeviceAnswer[]>(
                [.. registry.Credentials.Select(Describe)], NodeJson.Default.DeviceAnswerArray)
            : NotFormed());
        Map(control, status, "", (kind, id, registry) => TypedResults.Json(
            new EnrolAnswer(DeviceAddress.KindName(kind), id, registry.Enroll(kind, id)),
            NodeJson.Default.EnrolAnswer));
        Map(control, status, "/tokens", (kind, id, registry) => TypedResults.Json(
            new EnrolAnswer(DeviceAddress.KindName(kind), id, registry.IssueToken(kind, id)),
            NodeJson.Default.EnrolAnswer));
        Map(control, status, "/revoked", (kind, id, registry) => registry.Revoke(kind, id)
            ? TypedResults.Json(new TextAnswer("revoked"), NodeJson.Default.TextAnswer)
            : ControlApi.Problem(
                StatusCodes.Status404NotFound,
                $"{DeviceAddress.KindName(kind)}/{id} has no credential."));
        control.MapGet("/devices/authority", IResult () => status.Registry is { } registry
            ? TypedResults.Json(
                new TextAnswer(registry.Authority.Pem), NodeJson.Default.TextAnswer)
            : NotFormed());
    }

    private static void Map(
        IEndpointRouteBuilder control,
        NodeStatus status,
        string path,
        Func<DeviceKind, string, DeviceRegistry, IResult> answer) =>
        control.MapPost($"/devices{path}", (HttpRequest request, CancellationToken stop) =>
            ControlApi.WithJsonAsync(
                request, status, status.Registry,
                (json, registry) => Task.FromResult(Read(json, status, registry, answer)), stop));

    private static IResult Read(
        JsonElement json,
        NodeStatus status,
        DeviceRegistry registry,
        Func<DeviceKind, string, DeviceRegistry, IResult> answer)
    {
        string? id = ControlApi.Text(json, "id");
        return !DeviceAddress.TryParseKind(ControlApi.Text(json, "kind"), out DeviceKind kind)
            ? status.BadInput("control", "kind is 'car' or 'station'")
            : !IdRules.IsName(id)
            ? status.BadInput("control", $"id is {IdRules.NameAllowed}")
            : answer(kind, id!, registry);
    }

    private static DeviceAnswer Describe(KnownCredential each) => new(
        DeviceAddress.KindName(each.Device.Kind), each.Device.Id,
        each.Kind.ToString().ToUpperInvariant(), each.Until?.ToString());

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult NotFormed() =>
        ControlApi.Problem(
            StatusCodes.Status503ServiceUnavailable, "The network is not formed yet.");
}
