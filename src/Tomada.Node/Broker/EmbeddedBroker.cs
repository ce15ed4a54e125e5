using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Tomada.DeviceApi;
using Tomada.Node.Devices;

namespace Tomada.Node.Broker;

/// <summary>
/// The company's own MQTT broker. Nothing is routed inside: what devices say goes to the node, what
/// the node says goes into the sessions of one device.
/// </summary>
public sealed class EmbeddedBroker : DeviceBroker
{
    private const string SessionItem = "session";

    private readonly ConcurrentDictionary<string, DeviceSession> _sessions = new(
        StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableArray<DeviceSession>> _byDevice = new(
        StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TokenBucket> _rates = new(StringComparer.Ordinal);
    private readonly DeviceRegistry _registry;
    private readonly DeviceLog _log;
    private readonly TimeProvider _wall;
    private readonly WebApplication _app;
    private readonly MqttServer _server;
    private readonly X509Certificate2? _certificate;
    private int _ratePerSecond = DeviceLimits.RatePerSecond;

    private EmbeddedBroker(
        BrokerListeners listen, DeviceRegistry registry, DeviceLog log,
        Func<NodeBody> describeNode, TimeProvider wall)
        : base(describeNode, wall)
    {
        _registry = registry;
        _log = log;
        _wall = wall;
        _certificate = listen.Tls is { } tls
            ? registry.Authority.ForBroker(tls.Address, wall)
            : null;
        _app = BrokerHost.Build(listen, _certificate, registry, wall);
        _server = _app.Services.GetRequiredService<MqttServer>();
        _server.ValidatingConnectionAsync += ValidateAsync;
        _server.ClientConnectedAsync += ConnectedAsync;
        _server.ClientDisconnectedAsync += DisconnectedAsync;
        _server.InterceptingPublishAsync += PublishAsync;
        _server.InterceptingSubscriptionAsync += SubscribeAsync;
        _server.ClientSubscribedTopicAsync += SubscribedAsync;
        _server.ClientUnsubscribedTopicAsync += UnsubscribedAsync;
        _server.ClientAcknowledgedPublishPacketAsync += AcknowledgedAsync;
        registry.OnChanged = change =>
        {
            if (change is CredentialChange.Revoked revoked)
            {
                _ = DisconnectAsync(revoked.Device);
            }
        };
    }

    /// <summary>Where it listens for TLS; null when it does not.</summary>
    public IPEndPoint? TlsEndPoint { get; private set; }

    /// <summary>Where it listens for WebSockets, at /mqtt; null when it does not.</summary>
    public IPEndPoint? WebSocketEndPoint { get; private set; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    public override string Address => EndPoint.ToString();

    public override bool KeepsOrder => true;

    /// <summary>Binds and listens; ports may be 0 for free ones.</summary>
    /// <param name="listen">Addresses and ports.</param>
    /// <param name="registry">Who may connect.</param>
    /// <param name="log">Where QoS 1 messages are kept before their PUBACK.</param>
    /// <param name="describeNode">What dn/node says at this moment.</param>
    /// <param name="wall">The wall clock.</param>
    /// <param name="ct">Gives up starting.</param>
    /// <param name="ratePerSecond">Messages of one device; only a measurement needs more.</param>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<EmbeddedBroker> StartAsync(
        BrokerListeners listen,
        DeviceRegistry registry,
        DeviceLog log,
        Func<NodeBody> describeNode,
        TimeProvider wall,
        CancellationToken ct,
        int ratePerSecond = DeviceLimits.RatePerSecond)
    {
        EmbeddedBroker broker = new(listen, registry, log, describeNode, wall)
        {
            _ratePerSecond = ratePerSecond,
        };
        await broker._app.StartAsync(ct).ConfigureAwait(false);
        IPEndPoint[] bound = BrokerHost.BoundOf(broker._app, listen);
        broker.EndPoint = bound[0];
        broker.TlsEndPoint = listen.Tls is null ? null : bound[1];
        broker.WebSocketEndPoint = listen.WebSocket is null ? null : bound[^1];
        return broker;
    }

    /// <summary>Whether a device has a session that listens.</summary>
    public bool IsConnected(DeviceAddress device) => !SessionsOf(device).IsEmpty;

    public override void AnnounceNode()
    {
        foreach (DeviceSession session in _sessions.Values)
        {
            SendNode(session);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (DeviceSession session in _sessions.Values)
        {
            Send(session, DescribeNode() with { Online = false });
        }

        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _certificate?.Dispose();
        Arrivals.Writer.TryComplete();
    }

    protected override bool TrySend(DeviceAddress to, DownTopic topic, byte[] payload)
    {
        bool taken = false;
        foreach (DeviceSession session in SessionsOf(to))
        {
            taken |= session.TrySend(to.DownPrefix + topic.Path, payload, topic.Retained);
        }

        return taken;
    }

    /// <summary>How many MQTT sessions the library keeps; those without a connection too.</summary>
    public async Task<int> CountSessionsAsync() =>
        (await _server.GetSessionsAsync().ConfigureAwait(false)).Count;

    private ImmutableArray<DeviceSession> SessionsOf(DeviceAddress device) =>
        _byDevice.GetValueOrDefault(device.User, []);

    private Task ValidateAsync(ValidatingConnectionEventArgs args)
    {
        DeviceLogin? login =
            _registry.Authenticate(args.UserName, args.Password, args.ClientCertificate);
        (MqttConnectReasonCode code, string? why) = WhyNot(login, args.ClientId);
        args.ReasonCode = code;
        args.ReasonString = why;
        if (why is not null)
        {
            BrokerMetrics.Refused("connect");
            return Task.CompletedTask;
        }

        TokenBucket rate = _rates.GetOrAdd(
            login!.Device.User, _ => new TokenBucket(_wall, _ratePerSecond));
        args.SessionItems[SessionItem] = new DeviceSession(login, args.ClientId, rate);
        return Task.CompletedTask;
    }

    private (MqttConnectReasonCode Code, string? Why) WhyNot(DeviceLogin? login, string clientId) =>
        login is null
            ? (MqttConnectReasonCode.BadUserNameOrPassword, "user or password")
        : !login.Device.OwnsClientId(clientId)
            ? (MqttConnectReasonCode.ClientIdentifierNotValid,
                $"client id: allowed are {login.Device.User} and {login.Device.User}/name")
        : _sessions.Count >= BrokerLimits.SessionsMax
            ? (MqttConnectReasonCode.ServerBusy, "too many devices")
        : SessionsOf(login.Device).Count(each => each.ClientId != clientId)
            >= DeviceLimits.SessionsPerDeviceMax
            ? (MqttConnectReasonCode.QuotaExceeded, "too many sessions of this device")
        : (MqttConnectReasonCode.Success, null);

    private Task ConnectedAsync(ClientConnectedEventArgs args)
    {
        if (args.SessionItems[SessionItem] is DeviceSession session)
        {
            _sessions[args.ClientId] = session;
            _byDevice.AddOrUpdate(
                session.Device.User,
                _ => [session],
                (_, all) => [.. all.Where(each => each.ClientId != args.ClientId), session]);
        }

        return Task.CompletedTask;
    }

    private Task DisconnectedAsync(ClientDisconnectedEventArgs args)
    {
        if (args.SessionItems[SessionItem] is not DeviceSession session)
        {
            return Task.CompletedTask;
        }

        // After a takeover the entry belongs to the newer connection of the same client id.
        _sessions.TryRemove(new KeyValuePair<string, DeviceSession>(args.ClientId, session));
        string user = session.Device.User;
        while (_byDevice.TryGetValue(user, out ImmutableArray<DeviceSession> all)
            && all.Contains(session)
            && !(all.Length == 1
                ? _byDevice.TryRemove(KeyValuePair.Create(user, all))
                : _byDevice.TryUpdate(user, all.Remove(session), all)))
        {
            // Another connection of the device came or went meanwhile: look again.
        }

        return Task.CompletedTask;
    }

    private async Task PublishAsync(InterceptingPublishEventArgs args)
    {
        args.ProcessPublish = false;
        if (args.SessionItems?[SessionItem] is not DeviceSession session)
        {
            return;
        }

        Publication publication = Publication.Of(args.ApplicationMessage);
        Refusal? refusal = BorderControl.Read(
            publication, session.Login, session.Rate, out Received? received, out byte[] payload);
        MqttQualityOfServiceLevel qos = args.ApplicationMessage.QualityOfServiceLevel;
        if (refusal is null && qos != MqttQualityOfServiceLevel.AtMostOnce)
        {
            LoggedMessage logged = new(session.Device.User, received!.Topic.Path, payload);
            await _log.AppendAsync(logged, args.CancellationToken).ConfigureAwait(false);
        }

        if (refusal is null && !Arrivals.Writer.TryWrite(received!))
        {
            refusal = new Refusal(
                MqttPubAckReasonCode.QuotaExceeded, "busy", "the node is busy; send again");
        }

        if (refusal is null)
        {
            BrokerMetrics.Received(received!.Topic.GetType().Name);
            return;
        }

        BrokerMetrics.Refused(refusal.Reason);
        args.Response.ReasonCode = refusal.Code;
        args.Response.ReasonString = refusal.Why;
    }

    private Task SubscribeAsync(InterceptingSubscriptionEventArgs args)
    {
        DeviceSession? session = args.SessionItems[SessionItem] as DeviceSession;
        bool own = session is not null
            && args.TopicFilter.Topic.StartsWith(
                session.Device.DownPrefix, StringComparison.Ordinal);
        if (own && session!.TryAddFilter(args.TopicFilter, args.Session))
        {
            return Task.CompletedTask;
        }

        BrokerMetrics.Refused(own ? "subscriptions" : "acl");
        args.ProcessSubscription = false;
        args.Response.ReasonCode = own
            ? MqttSubscribeReasonCode.QuotaExceeded
            : MqttSubscribeReasonCode.NotAuthorized;
        args.ReasonString = own
            ? $"allowed are {BrokerLimits.SubscriptionsMax} subscriptions"
            : $"topic: allowed is below {session?.Device.DownPrefix}";
        return Task.CompletedTask;
    }

    private Task SubscribedAsync(ClientSubscribedTopicEventArgs args)
    {
        if (args.SessionItems[SessionItem] is DeviceSession session)
        {
            SendNode(session);
        }

        return Task.CompletedTask;
    }

    private Task UnsubscribedAsync(ClientUnsubscribedTopicEventArgs args)
    {
        (args.SessionItems[SessionItem] as DeviceSession)?.RemoveFilter(args.TopicFilter);
        return Task.CompletedTask;
    }

    private Task AcknowledgedAsync(ClientAcknowledgedPublishPacketEventArgs args)
    {
        (args.SessionItems[SessionItem] as DeviceSession)?.Acknowledged();
        return Task.CompletedTask;
    }

    private void SendNode(DeviceSession session) => Send(session, DescribeNode());

    private void Send(DeviceSession session, NodeBody node)
    {
        DownTopic topic = new DownTopic.Node();
        session.TrySend(session.Device.DownPrefix + topic.Path, Encode(node), topic.Retained);
    }

    private async Task DisconnectAsync(DeviceAddress device)
    {
        foreach (DeviceSession session in SessionsOf(device))
        {
            MqttServerClientDisconnectOptions revoked =
                new() { ReasonCode = MqttDisconnectReasonCode.NotAuthorized };
            await _server.DisconnectClientAsync(session.ClientId, revoked).ConfigureAwait(false);
        }
    }
}
