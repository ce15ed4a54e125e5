using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using MQTTnet;
using Tomada.DeviceApi;
using Tomada.DeviceApi.Contract;
using Tomada.Node.Broker;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

/// <summary>What a peer may try; each of these hurt the MQTT library alone.</summary>
[Collection(BrokerCounters.Name)]
public class BrokerGuardTests
{
    private const string Online = """{"online":true,"firmware":"1"}""";
    private static readonly byte[] s_half = "\x10\x40\0\x04MQTT"u8.ToArray();
    private static readonly byte[] s_huge = [0x10, 0xff, 0xff, 0xff, 0x7f, 0];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Transports() => ["tcp", "websocket"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_half_sent_connect_ends_with_its_connection(string transport)
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using Heard heard = new("tomada.mqtt.refused", "half-packet");
        await SendAndCloseAsync(world.Broker, transport, s_half);
        await heard.Once.WaitAsync(Stop);
    }

    [Fact]
    public async Task A_half_sent_publish_after_a_login_without_keep_alive_ends_as_well()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using Heard heard = new("tomada.mqtt.refused", "half-packet");
        using (TcpClient socket = new())
        {
            await socket.ConnectAsync(world.Broker.EndPoint, Stop);
            await socket.GetStream().WriteAsync(Connect(world), Stop);
            byte[] answer = new byte[2];
            await socket.GetStream().ReadExactlyAsync(answer, Stop);
            Assert.Equal(0x20, answer[0]);
            await socket.GetStream().WriteAsync(
                new byte[] { 0x32, 0x7f, 0, 5, (byte)'s' }, Stop);
        }

        await heard.Once.WaitAsync(Stop);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_first_packet_of_256_MiB_is_cut_off_before_it_is_read(string transport)
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using Heard heard = new("tomada.mqtt.refused", "packet-too-large");
        await SendAndCloseAsync(world.Broker, transport, s_huge);
        await heard.Once.WaitAsync(Stop);
    }

    [Fact]
    public async Task No_session_is_left_behind_however_long_a_client_asks_for()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(
            BrokerWorld.Car, change: each => each.WithSessionExpiryInterval(uint.MaxValue)
                .WithCleanStart(false));
        await car.SubscribeAsync(BrokerWorld.Car.DownPrefix + "#");
        Assert.Equal(1, await world.Broker.CountSessionsAsync());
        await car.DisconnectAsync();
        while (await world.Broker.CountSessionsAsync() > 0)
        {
            Stop.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.False(world.Broker.IsConnected(BrokerWorld.Car));
    }

    [Fact]
    public async Task A_takeover_leaves_one_session_that_hears()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient first = await world.ConnectAsync(BrokerWorld.Car);
        using TestClient second = await world.ConnectAsync(BrokerWorld.Car);
        await second.SubscribeAsync(BrokerWorld.Car.DownPrefix + "#");
        await second.NextAsync();
        Reply reply = Reply.Done(world.Broker.NewId());
        DownTopic at = new DownTopic.Reply(RequestOp.Boot);
        Assert.True(world.Broker.TrySend(BrokerWorld.Car, at, world.Broker.NewId(), reply));
        Assert.Equal(BrokerWorld.Car.DownPrefix + "reply/boot", (await second.NextAsync()).Topic);
    }

    [Fact]
    public async Task Every_foreign_topic_is_closed_for_writing_and_for_reading()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        DeviceAddress[] foreign =
        [
            BrokerWorld.Other, BrokerWorld.Station,
            BrokerWorld.Car with { Company = CompanyId.Parse("br-bbb") },
        ];
        foreach (DeviceAddress device in foreign)
        {
            foreach (DeviceMessage message in DeviceContract.Messages)
            {
                string topic = device.Prefix + message.Path.Replace(
                    "{uid}", "dc-1", StringComparison.Ordinal).Replace(
                    "{session}", new string('a', 64) + "-1-1", StringComparison.Ordinal);
                (MqttClientPublishReasonCode code, _) =
                    await car.PublishAsync(topic, BrokerWorld.Payload(Online));
                Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, code);
                Assert.Equal(
                    MqttClientSubscribeResultCode.NotAuthorized, await car.SubscribeAsync(topic));
            }
        }

        foreach (DeviceMessage message in DeviceContract.Messages.Where(each => !each.IsUp))
        {
            Assert.Equal(
                MqttClientPublishReasonCode.NotAuthorized,
                (await car.PublishAsync(
                    BrokerWorld.Car.Prefix + message.Path, BrokerWorld.Payload(Online))).Code);
        }

        Assert.False(world.Broker.Inbox.TryRead(out _));
    }

    [Fact]
    public async Task A_token_opens_the_enrolment_and_nothing_else()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        string token = world.Registry.IssueToken(DeviceKind.Car, "new");
        DeviceAddress device = BrokerWorld.Car with { Id = "new" };
        using TestClient car = await world.ConnectAsync(device, token);
        Assert.Equal(MqttClientConnectResultCode.Success, car.Connected);
        Assert.Equal(
            MqttClientPublishReasonCode.NotAuthorized,
            (await car.PublishAsync(
                device.UpPrefix + "state", BrokerWorld.Payload(Online))).Code);
        Assert.Equal(
            MqttClientPublishReasonCode.Success,
            (await car.PublishAsync(
                device.UpPrefix + "request/enroll", BrokerWorld.Payload("{}"))).Code);
        Assert.IsType<UpTopic.Request>((await world.NextAsync()).Topic);
    }

    [Fact]
    public async Task A_revoked_device_is_cut_off_and_does_not_come_back()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        Assert.True(world.Registry.Revoke(DeviceKind.Car, "one"));
        await car.Disconnected.WaitAsync(Stop);
        using TestClient again = await world.ConnectAsync(BrokerWorld.Car);
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, again.Connected);
    }

    /// <summary>MQTT 3.1.1 CONNECT with a clean session and no keep-alive.</summary>
    private static byte[] Connect(BrokerWorld world)
    {
        static byte[] Text(string text) =>
            [(byte)(text.Length >> 8), (byte)text.Length, .. text.Select(c => (byte)c)];
        byte[] rest =
        [
            0, 4, .. "MQTT"u8, 4, 0xc2, 0, 0, .. Text("car/one"), .. Text("car/one"),
            .. Text(world.SecretOf(BrokerWorld.Car)),
        ];
        return [0x10, (byte)rest.Length, .. rest];
    }

    private static async Task SendAndCloseAsync(
        EmbeddedBroker broker, string transport, byte[] bytes)
    {
        if (transport == "tcp")
        {
            using TcpClient socket = new();
            await socket.ConnectAsync(broker.EndPoint, Stop);
            await socket.GetStream().WriteAsync(bytes, Stop);
            return;
        }

        using ClientWebSocket web = new();
        web.Options.AddSubProtocol("mqtt");
        IPEndPoint at = broker.WebSocketEndPoint!;
        await web.ConnectAsync(new Uri($"ws://{at}/mqtt"), Stop);
        await web.SendAsync(bytes, WebSocketMessageType.Binary, true, Stop);
        await web.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
    }

    /// <summary>Waits until something was counted with this tag.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly MeterListener _listener;
        private readonly TaskCompletionSource _once =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Heard(string instrument, string tag)
        {
            _listener = new MeterListener
            {
                InstrumentPublished = (each, listening) =>
                {
                    if (each.Name == instrument)
                    {
                        listening.EnableMeasurementEvents(each);
                    }
                },
            };
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            {
                if (tags.Length > 0 && tags[0].Value as string == tag)
                {
                    _once.TrySetResult();
                }
            });
            _listener.Start();
        }

        public Task Once => _once.Task;

        public void Dispose() => _listener.Dispose();
    }
}
