using System.Net;
using Tomada.Ledger;
using Tomada.Node.Peers;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Peers;

/// <summary>Where multicast does not reach.</summary>
public sealed class SeedTests : IDisposable
{
    // Only a test that hangs meets this.
    private readonly CancellationTokenSource _watchdog = new(TimeSpan.FromSeconds(120));

    private CancellationToken Stop => _watchdog.Token;

    public void Dispose() => _watchdog.Dispose();

    [Fact]
    public async Task Three_nodes_that_share_one_seed_find_each_other_and_found_a_network()
    {
        Room room = Room.Random(founders: 3).Silent;
        // The seed has the highest id, so it is dialled against the order of the pair.
        await using TestPeer c = await TestPeer.StartAsync(room, "br-ccc", Stop);
        IPEndPoint seed = c.Network.EndPoint;
        await using TestPeer b = await TestPeer.StartAsync(room, "br-bbb", Stop, seed);
        await using TestPeer a = await TestPeer.StartAsync(room, "br-aaa", Stop, seed);
        TestPeer[] all = [a, b, c];

        Genesis[] geneses = await Task.WhenAll(all.Select(each => each.EnterAsync(Stop)));
        Assert.Single(geneses.Select(genesis => genesis.NetworkId).Distinct());
        await Task.WhenAll(all.Select(each => each.UntilReachableAsync(2, Stop)));
    }

    [Fact]
    public async Task Without_multicast_a_node_that_returns_on_another_port_is_found_again()
    {
        Room room = Room.Random(founders: 2).Silent;
        await using TestPeer a = await TestPeer.StartAsync(room, "br-aaa", Stop);
        await using TestPeer b =
            await TestPeer.StartAsync(room, "br-bbb", Stop, a.Network.EndPoint);
        await Task.WhenAll(a.EnterAsync(Stop), b.EnterAsync(Stop));
        await a.UntilReachableAsync(1, Stop);

        // The seed's address is stale afterwards; what both remember brings them together.
        IPEndPoint before = a.Network.EndPoint;
        await a.StopAsync();
        await b.UntilReachableAsync(0, Stop);
        await a.StartAsync(Stop);
        Assert.NotEqual(before, a.Network.EndPoint);
        await a.EnterAsync(Stop);
        await b.UntilReachableAsync(1, Stop);
        // A link begins with where its sender is now: what comes after it was said later.
        await a.UntilReachableAsync(1, Stop);
        Assert.True(a.Network.TrySend(b.Company, new byte[] { 6 }));
        Assert.Equal([6], (await b.NextArrivedAsync(Stop)).Bytes.ToArray());

        await b.StopAsync();
        await a.UntilReachableAsync(0, Stop);
        await b.StartAsync(Stop);
        await b.EnterAsync(Stop);
        await a.UntilReachableAsync(1, Stop);
        Assert.True(a.Network.TrySend(b.Company, new byte[] { 7 }));
        Assert.Equal([7], (await b.NextArrivedAsync(Stop)).Bytes.ToArray());
    }

    [Fact]
    public void Strangers_from_one_address_take_few_places_and_a_member_takes_theirs()
    {
        SortedSet<CompanyId> members = [];
        KnownPeers known = new(members.Contains, TimeProvider.System);
        IPAddress stranger = IPAddress.Parse("192.0.2.1");
        for (int i = 0; i < PeerLimits.KnownPerSourceMax; i++)
        {
            Assert.Equal(Learnt.Company, Hear(known, i, stranger));
        }

        Assert.Equal(Learnt.Refused, Hear(known, PeerLimits.KnownPerSourceMax, stranger));
        for (int i = PeerLimits.KnownPerSourceMax; i < PeerLimits.KnownPeersMax; i++)
        {
            Assert.Equal(Learnt.Company, Hear(known, i, new IPAddress(i)));
        }

        Assert.Equal(Learnt.Refused, Hear(known, 500, new IPAddress(500)));
        members.Add(Id(500));
        Assert.Equal(Learnt.Company, Hear(known, 500, new IPAddress(500)));
        Assert.Equal(PeerLimits.KnownPeersMax, known.All.Length);
        // The one that was heard longest ago made room.
        Assert.DoesNotContain(known.All, each => each.Company == Id(0));
    }

    [Fact]
    public void An_old_announcement_says_nothing_and_a_restless_company_is_not_followed_everywhere()
    {
        KnownPeers known = new(_ => true, TimeProvider.System);
        Assert.Equal(Learnt.Company, Hear(known, 1, IPAddress.Loopback, port: 1, when: 100));
        Assert.Equal(Learnt.Nothing, Hear(known, 1, IPAddress.Loopback, port: 2, when: 100));
        Assert.Equal(Learnt.Nothing, Hear(known, 1, IPAddress.Loopback, port: 1, when: 101));
        for (int i = 0; i < PeerLimits.MovesMax; i++)
        {
            Assert.Equal(
                Learnt.EndPoint, Hear(known, 1, IPAddress.Loopback, port: 2 + i, when: 200 + i));
        }

        Assert.Equal(Learnt.Refused, Hear(known, 1, IPAddress.Loopback, port: 99, when: 300));
    }

    private static Learnt Hear(
        KnownPeers known, int company, IPAddress source, int port = 9, long? when = null) =>
        known.Learn(
            Id(company), new IPEndPoint(IPAddress.Loopback, port),
            new Timestamp(when ?? 1_000 + company), source, new byte[] { 1 }, out _);

    private static CompanyId Id(int number) => CompanyId.Parse(
        $"br-{(char)('a' + (number / 676))}{(char)('a' + (number / 26 % 26))}"
        + $"{(char)('a' + (number % 26))}");
}
