using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Tomada.Network.Tests.Lan;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Network.Tests;

/// <summary>One company on a machine of its own: a namespace, an address, a node.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private const int PeerPort = 8443;
    private const int HttpPort = 8080;
    private const int ControlPort = 8081;
    private const int MqttPort = 1883;

    private readonly NetworkNamespace _namespace;
    private readonly string _data;
    private readonly HttpClient _http;
    private OutsideProcess? _node;

    public Machine(int number, string folder, TunSwitch cables)
    {
        Id = $"br-{new string((char)('a' + number), 3)}";
        Address = IPAddress.Parse($"10.77.0.{number + 1}");
        _data = Path.Combine(folder, Id);
        _namespace = NetworkNamespace.Create($"{number}");
        cables.Plug(_namespace, Address);
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync })
        {
            Timeout = TimeSpan.FromSeconds(100),
        };
    }

    public string Id { get; }

    public IPAddress Address { get; }

    public bool IsDown => _node is null or { HasExited: true };

    public string Errors => _node?.Errors ?? "";

    /// <summary>Writes configuration and keys; the others are found by one common seed.</summary>
    public async Task InitAsync(int founders, string code, IPAddress seed, CancellationToken stop)
    {
        Ended ended = await OutsideProcess.RunAsync(
            stop,
            [
                "init", "--data", _data, "--company", Id, "--name", $"Company {Id}",
                "--network", $"cables-{code[..6]}", "--code", code, "--founders", $"{founders}",
                "--interface", "none", "--seed", $"{seed}:{PeerPort}",
                "--peer", $"{Address}:{PeerPort}", "--http", $"127.0.0.1:{HttpPort}",
                "--control", $"127.0.0.1:{ControlPort}", "--mqtt", $"127.0.0.1:{MqttPort}",
            ]);
        Assert.True(ended.ExitCode == 0, ended.Errors);
    }

    public void Start() => _node = OutsideProcess.Start(
        "ip",
        [
            "netns", "exec", _namespace.Name,
            "dotnet", Path.Combine(AppContext.BaseDirectory, "tomada.dll"),
            "node", "--data", _data,
        ],
        // Several nodes share the memory of a laptop.
        ("DOTNET_GCgen0size", "0x400000"),
        ("DOTNET_TieredPGO", "0"));

    /// <summary>SIGKILL: what a power cut does to a process.</summary>
    public Task KillAsync() => _node!.KillAsync();

    /// <summary>SIGSTOP: alive for the kernel, dead for everybody else.</summary>
    public void Freeze() => Native.Signal(_node!.Id, Native.SignalStop);

    public void Thaw() => Native.Signal(_node!.Id, Native.SignalContinue);

    /// <summary>Waits until the node takes part in a network and serves everything.</summary>
    public async Task RunningAsync(CancellationToken stop)
    {
        await Waiting.UntilAsync(
            $"the node of {Id} to run",
            async () => IsDown ? Errors : (await TryGetAsync("/v1/network", stop))?.ToJsonString(),
            seen => IsDown || seen is not null,
            stop);
        Assert.False(IsDown, Errors);
    }

    /// <summary>The node's own view; null while it answers nobody.</summary>
    public Task<JsonNode?> TryStatusAsync(CancellationToken stop) =>
        TrySendAsync(HttpMethod.Get, ControlPort, "/control/v1/status", null, stop);

    /// <summary>Submits a transaction; null when nobody knows what became of it.</summary>
    public Task<JsonNode?> TrySubmitAsync(string kind, JsonNode body, CancellationToken stop) =>
        TrySendAsync(
            HttpMethod.Post,
            ControlPort,
            "/control/v1/transactions",
            new JsonObject { ["kind"] = kind, ["body"] = body }.ToJsonString(),
            stop);

    public Task<JsonNode?> TryGetAsync(string path, CancellationToken stop) =>
        TrySendAsync(HttpMethod.Get, HttpPort, path, null, stop);

    /// <summary>Every item of a public list, page by page.</summary>
    public async Task<List<JsonNode>> ListAsync(string path, CancellationToken stop)
    {
        List<JsonNode> items = [];
        string? next = null;
        do
        {
            string from = next is null ? "" : $"&before={Uri.EscapeDataString(next)}";
            JsonNode page = await Waiting.UntilAsync(
                $"{path} of {Id}",
                () => TryGetAsync($"{path}?limit=100{from}", stop),
                seen => seen is not null,
                stop) ?? throw new InvalidOperationException(path);
            items.AddRange(page["items"]!.AsArray().Select(each => each!));
            next = page["next"]?.GetValue<string>();
        }
        while (next is not null);

        return items;
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        _http.Dispose();
        _namespace.Dispose();
    }

    private async Task<JsonNode?> TrySendAsync(
        HttpMethod method, int port, string path, string? json, CancellationToken stop)
    {
        using HttpRequestMessage request = new(method, $"http://127.0.0.1:{port}{path}");
        if (port == ControlPort && File.Exists(Path.Combine(_data, "control.token")))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer", (await File.ReadAllTextAsync(
                    Path.Combine(_data, "control.token"), stop)).Trim());
        }

        request.Content =
            json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, stop);
            return response.IsSuccessStatusCode
                ? JsonNode.Parse(await response.Content.ReadAsStringAsync(stop))
                : null;
        }
        catch (Exception unknown) when (
            unknown is HttpRequestException or IOException
            || (unknown is TaskCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken stop)
    {
        Socket socket = _namespace.Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(context.DnsEndPoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
