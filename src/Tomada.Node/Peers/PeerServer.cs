using System.Net;
using System.Security.Authentication;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tomada.Node.Keys;
using Tomada.Node.Peers.Wire;

namespace Tomada.Node.Peers;

/// <summary>The peer endpoint: gRPC over HTTP/2 and mutual TLS 1.3.</summary>
internal static class PeerServer
{
    /// <summary>Listens; the answer tells the port that was bound.</summary>
    public static async Task<(WebApplication App, IPEndPoint EndPoint)> StartAsync(
        IPEndPoint listen, NodeKeys keys, Func<PeerStream, CancellationToken, Task> accept,
        CancellationToken stop)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "Tomada.Node",
            EnvironmentName = Environments.Production,
        });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, listen, keys));
        builder.Services.Configure<HostOptions>(
            host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddSingleton(new PeerEndpoint(accept));
        builder.Services.AddGrpc(
            grpc => grpc.MaxReceiveMessageSize = PeerLimits.FrameBytesMax + 64);
        WebApplication app = builder.Build();
        app.MapGrpcService<PeerEndpoint>();
        await app.StartAsync(stop).ConfigureAwait(false);
        Uri bound = new(app.Urls.First());
        return (app, new IPEndPoint(listen.Address, bound.Port));
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint listen, NodeKeys keys)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = PeerLimits.ConnectionsMax;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = PeerLimits.StreamsPerConnectionMax;
        kestrel.Limits.Http2.KeepAlivePingDelay = PeerLimits.KeepAlive;
        kestrel.Limits.Http2.KeepAlivePingTimeout = PeerLimits.KeepAlive;
        kestrel.Listen(listen, at =>
        {
            at.Protocols = HttpProtocols.Http2;
            at.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = keys.TlsCertificate,
                SslProtocols = SslProtocols.Tls13,
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                // TLS proves that the peer holds the key; the handshake that follows says whose it
                // is.
                ClientCertificateValidation = (_, _, _) => true,
            });
        });
    }

    /// <summary>The gRPC service.</summary>
    internal sealed class PeerEndpoint(Func<PeerStream, CancellationToken, Task> accept)
        : Wire.Peers.PeersBase
    {
        public override async Task Exchange(
            IAsyncStreamReader<Frame> requestStream,
            IServerStreamWriter<Frame> responseStream,
            ServerCallContext context)
        {
            if (context.GetHttpContext().Connection.ClientCertificate is { } certificate)
            {
                PeerStream stream = new(
                    requestStream, responseStream, NodeKeys.KeyHash(certificate), isDialer: false);
                await accept(stream, context.CancellationToken).ConfigureAwait(false);
            }
        }
    }
}
