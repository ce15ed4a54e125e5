using System.Net;
using System.Net.Sockets;
using Tomada.Network.Tests.Lan;

namespace Tomada.Network.Tests;

/// <summary>
/// The cables themselves: a test that relies on a fault must know that it is there.
/// </summary>
public sealed class TunSwitchTests
{
    private const int Port = 9_000;

    [Fact(Timeout = 30_000)]
    public async Task A_cut_stops_one_direction_and_leaves_the_other()
    {
        Assert.SkipWhen(NetworkNamespace.Missing is not null, NetworkNamespace.Missing ?? "");
        CancellationToken stop = TestContext.Current.CancellationToken;
        using TunSwitch cables = new(seed: 1);
        using NetworkNamespace here = NetworkNamespace.Create("here");
        using NetworkNamespace there = NetworkNamespace.Create("there");
        IPEndPoint a = new(IPAddress.Parse("10.78.0.1"), Port);
        IPEndPoint b = new(IPAddress.Parse("10.78.0.2"), Port);
        cables.Plug(here, a.Address);
        cables.Plug(there, b.Address);
        using Socket left = Bound(here, a);
        using Socket right = Bound(there, b);

        await left.SendToAsync(new byte[] { 1 }, b, stop);
        Assert.Equal(1, await NextAsync(right, stop));

        cables.CutOneWay(a.Address, b.Address);
        await left.SendToAsync(new byte[] { 2 }, b, stop);
        await right.SendToAsync(new byte[] { 3 }, a, stop);
        Assert.Equal(3, await NextAsync(left, stop));
        Assert.Equal(1, cables.Cut);

        cables.Mend();
        await left.SendToAsync(new byte[] { 4 }, b, stop);
        Assert.Equal(4, await NextAsync(right, stop));
    }

    private static Socket Bound(NetworkNamespace inside, IPEndPoint at)
    {
        Socket socket = inside.Socket(SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(at);
        return socket;
    }

    private static async Task<byte> NextAsync(Socket socket, CancellationToken stop)
    {
        byte[] buffer = new byte[1];
        await socket.ReceiveAsync(buffer, stop);
        return buffer[0];
    }
}
