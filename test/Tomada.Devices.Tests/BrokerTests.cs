using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using MQTTnet;
using Tomada.DeviceApi;
using Tomada.Node.Broker;

namespace Tomada.Devices.Tests;

[Collection(BrokerCounters.Name)]
public class BrokerTests
{
    private const string Online = """{"online":true,"firmware":"1"}""";

    public static TheoryData<string> ForeignUpTopics() =>
    [
        "tomada/1/br-aaa/car/two/up/state", "tomada/1/br-aaa/station/one/up/state",
        "tomada/1/br-bbb/car/one/up/state", "tomada/1/br-aaa/car/one/dn/node",
        "tomada/2/br-aaa/car/one/up/state",
        "tomada/1/br-aaa/car/one2/up/state", "$SYS/up", "state",
    ];

    public static TheoryData<string> ForeignFilters() =>
    [
        "#", "+/1/br-aaa/car/one/dn/#", "tomada/1/br-aaa/car/two/dn/#",
        "tomada/1/br-aaa/station/one/dn/#",
        "tomada/1/br-aaa/car/+/dn/#", "tomada/1/br-aaa/car/one/up/#", "tomada/1/br-aaa/car/one/#",
        "tomada/1/br-bbb/car/one/dn/#", "$share/g/tomada/1/br-aaa/car/one/dn/#", "$SYS/#",
    ];

    [Theory]
    [MemberData(nameof(ForeignUpTopics))]
    public async Task A_car_cannot_publish_outside_of_its_own_up(string topic)
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        (MqttClientPublishReasonCode code, string why) =
            await car.PublishAsync(topic, BrokerWorld.Payload(Online));
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, code);
        Assert.Contains(BrokerWorld.Car.UpPrefix, why, StringComparison.Ordinal);
        Assert.False(world.Broker.Inbox.TryRead(out _));
    }

    [Theory]
    [MemberData(nameof(ForeignFilters))]
    public async Task A_car_cannot_subscribe_outside_of_its_own_dn(string filter)
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        Assert.True((int)await car.SubscribeAsync(filter) >= 0x80);
    }

    [Fact]
    public async Task What_a_device_says_reaches_the_node_and_no_other_device()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        (MqttClientPublishReasonCode code, _) =
            await car.PublishAsync(BrokerWorld.Car.UpPrefix + "state", BrokerWorld.Payload(Online));
        Assert.Equal(MqttClientPublishReasonCode.Success, code);
        Received received = await world.NextAsync();
        Assert.Equal(BrokerWorld.Car, received.From);
        Assert.IsType<UpTopic.State>(received.Topic);
    }

    [Fact]
    public async Task The_acknowledgement_comes_when_the_message_is_on_disk()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        byte[] payload = BrokerWorld.Payload(Online);
        await car.PublishAsync(BrokerWorld.Car.UpPrefix + "state", payload);
        Assert.Equal(payload, Assert.Single(world.Devices.ReadLog("state")).Payload);
    }

    [Fact]
    public async Task A_subscriber_is_told_the_clock_and_its_own_messages_only()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        await car.SubscribeAsync(BrokerWorld.Car.DownPrefix + "#");
        (string topic, string payload) = await car.NextAsync();
        Assert.Equal(BrokerWorld.Car.DownPrefix + "node", topic);
        Assert.Contains("\"factor\":60", payload, StringComparison.Ordinal);
        Reply reply = Reply.Done(world.Broker.NewId());
        DownTopic at = new DownTopic.Reply(RequestOp.Boot);
        Assert.False(world.Broker.TrySend(BrokerWorld.Other, at, world.Broker.NewId(), reply));
        Assert.True(world.Broker.TrySend(BrokerWorld.Car, at, world.Broker.NewId(), reply));
        Assert.Equal(BrokerWorld.Car.DownPrefix + "reply/boot", (await car.NextAsync()).Topic);
    }

    [Theory]
    [InlineData("wrong", null)]
    [InlineData(null, "car/two")]
    [InlineData(null, "station/one")]
    public async Task A_wrong_secret_or_client_id_is_refused(string? secret, string? clientId)
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car, secret, clientId);
        Assert.NotEqual(MqttClientConnectResultCode.Success, car.Connected);
    }

    [Fact]
    public async Task A_car_cannot_log_in_as_a_station_of_the_same_name()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(
            BrokerWorld.Station, world.SecretOf(BrokerWorld.Car));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, car.Connected);
    }

    [Theory]
    [InlineData("{", "payload")]
    [InlineData("{}", "firmware")]
    [InlineData("""{"online":1,"firmware":"1"}""", "body.online")]
    public async Task Bad_payloads_are_refused_with_the_field(string body, string named)
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        (MqttClientPublishReasonCode code, string why) =
            await car.PublishAsync(BrokerWorld.Car.UpPrefix + "state", BrokerWorld.Payload(body));
        Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, code);
        Assert.Contains(named, why, StringComparison.Ordinal);
        Assert.Empty(world.Devices.ReadLog("state"));
    }

    [Fact]
    public async Task A_payload_of_more_than_64_KiB_is_refused()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        (MqttClientPublishReasonCode code, string why) = await car.PublishAsync(
            BrokerWorld.Car.UpPrefix + "state", new byte[DeviceLimits.PayloadBytesMax + 1]);
        Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, code);
        Assert.Contains("65536", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreign_response_topics_unknown_topics_and_QoS_2_are_refused()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        string up = BrokerWorld.Car.UpPrefix;
        byte[] payload = BrokerWorld.Payload(Online);
        Assert.Equal(
            MqttClientPublishReasonCode.NotAuthorized,
            (await car.PublishAsync(
                up + "state", payload, 1, BrokerWorld.Other.DownPrefix + "x")).Code);
        Assert.Equal(
            MqttClientPublishReasonCode.TopicNameInvalid, (
                await car.PublishAsync(up + "weather", payload)).Code);
        Assert.Equal(
            MqttClientPublishReasonCode.TopicNameInvalid,
            (await car.PublishAsync(up + "meter/dc-1", payload)).Code);
        Assert.NotEqual(
            MqttClientPublishReasonCode.Success, (
                await car.PublishAsync(up + "state", payload, 2)).Code);
        Assert.False(world.Broker.Inbox.TryRead(out _));
    }

    [Fact]
    public async Task A_device_that_sends_too_much_is_told_so()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        List<MqttClientPublishReasonCode> codes = [];
        for (int i = 0; i <= 2 * DeviceLimits.RateBurst && !codes.Contains(
            MqttClientPublishReasonCode.QuotaExceeded); i++)
        {
            codes.Add((await car.PublishAsync(
                BrokerWorld.Car.UpPrefix + "state", BrokerWorld.Payload(Online))).Code);
        }

        Assert.True(codes.Count > DeviceLimits.RateBurst);
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, codes[^1]);
    }

    [Fact]
    public async Task A_peer_that_closes_in_the_middle_of_a_packet_ends_its_handler()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        int ended = 0;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using MeterListener listener = Listen("tomada.mqtt.refused", tag =>
        {
            if (tag == "half-packet" && Interlocked.Increment(ref ended) == 4)
            {
                all.TrySetResult();
            }
        });
        for (int i = 0; i < 4; i++)
        {
            using TcpClient socket = new();
            await socket.ConnectAsync(world.Broker.EndPoint, TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync(
                "\x10\x40\0\x04MQTT"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        await all.Task.WaitAsync(TestContext.Current.CancellationToken);
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        Assert.Equal(MqttClientConnectResultCode.Success, car.Connected);
    }

    [Fact]
    public async Task A_first_packet_that_announces_too_much_is_cut_off()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TcpClient socket = new();
        await socket.ConnectAsync(world.Broker.EndPoint, TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync(
            new byte[] { 0x10, 0xff, 0xff, 0xff, 0x7f, 0 }, TestContext.Current.CancellationToken);
        Assert.True(await EndsAsync(socket));
    }

    [Fact]
    public async Task A_foreign_will_is_never_heard()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        TaskCompletionSource refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using MeterListener listener = Listen("tomada.mqtt.refused", tag =>
        {
            if (tag == "acl")
            {
                refused.TrySetResult();
            }
        });
        TestClient car = await world.ConnectAsync(
            BrokerWorld.Car, willTopic: BrokerWorld.Other.UpPrefix + "state");
        car.Dispose();
        await refused.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(world.Broker.Inbox.TryRead(out _));
    }

    [Fact]
    public async Task Mosquitto_speaks_with_the_broker()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_pub"), "mosquitto_pub is not installed");
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        string up = BrokerWorld.Car.UpPrefix + "state";
        string[] who =
            ["-h", "127.0.0.1", "-p", $"{world.Broker.EndPoint.Port}", "-q", "1", "-V", "5"];
        string[] car =
            [.. who, "-i", "car/one/out", "-u", "car/one", "-P", world.SecretOf(BrokerWorld.Car)];
        string payload = System.Text.Encoding.UTF8.GetString(BrokerWorld.Payload(Online));
        await RunAsync("mosquitto_pub", [.. car, "-t", up, "-m", payload]);
        Assert.IsType<UpTopic.State>((await world.NextAsync()).Topic);
        string heard =
            await RunAsync(
                "mosquitto_sub", [.. car, "-t", BrokerWorld.Car.DownPrefix + "#", "-C", "1"]);
        Assert.Contains("\"online\":true", heard, StringComparison.Ordinal);
        await RunAsync(
            "mosquitto_pub", [.. car, "-t", BrokerWorld.Other.UpPrefix + "state", "-m", payload]);
        Assert.False(world.Broker.Inbox.TryRead(out _));
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output =
            await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }

    private static MeterListener Listen(string instrument, Action<string> counted)
    {
        MeterListener listener = new()
        {
            InstrumentPublished = (each, listening) =>
            {
                if (each.Name == instrument)
                {
                    listening.EnableMeasurementEvents(each);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, _, tags, _) => counted(tags[0].Value?.ToString() ?? ""));
        listener.Start();
        return listener;
    }

    private static async Task<bool> EndsAsync(TcpClient socket)
    {
        try
        {
            return await socket.GetStream().ReadAsync(
                new byte[1], TestContext.Current.CancellationToken) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
