using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>
/// One company as its operator and the public see it: a process, HTTP, and files.
/// </summary>
internal sealed class Company(string id, string folder) : IAsyncDisposable
{
    private const int PageSize = 100;

    // Many tests of one address in a row; the API's limit on that has tests of its own.
    private readonly HttpClient _http =
        new() { Timeout = TimeSpan.FromMilliseconds(Waiting.TestMs) };

    private OutsideProcess? _node;

    public string Id => id;

    public string Folder { get; } = Path.Combine(folder, id);

    public string Data => Path.Combine(Folder, "node");

    public OutsideProcess Node => _node!;

    /// <summary>Where the node listens, as it says itself; null while it does not say.</summary>
    public JsonNode? Endpoints
    {
        get
        {
            string file = Path.Combine(Data, "endpoints.json");
            return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)) : null;
        }
    }

    public string Token => File.ReadAllText(Path.Combine(Data, "control.token")).Trim();

    public string Configuration => Path.Combine(Data, "tomada.json");

    public async Task InitAsync(CancellationToken stop, params string[] network)
    {
        Ended ended = await OutsideProcess.RunAsync(
            stop, ["init", "--data", Data, "--company", id, "--name", $"Company {id}", .. network]);
        Assert.True(ended.ExitCode == 0, ended.Errors);
    }

    public void Start() => _node = OutsideProcess.Tomada("node", "--data", Data);

    /// <summary>Waits until the node takes part in a network and serves everything.</summary>
    public async Task RunningAsync(CancellationToken stop)
    {
        await Waiting.UntilAsync(
            $"the node of {id} to run: {Node.Errors}",
            () => Node.HasExited || Endpoints is { } all && all["http"] is not null
                && all["mqtt"] is not null,
            stop);
        Assert.False(Node.HasExited, Node.Errors);
    }

    /// <summary>
    /// SIGKILL. What comes back listens where it did: devices know those addresses.
    /// </summary>
    public async Task KillAsync()
    {
        JsonNode bound = Endpoints!;
        JsonNode configuration = JsonNode.Parse(await File.ReadAllTextAsync(Configuration))!;
        foreach (string part in (string[])["peer", "control", "http", "mqtt"])
        {
            configuration[part]!["listen"] = bound[part]!.GetValue<string>();
        }

        await File.WriteAllTextAsync(Configuration, configuration.ToJsonString());
        await Node.KillAsync();
        Keep();
        // It could not take its addresses back; what waits for the next process must not see them.
        File.Delete(Path.Combine(Data, "endpoints.json"));
    }

    /// <summary>
    /// What the node has said so far stays beside its data: TOMADA_KEEP keeps both.
    /// </summary>
    private void Keep() => File.AppendAllText(
        Path.Combine(Folder, "node.log"), $"{Node.Output}\n{Node.Errors}\n--- {Node.Id}\n");

    public Task<Answer> GetAsync(string path, CancellationToken stop) =>
        SendAsync(HttpMethod.Get, "http", path, null, null, stop);

    public Task<Answer> ControlAsync(string path, string? json, CancellationToken stop) =>
        SendAsync(
            json is null ? HttpMethod.Get : HttpMethod.Post, "control", path, json, Token, stop);

    public async Task<Answer> SendAsync(
        HttpMethod method,
        string border,
        string path,
        string? json,
        string? token,
        CancellationToken stop)
    {
        using HttpRequestMessage request = new(method, $"http://{Endpoints![border]}{path}");
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await _http.SendAsync(request, stop);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(stop));
    }

    public async Task<JsonNode> StatusAsync(CancellationToken stop) =>
        (await ControlAsync("/control/v1/status", null, stop)).Json;

    /// <summary>What the node has counted under names that begin so.</summary>
    public async Task<long> CountAsync(string beginning, CancellationToken stop) =>
        (await StatusAsync(stop))["counters"]!.AsObject()
            .Where(each => each.Key.StartsWith(beginning, StringComparison.Ordinal))
            .Sum(each => each.Value!.GetValue<long>());

    public Task<Answer> SubmitAsync(
        string kind, JsonNode body, CancellationToken stop) => ControlAsync(
        "/control/v1/transactions",
        new JsonObject { ["kind"] = kind, ["body"] = body }.ToJsonString(),
        stop);

    /// <summary>Submits what the rules must accept.</summary>
    public async Task PublishAsync(string kind, JsonNode body, CancellationToken stop)
    {
        Answer answer = await SubmitAsync(kind, body, stop);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{kind}: {answer.Text}");
    }

    /// <summary>Enrols a device: its secret.</summary>
    public async Task<string> EnrolAsync(string kind, string device, CancellationToken stop)
    {
        Answer answer = await ControlAsync(
            "/control/v1/devices",
            new JsonObject { ["kind"] = kind, ["id"] = device }.ToJsonString(),
            stop);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json["secret"]!.GetValue<string>();
    }

    /// <summary>Every item of a public list, page by page.</summary>
    public async Task<List<JsonNode>> ListAsync(string path, CancellationToken stop)
    {
        List<JsonNode> items = [];
        string? next = null;
        do
        {
            string from = next is null ? "" : $"&before={Uri.EscapeDataString(next)}";
            Answer page = await GetAsync(
                path is "/v1/tariffs" ? path : $"{path}?limit={PageSize}{from}", stop);
            Assert.True(page.Status == HttpStatusCode.OK, page.Text);
            items.AddRange(page.Json["items"]!.AsArray().Select(each => each!));
            next = page.Json["next"]?.GetValue<string>();
        }
        while (next is not null);

        return items;
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            Keep();
            await _node.DisposeAsync();
        }

        _http.Dispose();
    }
}

/// <summary>What an HTTP request came to.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public override string ToString() => $"{(int)Status} {Text}";
}
