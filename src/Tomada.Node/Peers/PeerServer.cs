using System.Net;
using System.Security.Authentication;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
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
        IPEndPoint listen, NodeKeys keys, Admissions admissions,
        Func<PeerStream, CancellationToken, Task> accept, CancellationToken stop)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "Tomada.Node",
            EnvironmentName = Environments.Production,
            Args = HttpServer.NoReload,
        });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, listen, keys, admissions));
        builder.Services.Configure<HostOptions>(
            host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddSingleton(new PeerEndpoint(accept));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize =
            PeerLimits.FrameBytesMax + PeerLimits.EnvelopeBytesMax);
        WebApplication app = builder.Build();
        app.Use(next => context =>
        {
            context.Features.Set<IRequestBodyPipeFeature>(
                new FirstFrames(context.Request.BodyReader));
            return next(context);
        });
        app.MapGrpcService<PeerEndpoint>();
        await app.StartAsync(stop).ConfigureAwait(false);
        Uri bound = new(app.Urls.First());
        return (app, new IPEndPoint(listen.Address, bound.Port));
    }

    private static void Configure(
        KestrelServerOptions kestrel, IPEndPoint listen, NodeKeys keys, Admissions admissions)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = PeerLimits.ConnectionsMax;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = PeerLimits.StreamsPerConnectionMax;
        kestrel.Listen(listen, at =>
        {
            at.Protocols = HttpProtocols.Http2;
            at.Use(admissions.Guard);
            at.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = keys.TlsCertificate,
                SslProtocols = SslProtocols.Tls13,
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                // TLS proves that the peer holds the key; the handshake that follows says whose it
                // is.
                ClientCertificateValidation = (_, _, _) => true,
                HandshakeTimeout = PeerLimits.HandshakeTimeout,
            });
            at.Use(Admissions.Secured);
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
            HttpContext http = context.GetHttpContext();
            if (http.Connection is { ClientCertificate: { } certificate, RemoteIpAddress: { } from }
                && http.Features.Get<Admission>() is { } admission)
            {
                PeerStream stream = new(
                    requestStream, responseStream, NodeKeys.KeyHash(certificate), from, admission);
                try
                {
                    await accept(stream, context.CancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    admission.StreamEnded();
                }
            }
        }
    }
}
