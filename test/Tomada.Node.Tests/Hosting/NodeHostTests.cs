using System.Net;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Node.Tests.Peers;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Hosting;

public sealed class NodeHostTests : IDisposable
{
    private static readonly CompanyId s_company = CompanyId.Parse("br-aaa");

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_node_that_is_told_to_stop_stops_and_lets_go_of_its_directory()
    {
        Init();
        using CancellationTokenSource stop = new();
        Task running = NodeHost.RunAsync(_directory.Path, stop.Token);
        await ServingAsync(running);
        await stop.CancelAsync();

        await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        using NodeStore free = NodeStore.Open(_directory.Path);
        Assert.Null(NodeEndpoints.TryLoad(_directory.Path));
    }

    [Fact]
    public async Task An_operator_lets_devices_in_and_puts_them_out()
    {
        Init();
        using CancellationTokenSource stop = new();
        Task running = NodeHost.RunAsync(_directory.Path, stop.Token);
        await ServingAsync(running);
        using HttpClient control = new()
        {
            BaseAddress = new Uri($"http://{NodeEndpoints.TryLoad(_directory.Path)!.Control}"),
        };
        control.DefaultRequestHeaders.Authorization = new(
            "Bearer", ControlToken.LoadOrCreate(_directory.Path));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(control, "", "car", "one"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(control, "/tokens", "station", "two"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(control, "", "boat", "one"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(control, "", "car", "One"));
        string listed = await control.GetStringAsync("/control/v1/devices", Stop);
        Assert.Contains(
            """{"kind":"car","id":"one","credential":"SECRET","until":null}""", listed,
            StringComparison.Ordinal);
        Assert.Contains(
            """{"kind":"station","id":"two","credential":"TOKEN","until":"2""", listed,
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(control, "/revoked", "car", "one"));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(control, "/revoked", "car", "one"));
        Assert.DoesNotContain(
            "SECRET", await control.GetStringAsync("/control/v1/devices", Stop),
            StringComparison.Ordinal);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30), Stop);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<HttpStatusCode> PostAsync(
        HttpClient control, string path, string kind, string id)
    {
        using StringContent json = new(
            $$"""{"kind":"{{kind}}","id":"{{id}}"}""", System.Text.Encoding.UTF8,
            "application/json");
        using HttpResponseMessage response = await control.PostAsync(
            new Uri($"/control/v1/devices{path}", UriKind.Relative), json, Stop);
        return response.StatusCode;
    }

    private void Init()
    {
        Room room = Room.Random(founders: 1);
        IPEndPoint free = new(IPAddress.Loopback, 0);
        NodeConfig config = new(
            s_company, "One", room.Network, room.Multicast, new ListenConfig(free),
            new MqttConfig(MqttMode.Embedded, free), new ListenConfig(free), new ListenConfig(
                free));
        config.Save(_directory.Path);
        NodeKeys.Create(_directory.Path, s_company, TimeProvider.System).Dispose();
    }

    /// <summary>Until everything that a member runs has its address in the file.</summary>
    private async Task ServingAsync(Task running)
    {
        using CancellationTokenSource watchdog = new(TimeSpan.FromSeconds(120));
        while (NodeEndpoints.TryLoad(_directory.Path)?.Mqtt is null)
        {
            watchdog.Token.ThrowIfCancellationRequested();
            Assert.False(running.IsCompleted, running.Exception?.ToString());
            await Task.Yield();
        }
    }
}
