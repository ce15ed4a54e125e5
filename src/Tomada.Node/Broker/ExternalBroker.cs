using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Protocol;
using Tomada.DeviceApi;
using Tomada.Node.Configuration;
using Tomada.Node.Devices;

namespace Tomada.Node.Broker;

/// <summary>How the node reaches a broker that is run elsewhere.</summary>
public sealed record ExternalBrokerOptions
{
    /// <summary>Where it listens for the node.</summary>
    public required HostPort Address { get; init; }

    /// <summary>
    /// Certificates in PEM of which one must have signed the broker's; null: no TLS.
    /// </summary>
    public string? AuthorityPem { get; init; }

    /// <summary>The node's user there: it may read every up/ and write every dn/.</summary>
    public required string User { get; init; }

    public required string Password { get; init; }

    /// <summary>The shared subscription's group; 1 to 40 characters of a-z, 0-9 and '-'.</summary>
    public required string Group { get; init; }

    /// <summary>
    /// Connections that share the devices' messages; 1 to <see cref="BrokerLimits.WorkersMax"/>.
    /// </summary>
    public int Workers { get; init; } = 2;
}

/// <summary>
/// A broker that is run elsewhere. It keeps devices apart by its own rules; what it cannot enforce
/// is looked at here, message by message. A few workers share the devices' messages between them
/// and acknowledge each when it is on disk.
/// </summary>
public sealed class ExternalBroker : DeviceBroker
{
    private readonly ExternalBrokerOptions _options;
    private readonly DeviceRegistry _registry;
    private readonly MosquittoFiles _files;
    private readonly TimeProvider _wall;
    private readonly ILogger _logger;
    private readonly string _root;
    private readonly ConcurrentDictionary<string, TokenBucket> _rates = new(StringComparer.Ordinal);
    private readonly BrokerWorker[] _workers;

    private ExternalBroker(
        ExternalBrokerOptions options, DeviceRegistry registry, MosquittoFiles files,
        DeviceLog log,
        Func<NodeBody> describeNode, TimeProvider wall, ILogger logger)
        : base(describeNode, wall)
    {
        _options = options;
        _files = files;
        _registry = registry;
        _wall = wall;
        _logger = logger;
        _root = $"{DeviceAddress.Root}{registry.Company}/";
        string filter = $"$share/{options.Group}/{_root}+/+/up/#";
        Intake intake = new(Read, log, Arrivals.Writer);
        _workers =
        [
            .. Enumerable.Range(1, options.Workers).Select(number => new BrokerWorker(
                options, $"tomada-{registry.Company}-{options.Group}-{number}", filter, intake,
                wall, logger)),
        ];
        _workers[0].OnConnected = AnnounceNode;
        registry.TokensReplace = true;
        registry.OnChanged = OnChanged;
    }

    public override string Address => _options.Address.ToString();

    public override bool KeepsOrder => _workers.Length == 1;

    /// <summary>
    /// Connects in the background and again for ever: a node whose broker is down still takes part
    /// in the ledger. What Mosquitto reads of the devices is kept in the data directory.
    /// </summary>
    public static ExternalBroker Start(
        ExternalBrokerOptions options, string dataDirectory, DeviceRegistry registry,
        DeviceLog log,
        Func<NodeBody> describeNode, TimeProvider wall, ILogger logger)
    {
        MosquittoFiles files = new(
            Path.Combine(dataDirectory, MosquittoFiles.FolderName), registry.Authority, wall);
        files.Begin(registry.Credentials);
        ExternalBroker broker = new(options, registry, files, log, describeNode, wall, logger);
        foreach (BrokerWorker worker in broker._workers)
        {
            worker.Start();
        }

        return broker;
    }

    /// <summary>Ends when every worker is connected.</summary>
    public Task WaitUntilConnectedAsync(CancellationToken ct) =>
        Task.WhenAll(_workers.Select(each => each.Connected)).WaitAsync(ct);

    public override void AnnounceNode()
    {
        byte[] payload = Encode(DescribeNode());
        foreach (DeviceAddress device in Devices())
        {
            TrySend(device, new DownTopic.Node(), payload);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        byte[] goodbye = Encode(DescribeNode() with { Online = false });
        foreach (DeviceAddress device in Devices())
        {
            TrySend(device, new DownTopic.Node(), goodbye);
        }

        await Task.WhenAll(_workers.Select(each => each.DisposeAsync().AsTask()))
            .ConfigureAwait(false);
        Arrivals.Writer.TryComplete();
    }

    /// <summary>
    /// Whether the device hears it is not known: who sends a command sends it again.
    /// </summary>
    protected override bool TrySend(DeviceAddress to, DownTopic topic, byte[] payload) =>
        WorkerOf(to).TryPublish(to.DownPrefix + topic.Path, payload, topic.Retained);

    private IEnumerable<DeviceAddress> Devices() =>
        _registry.Credentials.Select(each => each.Device).Distinct();

    /// <summary>One worker speaks to a device, so that it hears things in their order.</summary>
    private BrokerWorker WorkerOf(DeviceAddress device)
    {
        uint hash = 0;
        foreach (char each in device.User)
        {
            hash = unchecked((hash * 31) + each);
        }

        return _workers[hash % (uint)_workers.Length];
    }

    private void OnChanged(CredentialChange change)
    {
        _files.Apply(change);
        if (change is CredentialChange.Revoked)
        {
            // Nothing is left there for whoever has the name next.
            WorkerOf(change.Device).TryPublish(
                change.Device.DownPrefix + new DownTopic.Node().Path, [], retained: true);
            _ = DisconnectAsync(change.Device);
        }
        else
        {
            TrySend(change.Device, new DownTopic.Node(), Encode(DescribeNode()));
        }
    }

    /// <summary>
    /// A connection with the device's own client id ends the one that it has; by then the broker
    /// lets it in no more.
    /// </summary>
    private async Task DisconnectAsync(DeviceAddress device)
    {
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        try
        {
            await client.ConnectAsync(
                BrokerWorker.OptionsFor(_options, device.User).WithCleanStart(true).Build())
                .ConfigureAwait(false);
            await client.DisconnectAsync().ConfigureAwait(false);
        }
        catch (Exception failed) when (BrokerWorker.IsTransport(failed))
        {
            // The node hears and tells the device nothing any more, connected or not.
            BrokerLog.NotDisconnected(_logger, device.User, failed.Message);
        }
    }

    /// <summary>
    /// What is refused is counted: the broker has acknowledged it, and nobody can be told.
    /// </summary>
    private Received? Read(MqttApplicationMessage message, out byte[] payload)
    {
        Refusal? refusal = Read(message, out Received? received, out payload);
        if (refusal is null)
        {
            BrokerMetrics.Received(received!.Topic.GetType().Name);
        }
        else
        {
            BrokerMetrics.Refused(refusal.Reason);
        }

        return received;
    }

    private Refusal? Read(
        MqttApplicationMessage message, out Received? received, out byte[] payload)
    {
        received = null;
        payload = [];
        string[] parts = message.Topic.StartsWith(_root, StringComparison.Ordinal)
            ? message.Topic[_root.Length..].Split('/', 3)
            : [];
        if (parts.Length != 3
            || !DeviceAddress.TryParseUser(
                _registry.Company, $"{parts[0]}/{parts[1]}", out DeviceAddress? device))
        {
            return new(
                MqttPubAckReasonCode.TopicNameInvalid, "topic",
                $"topic: allowed is below {_root}kind/id/up/");
        }

        return _registry.LoginOf(device!) is { } login
            ? BorderControl.Read(
                Publication.Of(message), login,
                _rates.GetOrAdd(device!.User, _ => new TokenBucket(_wall)),
                out received, out payload)
            : new(
                MqttPubAckReasonCode.NotAuthorized, "revoked",
                "the device has no credential");
    }
}
