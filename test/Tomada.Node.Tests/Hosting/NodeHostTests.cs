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
        while (NodeEndpoints.TryLoad(_directory.Path)?.Mqtt is null)
        {
            Assert.False(running.IsCompleted, running.Exception?.ToString());
            await Task.Yield();
        }
    }
}
