using System.Net;
using System.Net.Sockets;
using Tomada.Ledger;
using Tomada.Node.Peers;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Peers;

public sealed class PeerNetworkTests : IDisposable
{
    // Only a test that hangs meets this.
    private readonly CancellationTokenSource _watchdog = new(TimeSpan.FromSeconds(90));

    private CancellationToken Stop => _watchdog.Token;

    public void Dispose() => _watchdog.Dispose();

    [Fact]
    public async Task Three_nodes_without_any_address_found_one_network_and_talk()
    {
        Room room = Room.Random(founders: 3);
        await using TestPeer a = await TestPeer.StartAsync(room, "br-aaa", Stop);
        await using TestPeer b = await TestPeer.StartAsync(room, "br-bbb", Stop);
        await using TestPeer c = await TestPeer.StartAsync(room, "br-ccc", Stop);
        TestPeer[] all = [a, b, c];

        Genesis[] geneses = await Task.WhenAll(all.Select(each => each.EnterAsync(Stop)));
        Assert.Single(geneses.Select(genesis => genesis.NetworkId).Distinct());
        Assert.All(all, each => Assert.Equal(
            geneses[0].NetworkId, FoundingService.ReadGenesis(each.Store)?.NetworkId));

        await Task.WhenAll(all.Select(each => each.UntilReachableAsync(2, Stop)));
        a.Network.Broadcast(new byte[] { 1, 2, 3 });
        foreach (TestPeer other in new[] { b, c })
        {
            PeerEvent.Arrived arrived = await other.NextArrivedAsync(Stop);
            Assert.Equal(a.Company, arrived.From);
            Assert.Equal([1, 2, 3], arrived.Bytes.ToArray());
        }

        byte[] large = new byte[PeerLimits.FrameBytesMax - 1];
        Assert.True(c.Network.TrySend(a.Company, large));
        Assert.Equal(large.Length, (await a.NextArrivedAsync(Stop)).Bytes.Length);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => c.Network.TrySend(a.Company, new byte[PeerLimits.FrameBytesMax]));
        Assert.False(a.Network.TrySend(CompanyId.Parse("br-zzz"), new byte[] { 1 }));
    }

    [Fact]
    public async Task A_node_that_restarts_on_another_port_is_found_again_and_its_peers_notice()
    {
        Room room = Room.Random(founders: 2);
        await using TestPeer a = await TestPeer.StartAsync(room, "br-aaa", Stop);
        await using TestPeer b = await TestPeer.StartAsync(room, "br-bbb", Stop);
        await Task.WhenAll(a.EnterAsync(Stop), b.EnterAsync(Stop));
        await a.UntilReachableAsync(1, Stop);

        await b.StopAsync();
        await a.UntilReachableAsync(0, Stop);
        await b.StartAsync(Stop);
        await b.EnterAsync(Stop);
        await a.UntilReachableAsync(1, Stop);
        Assert.True(a.Network.TrySend(b.Company, new byte[] { 9 }));
        Assert.Equal([9], (await b.NextArrivedAsync(Stop)).Bytes.ToArray());
    }

    [Fact]
    public async Task A_late_candidate_is_told_to_join_and_is_not_reachable()
    {
        Room room = Room.Random(founders: 2);
        await using TestPeer a = await TestPeer.StartAsync(room, "br-aaa", Stop);
        await using TestPeer b = await TestPeer.StartAsync(room, "br-bbb", Stop);
        await Task.WhenAll(a.EnterAsync(Stop), b.EnterAsync(Stop));

        await using TestPeer late = await TestPeer.StartAsync(room, "br-ccc", Stop);
        while (late.Founding.Status is not FoundingStatus.MustJoin)
        {
            Stop.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.DoesNotContain(late.Company, a.Network.Reachable);
        Assert.False(a.Network.TrySend(late.Company, new byte[] { 1 }));
    }

    [Fact]
    public async Task Garbage_and_strangers_change_nothing()
    {
        Room room = Room.Random(founders: 2);
        Room wrongCode = room with { Network = room.Network with { Code = "wrong-code" } };
        await using TestPeer stranger = await TestPeer.StartAsync(wrongCode, "br-bbb", Stop);
        await using TestPeer a = await TestPeer.StartAsync(room, "br-aaa", Stop);
        using Socket noise = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        noise.SetSocketOption(
            SocketOptionLevel.IP,
            SocketOptionName.MulticastInterface,
            IPAddress.Loopback.GetAddressBytes());
        foreach (int length in new[] { 1, 100, 1_200, 9_000 })
        {
            byte[] garbage = new byte[length];
            new Random(length).NextBytes(garbage);
            noise.SendTo(garbage, new IPEndPoint(room.Multicast!.Group, room.Multicast.Port));
            noise.SendTo(garbage, a.Network.EndPoint);
        }

        using (Socket raw = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await raw.ConnectAsync(a.Network.EndPoint, Stop);
            await raw.SendAsync(new byte[500], Stop);
        }

        await using TestPeer b = await TestPeer.StartAsync(room, "br-ccc", Stop);
        Genesis genesis = await a.EnterAsync(Stop);
        Assert.DoesNotContain(
            genesis.Draft.Founders, each => each.Member.Company == stranger.Company);
    }
}
