using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Tomada.Node.Keys;
using Tomada.Node.Peers.Wire;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>Opens one connection to a peer endpoint.</summary>
internal static class PeerDialer
{
    /// <summary>Connects and hands the stream over until it ends.</summary>
    /// <exception cref="RpcException">The connection failed or broke.</exception>
    /// <exception cref="TimeoutException">Somebody listens and says nothing.</exception>
    public static async Task DialAsync(
        IPEndPoint endPoint, NodeKeys keys, Func<PeerStream, CancellationToken, Task> run,
        CancellationToken stop)
    {
        Digest? shown = null;
        using SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            ConnectTimeout = PeerLimits.HandshakeTimeout,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                TargetHost = "tomada",
                ClientCertificates = [keys.TlsCertificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => keys.TlsCertificate,
                // TLS proves that the peer holds the key; the handshake that follows says whose it
                // is.
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = certificate is X509Certificate2 certificate2
                        ? NodeKeys.KeyHash(certificate2) : null;
                    return shown is not null;
                },
            },
        };
        using GrpcChannel channel = GrpcChannel.ForAddress(
            $"https://{endPoint}", new GrpcChannelOptions
            {
                HttpHandler = handler,
                MaxReceiveMessageSize = PeerLimits.FrameBytesMax + PeerLimits.EnvelopeBytesMax,
            });
        Wire.Peers.PeersClient client = new(channel);
        using AsyncDuplexStreamingCall<Frame, Frame> call =
            client.Exchange(cancellationToken: stop);
        // The answer's headers arrive after TLS, so the certificate is known by then.
        await call.ResponseHeadersAsync.WaitAsync(PeerLimits.HandshakeTimeout, stop)
            .ConfigureAwait(false);
        if (shown is { } key)
        {
            PeerStream stream = new(
                call.ResponseStream, call.RequestStream, key, endPoint.Address, admission: null);
            await run(stream, stop).ConfigureAwait(false);
        }
    }
}
