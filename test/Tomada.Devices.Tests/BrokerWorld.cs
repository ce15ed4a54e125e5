using System.Buffers;
using System.Net;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Protocol;
using Tomada.DeviceApi;
using Tomada.Node.Broker;
using Tomada.Node.Devices;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

/// <summary>A company's broker on a free loopback port with two cars and a station.</summary>
internal sealed class BrokerWorld : IAsyncDisposable
{
    public static readonly CompanyId Company = CompanyId.Parse("br-aaa");
    public static readonly DeviceAddress Car = new(Company, DeviceKind.Car, "one");
    public static readonly DeviceAddress Other = new(Company, DeviceKind.Car, "two");
    public static readonly DeviceAddress Station = new(Company, DeviceKind.Station, "one");

    private static readonly IPEndPoint s_free = new(IPAddress.Loopback, 0);

    private readonly NodeStore _store;
    private readonly DeviceLog _log;

    private BrokerWorld(
        string folder, NodeStore store, DeviceStore devices, DeviceLog log, DeviceRegistry registry)
    {
        Folder = folder;
        _store = store;
        _log = log;
        Devices = devices;
        Registry = registry;
    }

    public string Folder { get; }

    public DeviceStore Devices { get; }

    public DeviceRegistry Registry { get; }

    public EmbeddedBroker Broker { get; private set; } = null!;

    public static NodeBody Node { get; } = new(
        true, 1, Timestamp.Parse("2026-11-23T14:00:00Z"), 60, [1], Digest.Of([1]));

    private SortedDictionary<string, string> Secrets { get; } = new(StringComparer.Ordinal);

    public static async Task<BrokerWorld> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("tomada-").FullName;
        NodeStore store = NodeStore.Open(folder, DeviceStore.Extension);
        DeviceStore devices = new(store);
        DeviceRegistry registry = new(Company, devices, folder, TimeProvider.System);
        DeviceLog log = new(devices);
        BrokerWorld world = new(folder, store, devices, log, registry);
        foreach (DeviceAddress device in (DeviceAddress[])[Car, Other, Station])
        {
            world.Secrets[device.User] = registry.Enroll(device.Kind, device.Id);
        }

        world.Broker = await EmbeddedBroker.StartAsync(
            new BrokerListeners(s_free, s_free, s_free), registry, log, () => Node,
            TimeProvider.System,
            TestContext.Current.CancellationToken);
        return world;
    }

    public string SecretOf(DeviceAddress device) => Secrets[device.User];

    public LinkOptions LinkOf(DeviceAddress device) => new()
    {
        Address = device,
        Secret = SecretOf(device),
        Broker = Broker.EndPoint,
        Folder = Path.Combine(Folder, device.User),
    };

    public async Task<TestClient> ConnectAsync(
        DeviceAddress device, string? secret = null, string? clientId = null,
        string? willTopic = null, Action<MqttClientOptionsBuilder>? change = null)
    {
        TestClient client = new();
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithEndPoint(Broker.EndPoint)
            .WithClientId(clientId ?? device.User)
            .WithCredentials(device.User, secret ?? SecretOf(device));
        if (willTopic is not null)
        {
            options = options.WithWillTopic(willTopic).WithWillPayload(Payload("{}"))
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        }

        change?.Invoke(options);
        await client.ConnectAsync(options.Build());
        return client;
    }

    public Task<Received> NextAsync() =>
        Broker.Inbox.ReadAsync(TestContext.Current.CancellationToken).AsTask();

    public static byte[] Payload(string body, string id = "0198c2d4-1111-7abc-8def-000000000001") =>
        Encoding.UTF8.GetBytes(
            $$"""{"v":1,"id":"{{id}}","ts":"2026-11-23T14:00:00.000Z","bs":1"""
            + $$""","seq":1,"body":{{body}}}""");

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await _log.DisposeAsync();
        Registry.Dispose();
        _store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A bare MQTT client that keeps what it was sent.</summary>
internal sealed class TestClient : IDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<(string Topic, string Payload)> _messages =
        Channel.CreateUnbounded<(string, string)>();

    private readonly TaskCompletionSource _disconnected =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestClient()
    {
        _client.ApplicationMessageReceivedAsync += args => _messages.Writer.WriteAsync((
            args.ApplicationMessage.Topic,
            Encoding.UTF8.GetString(args.ApplicationMessage.Payload.ToArray()))).AsTask();
        _client.DisconnectedAsync += _ =>
        {
            _disconnected.TrySetResult();
            return Task.CompletedTask;
        };
    }

    /// <summary>Ends when the connection has ended.</summary>
    public Task Disconnected => _disconnected.Task;

    public Task DisconnectAsync() =>
        _client.DisconnectAsync(new MqttClientDisconnectOptions(), Stop);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public MqttClientConnectResultCode Connected { get; private set; }

    public async Task ConnectAsync(MqttClientOptions options) =>
        Connected = (await _client.ConnectAsync(options, Stop)).ResultCode;

    public async Task<(MqttClientPublishReasonCode Code, string Why)> PublishAsync(
        string topic, byte[] payload, int qos = 1, string? responseTopic = null)
    {
        MqttClientPublishResult result = await _client.PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload)
                .WithResponseTopic(responseTopic!)
                .WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos).Build(),
            Stop);
        return (result.ReasonCode, result.ReasonString ?? string.Empty);
    }

    public async Task<MqttClientSubscribeResultCode> SubscribeAsync(string filter)
    {
        MqttClientSubscribeResult result = await _client.SubscribeAsync(
            new MqttTopicFilterBuilder().WithTopic(filter)
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
            Stop);
        return result.Items.First().ResultCode;
    }

    public async Task<(
        string Topic, string Payload)> NextAsync() => await _messages.Reader.ReadAsync(Stop);

    /// <summary>Lets go without a goodbye, so that the will is sent.</summary>
    public void Dispose() => _client.Dispose();
}
