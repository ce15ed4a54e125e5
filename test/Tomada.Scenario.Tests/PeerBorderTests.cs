using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>Strangers at the door that other companies' nodes use.</summary>
public sealed class PeerBorderTests(OutsideNetwork network)
{
    [Fact(Timeout = Waiting.TestMs)]
    public async Task Noise_at_the_peer_port_and_in_the_multicast_group_changes_nothing()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        string root = await network.OneRootAsync(stop);
        const string Counter = "tomada.peer.connections.refused reason=tls";
        long before = await network.C.CountAsync(Counter, stop);
        IPEndPoint peer = IPEndPoint.Parse(network.C.Endpoints!["peer"]!.GetValue<string>());
        foreach (int length in (int[])[1, 100, 100_000])
        {
            await SendAsync(peer, RandomNumberGenerator.GetBytes(length), stop);
        }

        await SendAsync(peer, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), stop);
        await NobodyAsync(peer, stop);
        await DatagramsAsync(stop);
        await Waiting.UntilAsync(
            "the connections to be counted",
            () => network.C.CountAsync(Counter, stop),
            count => count > before,
            stop);

        Assert.Equal(root, await network.OneRootAsync(stop));
        JsonNode status = await network.C.StatusAsync(stop);
        Assert.Equal(
            [network.A.Id, network.B.Id],
            status["reachable"]!.AsArray().Select(each => each!.GetValue<string>()));
        Assert.False(network.C.Node.HasExited);
    }

    /// <summary>Whoever has no certificate of a company is not listened to.</summary>
    private static async Task NobodyAsync(IPEndPoint peer, CancellationToken stop)
    {
        using TcpClient client = new();
        await client.ConnectAsync(peer, stop);
        await using SslStream stream = new(client.GetStream(), leaveInnerStreamOpen: true);
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
#pragma warning disable CA5359 // The test is the stranger: whom it speaks to is not the question.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        };
        // In TLS 1.3 the server's refusal arrives with the first read after the handshake.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await stream.AuthenticateAsClientAsync(options, stop);
            await stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), stop);
            await ReadToEndAsync(stream, stop);
            throw new AuthenticationException("The connection ended without an answer.");
        });
    }

    /// <summary>Sends, and reads until the node ends the connection.</summary>
    private static async Task SendAsync(IPEndPoint peer, byte[] noise, CancellationToken stop)
    {
        using TcpClient client = new();
        await client.ConnectAsync(peer, stop);
        NetworkStream stream = client.GetStream();
        try
        {
            await stream.WriteAsync(noise, stop);
            client.Client.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(stream, stop);
        }
        catch (IOException)
        {
            // Reset in the middle of the noise.
        }
        catch (SocketException)
        {
            // The same, met at the shutdown.
        }
    }

    private static async Task ReadToEndAsync(Stream stream, CancellationToken stop)
    {
        byte[] buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, stop) > 0)
        {
            stop.ThrowIfCancellationRequested();
        }
    }

    private async Task DatagramsAsync(CancellationToken stop)
    {
        const string Counter = "tomada.peer.datagrams.refused";
        long before = await network.C.CountAsync(Counter, stop);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(
            SocketOptionLevel.IP,
            SocketOptionName.MulticastInterface,
            IPAddress.Loopback.GetAddressBytes());
        foreach (int length in (int[])[0, 1, 300, 1_400])
        {
            await socket.SendToAsync(
                RandomNumberGenerator.GetBytes(length), network.Multicast, stop);
        }

        await Waiting.UntilAsync(
            "the datagrams to be refused",
            () => network.C.CountAsync(Counter, stop),
            count => count >= before + 3,
            stop);
    }
}
