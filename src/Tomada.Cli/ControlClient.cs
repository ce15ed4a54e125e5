using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Primitives;

namespace Tomada.Cli;

/// <summary>
/// Speaks to the control API of a node on this machine, found by its data directory.
/// </summary>
internal sealed class ControlClient : IDisposable
{
    private readonly HttpClient _http;

    private ControlClient(HttpClient http) => _http = http;

    /// <exception cref="CommandException">The directory names no running node.</exception>
    public static ControlClient Open(string directory)
    {
        if (NodeEndpoints.TryLoad(directory) is not { Control: { } control })
        {
            throw CommandException.Unreachable(
                $"{directory} has no {NodeEndpoints.FileName}: its node is not running. "
                + $"Start it with 'tomada node --data {directory}'.");
        }

        HttpClient http = new() { BaseAddress = new Uri($"http://{control}") };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", ControlToken.LoadOrCreate(directory));
        return new ControlClient(http);
    }

    public async Task<StatusAnswer> StatusAsync(CancellationToken stop) =>
        (await GetAsync("/control/v1/status", NodeJson.Default.StatusAnswer, stop))!;

    public async Task<StationAnswer[]> StationsAsync(CancellationToken stop) =>
        (await GetAsync("/control/v1/stations", NodeJson.Default.StationAnswerArray, stop))!;

    /// <summary>Validates the whole stored chain; as long as that takes.</summary>
    public async Task<ChainAnswer> ChainAsync(CancellationToken stop)
    {
        _http.Timeout = Timeout.InfiniteTimeSpan;
        return (await GetAsync("/control/v1/chain", NodeJson.Default.ChainAnswer, stop))!;
    }

    /// <summary>How far the newest such check is.</summary>
    public async Task<ChainProgressAnswer> ChainProgressAsync(CancellationToken stop) =>
        (await GetAsync(
            "/control/v1/chain/progress", NodeJson.Default.ChainProgressAnswer, stop))!;

    /// <summary>What this company knows of a trip.</summary>
    /// <exception cref="CommandException">It knows none of this id.</exception>
    public async Task<TimelineAnswer> TimelineAsync(TripId trip, CancellationToken stop) =>
        (await GetAsync(
            $"/control/v1/trips/{trip}/timeline", NodeJson.Default.TimelineAnswer, stop))!;

    public async Task<NetworkAnswer> NetworkAsync(CancellationToken stop) =>
        (await GetAsync("/control/v1/network", NodeJson.Default.NetworkAnswer, stop))!;

    /// <summary>The text of an invitation into the network.</summary>
    public async Task<string> InvitationAsync(CancellationToken stop) => (await GetAsync(
        "/control/v1/network/invitation", NodeJson.Default.TextAnswer, stop))!.Text;

    /// <summary>Something about the network that needs no transaction.</summary>
    public async Task OrderAsync(string verb, JsonObject order, CancellationToken stop)
    {
        using HttpResponseMessage response = await PostAsync(
            $"/control/v1/network/{verb}", Encoding.UTF8.GetBytes(order.ToJsonString()), stop);
    }

    /// <summary>A change of the members or of a key, as a transaction: its end.</summary>
    public async Task<SubmitAnswer> ChangeAsync(
        string verb, JsonObject order, CancellationToken stop)
    {
        using HttpResponseMessage response = await PostAsync(
            $"/control/v1/network/{verb}", Encoding.UTF8.GetBytes(order.ToJsonString()), stop);
        return (await response.Content.ReadFromJsonAsync(NodeJson.Default.SubmitAnswer, stop))!;
    }

    /// <summary>Submits a transaction and waits for its end.</summary>
    public Task<SubmitAnswer> SubmitAsync(Body body, CancellationToken stop) =>
        SubmitJsonAsync(Body.Codec.EncodeJson(body), stop);

    /// <param name="json">{"kind": …, "body": …} in UTF-8.</param>
    /// <param name="stop">Stops waiting.</param>
    public async Task<SubmitAnswer> SubmitJsonAsync(byte[] json, CancellationToken stop)
    {
        using HttpResponseMessage response =
            await PostAsync("/control/v1/transactions", json, stop);
        return (await response.Content.ReadFromJsonAsync(NodeJson.Default.SubmitAnswer, stop))!;
    }

    /// <summary>Enrols a device: its secret, shown once.</summary>
    public Task<EnrolAnswer> EnrolAsync(string kind, string id, CancellationToken stop) =>
        DeviceAsync("", kind, id, NodeJson.Default.EnrolAnswer, stop);

    /// <summary>A token with which a device makes its own credential.</summary>
    public Task<EnrolAnswer> TokenAsync(string kind, string id, CancellationToken stop) =>
        DeviceAsync("/tokens", kind, id, NodeJson.Default.EnrolAnswer, stop);

    /// <summary>Ends a device's right to connect.</summary>
    public Task RevokeAsync(string kind, string id, CancellationToken stop) =>
        DeviceAsync("/revoked", kind, id, NodeJson.Default.TextAnswer, stop);

    /// <summary>Every credential of a device.</summary>
    public async Task<DeviceAnswer[]> DevicesAsync(CancellationToken stop) => (await GetAsync(
        "/control/v1/devices", NodeJson.Default.DeviceAnswerArray, stop))!;

    /// <summary>What devices trust, in PEM.</summary>
    public async Task<string> AuthorityAsync(CancellationToken stop) => (await GetAsync(
        "/control/v1/devices/authority", NodeJson.Default.TextAnswer, stop))!.Text;

    public void Dispose() => _http.Dispose();

    private async Task<T> DeviceAsync<T>(
        string path,
        string kind,
        string id,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type,
        CancellationToken stop)
    {
        JsonObject device = new() { ["kind"] = kind, ["id"] = id };
        using HttpResponseMessage response = await PostAsync(
            $"/control/v1/devices{path}", Encoding.UTF8.GetBytes(device.ToJsonString()), stop);
        return (await response.Content.ReadFromJsonAsync(type, stop))!;
    }

    private async Task<T?> GetAsync<T>(
        string path,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type,
        CancellationToken stop)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(path, stop);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync(type, stop)
                : throw await RefusedAsync(response, stop);
        }
        catch (HttpRequestException unreachable)
        {
            throw CommandException.Unreachable(
                $"The node at {_http.BaseAddress} does not answer: {unreachable.Message}");
        }
    }

    private async Task<HttpResponseMessage> PostAsync(
        string path, byte[] json, CancellationToken stop)
    {
        try
        {
            using ByteArrayContent content = new(json);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            HttpResponseMessage response = await _http.PostAsync(path, content, stop);
            if (response.IsSuccessStatusCode
                || response.StatusCode == System.Net.HttpStatusCode.Conflict)
            {
                return response;
            }

            using (response)
            {
                throw await RefusedAsync(response, stop);
            }
        }
        catch (HttpRequestException unreachable)
        {
            throw CommandException.Unreachable(
                $"The node at {_http.BaseAddress} does not answer: {unreachable.Message}");
        }
    }

    private static async Task<CommandException> RefusedAsync(
        HttpResponseMessage response, CancellationToken stop) => CommandException.Failed(
        ProblemDetail(await response.Content.ReadAsStringAsync(stop))
        ?? $"HTTP {(int)response.StatusCode}");

    private static string? ProblemDetail(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("detail", out JsonElement detail)
                ? detail.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
