using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using MQTTnet.AspNetCore;
using MQTTnet.Server;
using Tomada.DeviceApi;
using Tomada.Node.Devices;

namespace Tomada.Node.Broker;

/// <summary>Where a broker listens; ports may be 0 for free ones.</summary>
/// <param name="Tcp">Plain TCP: for own wires, or behind something that encrypts.</param>
/// <param name="Tls">TLS 1.2 or 1.3, with or without a client certificate.</param>
/// <param name="WebSocket">Plain WebSockets at /mqtt, for what stands behind a web proxy.</param>
public sealed record BrokerListeners(
    IPEndPoint Tcp, IPEndPoint? Tls = null, IPEndPoint? WebSocket = null)
{
    internal IEnumerable<IPEndPoint> All =>
        ((IPEndPoint?[])[Tcp, Tls, WebSocket]).OfType<IPEndPoint>();
}

/// <summary>Kestrel and the MQTT library, put together so that no peer can hurt them.</summary>
internal static class BrokerHost
{
    private const string WebSocketPath = "/mqtt";

    public static WebApplication Build(
        BrokerListeners listen, X509Certificate2? certificate, DeviceRegistry registry,
        TimeProvider wall)
    {
        WebApplicationBuilder builder =
            WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(listen.Tcp, each => each.UseGuardedMqtt());
            if (listen.Tls is { } tls)
            {
                kestrel.Listen(tls, each =>
                {
                    each.UseHttps(https => Secure(https, certificate!, registry, wall));
                    each.UseGuardedMqtt();
                });
            }

            if (listen.WebSocket is { } webSocket)
            {
                kestrel.Listen(webSocket);
            }
        });
        builder.Services.Configure<HostOptions>(
            host => host.ShutdownTimeout = BrokerLimits.ShutdownTimeout);
        AddMqtt(builder.Services);
        if (listen.WebSocket is not null)
        {
            builder.Services.AddRouting();
            builder.Services.AddConnections();
        }

        WebApplication app = builder.Build();
        if (listen.WebSocket is not null)
        {
            MapWebSocket(app);
        }

        return app;
    }

    /// <summary>What was bound, in the order of the listeners.</summary>
    public static IPEndPoint[] BoundOf(WebApplication app, BrokerListeners listen)
    {
        ICollection<string> addresses = app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses;
        return [.. listen.All.Zip(
            addresses, (asked, bound) => new IPEndPoint(asked.Address, new Uri(bound).Port))];
    }

    private static void UseGuardedMqtt(
        this Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listener)
    {
        listener.UseMqttGuard();
        listener.UseMqtt();
    }

    private static void Secure(
        HttpsConnectionAdapterOptions https, X509Certificate2 certificate,
        DeviceRegistry registry, TimeProvider wall)
    {
        https.ServerCertificate = certificate;
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        https.HandshakeTimeout = BrokerLimits.CommunicationTimeout;
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = (shown, _, _) =>
            registry.Authority.IsOwn(shown, wall);
    }

    private static void AddMqtt(IServiceCollection services)
    {
        // Sessions end with their connection: the library keeps persistent ones in memory only and
        // never sweeps them, so a device starts empty and is told again what it must know.
        services.AddHostedMqttServer(server => server
            .WithoutDefaultEndpoint()
            .WithPersistentSessions(false)
            .WithDefaultCommunicationTimeout(BrokerLimits.CommunicationTimeout)
            .WithMaxPendingMessagesPerClient(DeviceLimits.OutboxMax)
            .WithPendingMessagesOverflowStrategy(
                MqttPendingMessagesOverflowStrategy.DropNewMessage));
        services.AddMqttConnectionHandler();
    }

    private static void MapWebSocket(WebApplication app) => app.MapConnections(
        WebSocketPath,
        new HttpConnectionDispatcherOptions
        {
            Transports = HttpTransportType.WebSockets,
            WebSockets = { SubProtocolSelector = _ => "mqtt" },
        },
        connection =>
        {
            connection.UseMqttGuard();
            connection.UseConnectionHandler<MqttConnectionHandler>();
        });
}
