using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Devices.Tests;

/// <summary>
/// A car and a socket on a real cable, under a clock that jumps as it does for a process that
/// waits for its turn: what flows depends on ledger time alone.
/// </summary>
public class ChargingTurnTests
{
    private const int Factor = 1_800;
    private static readonly Timestamp s_noon = Timestamp.Parse("2026-11-23T12:00:00Z");
    private static readonly TimeWindow s_window =
        new(s_noon.Plus(TimeSpan.FromMinutes(30)), s_noon.Plus(TimeSpan.FromMinutes(60)));

    [Fact]
    public async Task A_stall_over_the_whole_window_meters_the_full_energy()
    {
        await using World world = new(20_000);
        Task<Timestamp> charging = world.Charge();
        world.Advance(TimeSpan.FromMinutes(30));
        await world.StartedAsync();
        world.Advance(TimeSpan.FromHours(2));
        Timestamp end = await charging;

        SessionBody last = await world.LastAsync();
        Assert.Equal(SessionEndReason.Complete, last.Reason);
        Assert.Equal(20_000, last.MeterWh);
        Assert.Equal(end, last.At);
        TimeSpan expected = World.Battery(300).TimeFor(20_000, PowerType.Dc, 60_000);
        Assert.InRange((last.At.Since(s_window.From) - expected).TotalMilliseconds, -1, 1);
    }

    [Fact]
    public async Task A_stall_from_before_the_window_to_after_it_meters_the_full_energy()
    {
        await using World world = new(20_000);
        Task<Timestamp> charging = world.Charge();
        world.Advance(TimeSpan.FromHours(3));
        await charging;

        SessionBody last = await world.LastAsync();
        Assert.Equal(SessionEndReason.Complete, last.Reason);
        Assert.Equal(20_000, last.MeterWh);
        EvseStatus[] shown =
            [EvseStatus.Available, EvseStatus.Reserved, EvseStatus.Charging, EvseStatus.Available];
        Assert.Equal(shown, await world.ShownAsync(shown.Length));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(90)]
    public async Task However_often_the_loop_runs_the_window_gives_what_the_curve_gives(int steps)
    {
        await using World world = new(40_000);
        Task<Timestamp> charging = world.Charge();
        world.Advance(TimeSpan.FromMinutes(30));
        await world.StartedAsync();
        for (int i = 0; i < steps; i++)
        {
            world.Advance(TimeSpan.FromMinutes(90) / steps);
        }

        await charging;
        SessionBody last = await world.LastAsync();
        double expectedWh = World.Battery(300).AddedAfter(
            TimeSpan.FromMinutes(30), 40_000, PowerType.Dc, 60_000);
        Assert.InRange(expectedWh, 20_000, 39_000);
        Assert.Equal(SessionEndReason.WindowEnded, last.Reason);
        Assert.Equal((long)expectedWh, last.MeterWh);
        Assert.Equal(s_window.Until, last.At);
    }

    [Fact]
    public async Task A_car_that_says_it_plugged_in_long_ago_is_told_that_its_window_is_over()
    {
        await using World world = new(20_000);
        TimeSpan late = ClientLimits.PlugLateMax * Factor;
        Task<Timestamp> charging = world.Charge();
        world.Advance(TimeSpan.FromMinutes(61) + late);
        DriveFailedException refused =
            await Assert.ThrowsAsync<DriveFailedException>(() => charging);
        Assert.Contains("the window ended at", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Power_that_is_held_back_is_shown_and_what_flows_waits_for_it()
    {
        await using World world = new(20_000);
        Task<Timestamp> charging = world.Charge();
        world.Advance(TimeSpan.FromMinutes(30));
        await world.StartedAsync();
        world.Socket.HoldBack(true);
        await world.PhaseAsync(TransactionPhase.SuspendedEvse);
        await world.LimitedAsync(0);
        world.Advance(TimeSpan.FromMinutes(3));
        world.Socket.HoldBack(false);
        await world.PhaseAsync(TransactionPhase.Charging);
        await world.LimitedAsync(60_000);
        world.Advance(TimeSpan.FromHours(2));
        await charging;

        SessionBody last = await world.LastAsync();
        Assert.Equal(SessionEndReason.Complete, last.Reason);
        Assert.Equal(20_000, last.MeterWh);
        TimeSpan flowed = World.Battery(300).TimeFor(20_000, PowerType.Dc, 60_000);
        Assert.InRange(
            (last.At.Since(s_window.From) - flowed - TimeSpan.FromMinutes(3)).TotalMilliseconds,
            -2, 2);
    }

    [Fact]
    public async Task A_fault_ends_the_session_with_what_had_flowed_until_then()
    {
        await using World world = new(20_000);
        Task<Timestamp> charging = world.Charge();
        world.Advance(TimeSpan.FromMinutes(30));
        await world.StartedAsync();
        world.Advance(TimeSpan.FromMinutes(6));
        world.Socket.SetFault("ground fault");
        await charging;

        SessionBody last = await world.LastAsync();
        Assert.Equal(SessionEndReason.Fault, last.Reason);
        Assert.Equal(s_window.From.Plus(TimeSpan.FromMinutes(6)), last.At);
        Assert.Equal(
            (long)World.Battery(300).AddedAfter(
                TimeSpan.FromMinutes(6), 20_000, PowerType.Dc, 60_000),
            last.MeterWh);
    }

    private sealed class World : IAsyncDisposable
    {
        private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");
        private static readonly byte[] s_secret = Digest.Of([1]).ToArray();
        private static readonly VehicleModel s_vehicle = new(
            "car", "Car", 60_000, new Consumption(80, 70, 500),
            [new CurvePoint(0, 100_000), new CurvePoint(1000, 30_000)], 11_000,
            [ConnectorStandard.Iec62196T2Combo]);

        private readonly string _folder = Directory.CreateTempSubdirectory("tomada-").FullName;
        private readonly FakeTimeProvider _wall = new(s_noon.ToDateTimeOffset());
        private readonly CancellationTokenSource _stop = new();
        private readonly Channel<StationEvent> _events = Channel.CreateUnbounded<StationEvent>();
        private readonly Channel<EvseStatus> _shown = Channel.CreateUnbounded<EvseStatus>();
        private readonly Channel<int> _limits = Channel.CreateUnbounded<int>();
        private readonly long _energyWh;
        private readonly DeviceLink _link;
        private readonly StationKey _key;
        private readonly SessionJournal _journal;
        private readonly Task _running;

        public World(long energyWh)
        {
            _energyWh = energyWh;
            LinkOptions link = new()
            {
                Address = new DeviceAddress(s_evse.Company, DeviceKind.Station, "one"),
                Secret = "none: nothing here connects",
                Broker = new IPEndPoint(IPAddress.Loopback, 1),
                Folder = _folder,
                Wall = _wall,
            };
            _link = new DeviceLink(link);
            _link.Learn(
                new NodeBody(true, 1, s_noon, Factor, [1], Digest.Of([1])), s_noon);
            _key = StationKey.LoadOrCreate(_folder);
            _journal = new SessionJournal(_folder);
            StationOptions options = new()
            {
                Link = link,
                Evses = [new StationEvse(s_evse, 60_000)],
                CableFolder = _folder,
            };
            Socket = new StationSocket(new SocketParts(
                options.Evses[0], options, _link, new SessionSigner(_key, _link), _journal,
                new Sink(this), new PowerSupply()));
            Assert.Equal(ReplyCode.Ok, Socket.Reserve(new ReserveCommand(
                Leg, s_evse, s_window, 900_000, LegRequest.HashSecret(s_secret), energyWh)));
            _running = Socket.RunAsync(_stop.Token);
        }

        public StationSocket Socket { get; }

        private static LegId Leg => new(new TripId(Digest.Of([1])), 1);

        public static Battery Battery(int socPermille) =>
            new(s_vehicle, s_vehicle.WhAt(socPermille));

        public Task<Timestamp> Charge()
        {
            PlugIn plug = new("car", Battery(300), _link.Clock, _folder, new Limits(_limits));
            ReservedLegBody leg =
                new(
                    Leg, s_evse, s_window, _energyWh, Digest.Zero, Money.Zero(Currency.Brl),
                    s_secret);
            return plug.ChargeAsync(
                leg, PowerType.Dc, s_noon, TestContext.Current.CancellationToken);
        }

        /// <summary>So much time passes on the ledger clock at once.</summary>
        public void Advance(TimeSpan ledger) => _wall.Advance(ledger / Factor);

        public async Task StartedAsync()
        {
            while (await _events.Reader.ReadAsync(TestContext.Current.CancellationToken)
                is not StationEvent.SessionStarted)
            {
            }
        }

        public async Task<EvseStatus[]> ShownAsync(int count)
        {
            EvseStatus[] shown = new EvseStatus[count];
            for (int i = 0; i < count; i++)
            {
                shown[i] =
                    await _shown.Reader.ReadAsync(TestContext.Current.CancellationToken);
            }

            return shown;
        }

        /// <summary>Waits until the transaction is shown to stand there.</summary>
        public async Task PhaseAsync(TransactionPhase phase)
        {
            while (true)
            {
                StationEvent next =
                    await _events.Reader.ReadAsync(TestContext.Current.CancellationToken);
                if (next is StationEvent.StatusChanged changed && changed.Phase == phase)
                {
                    return;
                }
            }
        }

        /// <summary>Waits until the car knows of a limit.</summary>
        public async Task LimitedAsync(int powerW) => Assert.Equal(
            powerW, await _limits.Reader.ReadAsync(TestContext.Current.CancellationToken));

        public async Task<SessionBody> LastAsync()
        {
            while (true)
            {
                SessionBody next =
                    await _journal.Unsent.ReadAsync(TestContext.Current.CancellationToken);
                if (next.Event == SessionEvent.Ended)
                {
                    return next;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ContinueWith(_ => { }, TaskScheduler.Default);
            await _link.DisposeAsync();
            _key.Dispose();
            _stop.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private sealed class Sink(World world) : IProgress<StationEvent>
        {
            public void Report(StationEvent value)
            {
                if (value is StationEvent.StatusChanged changed)
                {
                    world._shown.Writer.TryWrite(changed.Status);
                }

                world._events.Writer.TryWrite(value);
            }
        }

        private sealed class Limits(Channel<int> limits) : IProgress<CarEvent>
        {
            public void Report(CarEvent value)
            {
                if (value is CarEvent.Limited limited)
                {
                    limits.Writer.TryWrite(limited.PowerMaxW);
                }
            }
        }
    }
}
