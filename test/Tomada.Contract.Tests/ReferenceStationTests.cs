using System.Buffers;
using System.Globalization;
using MQTTnet;
using MQTTnet.Protocol;
using Tomada.DeviceApi;
using Tomada.Devices;
using Tomada.Primitives;

namespace Tomada.Contract.Tests;

/// <summary>The reference station against both kinds of broker.</summary>
public class ReferenceStationTests
{
    private static readonly EvseId s_evse = new(Company.Id, "dc-1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Company.Embedded)]
    [InlineData(Company.External)]
    public async Task A_station_that_was_reset_counts_on_above_its_older_self(string mode)
    {
        await using Company company = await Company.StartAsync(mode);
        string secret = await company.EnrollAsync(DeviceKind.Station, "one");
        string before = company.FileOf("before");
        Directory.CreateDirectory(before);
        await File.WriteAllTextAsync(Path.Combine(before, "boot"), "41", Stop);
        await using (RunningStation old = RunningStation.Start(company, secret, before))
        {
            await ShownAsync(company, EvseStatus.Available);
        }

        await ShownAsync(company, EvseStatus.Unknown);
        string after = company.FileOf("after");
        await using RunningStation reset = RunningStation.Start(company, secret, after);
        await ShownAsync(company, EvseStatus.Available);
        string boot = await File.ReadAllTextAsync(Path.Combine(after, "boot"), Stop);
        Assert.Equal(43, int.Parse(boot, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(Company.Embedded)]
    [InlineData(Company.External)]
    public async Task A_new_station_makes_a_secret_of_its_token_and_works_over_TLS(string mode)
    {
        await using Company company = await Company.StartAsync(mode);
        string token = await company.IssueTokenAsync(DeviceKind.Station, "one");
        LinkOptions byToken = new()
        {
            Address = new DeviceAddress(Company.Id, DeviceKind.Station, "one"),
            Secret = token,
            Broker = company.Tls,
            AuthorityPem = company.Desks.Registry.Authority.Pem,
            Folder = company.FileOf("station"),
        };
        string secret = await Enrolment.EnrolAsync(byToken, Stop);
        await company.HeardAsync();
        await using RunningStation station =
            RunningStation.Start(company, byToken with { Secret = secret });
        await ShownAsync(company, EvseStatus.Available);
    }

    [Fact]
    public async Task A_station_does_not_speak_to_a_broker_of_another_authority()
    {
        await using Company company = await Company.StartAsync();
        await using Company other = await Company.StartAsync();
        string secret = await company.EnrollAsync(DeviceKind.Station, "one");
        TaskCompletionSource refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using DeviceLink link = new(new LinkOptions
        {
            Address = new DeviceAddress(Company.Id, DeviceKind.Station, "one"),
            Secret = secret,
            Broker = company.Tls,
            AuthorityPem = other.Desks.Registry.Authority.Pem,
            Folder = company.FileOf("station"),
        });
        link.OnOffline = _ => refused.TrySetResult();
        using CancellationTokenSource stop = new();
        Task running = link.RunAsync(stop.Token);
        await refused.Task.WaitAsync(Stop);
        Assert.False(link.IsConnected);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_node_that_started_anew_behind_its_broker_learns_of_every_station()
    {
        await using Company company = await Company.StartAsync(Company.External);
        string secret = await company.EnrollAsync(DeviceKind.Station, "one");
        await using RunningStation station = RunningStation.Start(
            company, secret, company.FileOf("station"));
        await ShownAsync(company, EvseStatus.Available);
        await company.RestartNodeAsync();
        await ShownAsync(company, EvseStatus.Available);
    }

    [Fact]
    public async Task What_devices_say_while_the_node_is_away_is_kept_for_it()
    {
        await using Company company = await Company.StartAsync(Company.External);
        string secret = await company.EnrollAsync(DeviceKind.Car, "one");
        await company.RestartNodeAsync(async () =>
        {
            using IMqttClient client = new MqttClientFactory().CreateMqttClient();
            await client.ConnectAsync(
                new MqttClientOptionsBuilder().WithEndPoint(company.Plain)
                    .WithClientId("car/one").WithCredentials("car/one", secret).Build(),
                Stop);
            for (long seq = 1; seq <= 50; seq++)
            {
                await client.PublishBinaryAsync(
                    "tomada/1/br-aaa/car/one/up/state",
                    Envelope.Encode(
                        new MessageId(Guid.CreateVersion7()),
                        Timestamp.Parse("2026-11-23T14:00:00Z"), 1, seq, new StateBody(true, "1")),
                    MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Stop);
            }
        });
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(20));
        while (company.Kept("state") < 50)
        {
            await look.WaitForNextTickAsync(Stop);
        }
    }

    [Theory]
    [InlineData(Company.Embedded)]
    [InlineData(Company.External)]
    public async Task What_is_missing_of_a_stations_messages_is_asked_for(string mode)
    {
        await using Company company = await Company.StartAsync(mode);
        string secret = await company.EnrollAsync(DeviceKind.Station, "one");
        DeviceAddress address = new(Company.Id, DeviceKind.Station, "one");
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        TaskCompletionSource<Envelope> asked = new();
        TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += args =>
        {
            if (args.ApplicationMessage.Topic == address.DownPrefix + "reply/boot")
            {
                heard.TrySetResult();
            }
            else if (args.ApplicationMessage.Topic == address.DownPrefix + "command/resend"
                && Envelope.TryDecode(
                    args.ApplicationMessage.Payload.ToArray(), out Envelope? envelope, out _))
            {
                asked.TrySetResult(envelope);
            }

            return Task.CompletedTask;
        };
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithEndPoint(company.Plain)
                .WithClientId(address.User).WithCredentials(address.User, secret).Build(),
            Stop);
        await client.SubscribeAsync(address.DownPrefix + "#", cancellationToken: Stop);
        await client.PublishBinaryAsync(
            address.UpPrefix + "request/boot",
            Envelope.Encode(
                new MessageId(Guid.CreateVersion7()), Timestamp.Parse("2026-11-23T14:00:00Z"),
                9, 1, new BootRequest("test", "1")),
            MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Stop);

        // Of what comes before the first that is heard, nothing is known to be missing.
        await heard.Task.WaitAsync(Stop);
        foreach (long seq in (long[])[2, 5])
        {
            await client.PublishBinaryAsync(
                address.UpPrefix + "heartbeat",
                Envelope.Encode(
                    new MessageId(Guid.CreateVersion7()), Timestamp.Parse("2026-11-23T14:00:00Z"),
                    9, seq, new HeartbeatBody()),
                cancellationToken: Stop);
        }

        Envelope command = await asked.Task.WaitAsync(Stop);
        Assert.True(command.TryRead(out ResendCommand? resend, out string? why), why);
        Assert.Equal(new ResendCommand(Bs: 9, FromSeq: 3, UntilSeq: 5), resend);
    }

    private static async Task ShownAsync(Company company, EvseStatus status)
    {
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(20));
        while (!(await company.Desks.StationsAsync(Stop)).SelectMany(each => each.Evses)
            .Any(each => each.Evse == s_evse && each.Shown.Status == status))
        {
            await look.WaitForNextTickAsync(Stop);
        }
    }

    private sealed class RunningStation : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Station _station;
        private readonly Task _running;

        private RunningStation(StationOptions options)
        {
            _station = new Station(options, new Progress<StationEvent>());
            _running = _station.RunAsync(_stop.Token);
        }

        public static RunningStation Start(Company company, string secret, string folder) => Start(
            company,
            new LinkOptions
            {
                Address = new DeviceAddress(Company.Id, DeviceKind.Station, "one"),
                Secret = secret,
                Broker = company.Plain,
                Folder = folder,
            });

        public static RunningStation Start(Company company, LinkOptions link) => new(
            new StationOptions
            {
                Link = link,
                Evses = [new StationEvse(s_evse, 50_000)],
                CableFolder = company.FileOf("cables"),
            });

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _station.DisposeAsync();
            _stop.Dispose();
        }
    }
}
