using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Peers;

/// <summary>A multicast group of its own on loopback, and an invitation.</summary>
internal sealed record Room(MulticastConfig? Multicast, NetworkConfig Network)
{
    /// <summary>The same for nodes that cannot hear each other on the air.</summary>
    public Room Silent => this with { Multicast = null };

    public static Room Random(int founders, string code = "abra-te-sesamo")
    {
        using Socket free = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] group = [239, 255, .. RandomNumberGenerator.GetBytes(2)];
        return new Room(
            new MulticastConfig(new IPAddress(group), ((IPEndPoint)free.LocalEndPoint!).Port, "lo"),
            new NetworkConfig("nordeste", code, null, founders, Simulated: true));
    }
}

/// <summary>One company's peers, in this process, with everything a node would give them.</summary>
internal sealed class TestPeer : IAsyncDisposable
{
    private readonly Room _room;
    private readonly string _company;
    private readonly ImmutableArray<HostPort>? _seeds;
    private readonly TempDirectory _directory = new();

    private TestPeer(Room room, string company, IPEndPoint[] seeds)
    {
        _room = room;
        _company = company;
        _seeds = seeds.Length == 0
            ? null : [.. seeds.Select(each => HostPort.Parse(each.ToString()))];
    }

    public NodeStore Store { get; private set; } = null!;

    public NodeKeys Keys { get; private set; } = null!;

    public PeerNetwork Network { get; private set; } = null!;

    public FoundingService Founding { get; private set; } = null!;

    public CompanyId Company => CompanyId.Parse(_company);

    public static async Task<TestPeer> StartAsync(
        Room room, string company, CancellationToken stop, params IPEndPoint[] seeds)
    {
        TestPeer peer = new(room, company, seeds);
        await peer.StartAsync(stop);
        return peer;
    }

    public async Task StartAsync(CancellationToken stop)
    {
        IPEndPoint free = new(IPAddress.Loopback, 0);
        NodeConfig config = new(
            Company, _company, _room.Network, _room.Multicast, new ListenConfig(free),
            new MqttConfig(
                MqttMode.Embedded, free), new ListenConfig(free), new ListenConfig(free),
            _seeds);
        Store = NodeStore.Open(_directory.Path);
        Keys = NodeKeys.LoadOrCreate(_directory.Path, Company, TimeProvider.System);
        Network = await PeerNetwork.StartAsync(
            config, Keys, Store, TimeProvider.System, NullLogger<PeerNetwork>.Instance, stop);
        Founding = FoundingService.Start(
            new FoundingPlan(
                config.Network.Name,
                config.Network.Founders,
                Rules.Default,
                config.Network.Simulated),
            Network, Keys, Store, TimeProvider.System, NullLogger<FoundingService>.Instance);
    }

    public async Task StopAsync()
    {
        await Founding.DisposeAsync();
        await Network.DisposeAsync();
        Keys.Dispose();
        Store.Dispose();
    }

    public async Task<Genesis> EnterAsync(CancellationToken stop)
    {
        Genesis genesis = await Founding.Founded.WaitAsync(stop);
        Network.EnterNetwork(genesis.NetworkId, company =>
            genesis.Draft.Founders.FirstOrDefault(each => each.Member.Company == company)?.Member);
        return genesis;
    }

    public async Task UntilReachableAsync(int count, CancellationToken stop)
    {
        while (Network.Reachable.Count != count)
        {
            await Network.Incoming.ReadAsync(stop);
        }
    }

    public async Task<PeerEvent.Arrived> NextArrivedAsync(CancellationToken stop)
    {
        while (true)
        {
            if (await Network.Incoming.ReadAsync(stop) is PeerEvent.Arrived arrived)
            {
                return arrived;
            }
        }
    }

    /// <summary>The keys of a stopped peer, for who got hold of them.</summary>
    public NodeKeys LoadKeys() =>
        NodeKeys.LoadOrCreate(_directory.Path, Company, TimeProvider.System);

    public void RemoveDirectory() => _directory.Dispose();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        RemoveDirectory();
    }
}
