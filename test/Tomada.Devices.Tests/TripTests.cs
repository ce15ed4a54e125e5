using System.Net;
using System.Threading.Channels;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Devices.Tests;

/// <summary>A car, a station and the desks between, over real MQTT and the real rules.</summary>
public class TripTests
{
    private static readonly CompanyId s_company = CompanyId.Parse("br-aaa");
    private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");

    [Fact]
    public async Task A_car_reserves_charges_and_its_company_accepts_the_bill()
    {
        await using World world = await World.StartAsync();
        Reply reply = await world.ReserveAsync(slot: 1);
        Assert.True(reply.Ok, reply.Why);
        Assert.True(reply.TryRead(out ReserveReply? reserved, out string? why), why);
        Assert.Equal(ReservationState.Confirmed, reserved.State);
        await world.StationEventAsync<StationEvent.Reserved>();
        await world.StationEventAsync<StationEvent.StatusChanged>(
            each => each.Status == EvseStatus.Reserved);
        await world.DriveAsync(reserved);
        StationEvent.SessionEnded ended =
            await world.StationEventAsync<StationEvent.SessionEnded>();
        Assert.Equal(SessionEndReason.Complete, ended.Reason);
        Cdr cdr = await world.Ledger.WaitForAsync(
            state => state.Cdrs.Values.FirstOrDefault(each => each.State == CdrState.Accepted));
        Assert.Equal(World.EnergyWh, cdr.EnergyWh);
        Assert.Equal(ended.Session, cdr.Session);
    }

    [Fact]
    public async Task A_car_keeps_the_receipt_that_follows_its_confirmation()
    {
        await using World world = await World.StartAsync();
        Reply reply = await world.ReserveAsync(slot: 1);
        Assert.True(reply.TryRead(out ReserveReply? confirmed, out _));
        TripId trip = confirmed.Trip!.Value;
        CarEvent.ReceiptKept kept = await world.ReceiptKeptAsync();
        Assert.Equal((trip, world.Car.ReceiptFile(trip)), (kept.Trip, kept.File));
        Assert.Equal($"receipt of {trip}", await File.ReadAllTextAsync(
            kept.File, TestContext.Current.CancellationToken));

        File.Delete(kept.File);
        Reply again = await world.Car.ReceiptAsync(trip, TestContext.Current.CancellationToken);
        Assert.True(again.Ok, again.Why);
        Assert.True(File.Exists(kept.File));
        Reply none = await world.Car.ReceiptAsync(
            new TripId(Digest.Zero), TestContext.Current.CancellationToken);
        Assert.Equal(ReplyCode.NotFound, none.Code);
    }

    [Fact]
    public async Task A_window_that_is_taken_is_refused_with_the_reason_and_nothing_stays_held()
    {
        await using World world = await World.StartAsync();
        Reply first = await world.ReserveAsync(slot: 3);
        Assert.True(first.Ok, first.Why);
        Reply second = await world.ReserveAsync(slot: 3);
        Assert.False(second.Ok);
        Assert.Equal(ReplyCode.Occupied, second.Code);
        Assert.True(second.TryRead(out ReserveReply? refused, out _));
        Assert.Equal("WINDOW_TAKEN", refused.Outcome);
        Assert.Single(world.Ledger.State.Calendar[s_evse]);
    }

    [Fact]
    public async Task A_faulted_station_refuses_and_the_car_is_told_why()
    {
        await using World world = await World.StartAsync();
        world.Station.SetFault(s_evse, "overheated");
        Reply reply = await world.ReserveAsync(slot: 2);
        Assert.False(reply.Ok);
        Assert.True(reply.TryRead(out ReserveReply? refused, out _));
        Assert.Equal("FAULTED", refused.Reason);
        Assert.Equal(ReservationState.Refused, refused.State);
    }

    [Fact]
    public async Task A_silent_station_is_unreachable_and_the_history_shows_the_end()
    {
        await using World world = await World.StartAsync(withStation: false);
        Reply reply = await world.ReserveAsync(slot: 2);
        Assert.True(reply.TryRead(out ReserveReply? refused, out _));
        Assert.Equal("STATION_UNREACHABLE", refused.Reason);
        Reply history = await world.Car.HistoryAsync(TestContext.Current.CancellationToken);
        Assert.True(history.TryRead(out HistoryReply? trips, out _));
        Assert.Equal(ReservationState.Refused, Assert.Single(trips.Trips).State);
    }

    [Fact]
    public async Task A_trip_is_confirmed_though_its_blocks_came_too_fast_to_follow()
    {
        await using World world = await World.StartAsync(isTooFast: true);
        Reply reply = await world.ReserveAsync(slot: 1);
        Assert.True(reply.Ok, reply.Why);
    }

    private sealed class World : IAsyncDisposable
    {
        public const long EnergyWh = 5_000;
        private const int Factor = 300;

        private static readonly VehicleModel s_vehicle = new(
            "car", "Car", 60_000, new Consumption(80, 70, 500),
            [new CurvePoint(0, 100_000), new CurvePoint(1000, 50_000)], 11_000,
            [ConnectorStandard.Iec62196T2Combo]);

        private readonly Channel<StationEvent> _stationEvents =
            Channel.CreateUnbounded<StationEvent>();
        private readonly Channel<CarEvent> _carEvents = Channel.CreateUnbounded<CarEvent>();
        private readonly CancellationTokenSource _stop = new();
        private readonly string _folder = Directory.CreateTempSubdirectory("tomada-").FullName;
        private readonly List<Task> _running = [];
        private readonly NodeStore _store;
        private DeviceDesks _desks = null!;

        private World(bool isTooFast)
        {
            _store = NodeStore.Open(_folder, DeviceStore.Extension);
            Ledger = new LocalLedger(s_company, Rules.Default with
            {
                ClockFactor = Factor,
                DecisionMaxMs = 3_600_000,
            })
            {
                IsTooFast = isTooFast,
            };
        }

        public LocalLedger Ledger { get; }

        public Station Station { get; private set; } = null!;

        public CarClient Car { get; private set; } = null!;

        private string Cables => Path.Combine(_folder, "cables");

        public static async Task<World> StartAsync(bool withStation = true, bool isTooFast = false)
        {
            World world = new(isTooFast);
            world._desks = await DeviceDesks.StartAsync(
                new DeviceDesksOptions
                {
                    Ledger = world.Ledger.Desk,
                    Store = world._store,
                    DataDirectory = world._folder,
                    Listen = new IPEndPoint(IPAddress.Loopback, 0),
                    Receipts = (trip, _) => Task.FromResult<string?>($"receipt of {trip}"),
                },
                TestContext.Current.CancellationToken);
            StationOptions station = new()
            {
                Link = world.Link(DeviceKind.Station),
                Evses = [new StationEvse(s_evse, 60_000)],
                CableFolder = world.Cables,
            };
            world.Station =
                new Station(station, new Sink<StationEvent>(world._stationEvents.Writer));
            world.Publish(world.Station.PublicKey);
            world.Car = new CarClient(
                new CarOptions
                {
                    Link = world.Link(DeviceKind.Car),
                    Vehicle = s_vehicle,
                    StartSocPermille = 300,
                    CableFolder = world.Cables,
                },
                new Sink<CarEvent>(world._carEvents.Writer));
            world._running.Add(world._desks.RunAsync(world._stop.Token));
            world._running.Add(world.Car.RunAsync(world._stop.Token));
            if (withStation)
            {
                world._running.Add(world.Station.RunAsync(world._stop.Token));
                await world.StationEventAsync<StationEvent.Online>();
            }

            await world.Car.WaitForNetworkAsync(TestContext.Current.CancellationToken);
            return world;
        }

        public async Task<CarEvent.ReceiptKept> ReceiptKeptAsync()
        {
            await foreach (CarEvent each in _carEvents.Reader.ReadAllAsync(
                TestContext.Current.CancellationToken))
            {
                if (each is CarEvent.ReceiptKept kept)
                {
                    return kept;
                }
            }

            throw new InvalidOperationException("the car is gone");
        }

        public Task<Reply> ReserveAsync(int slot) => Car.ReserveAsync(
            new ReserveRequest([new LegBody(s_evse, Slot(slot), EnergyWh)]),
            TestContext.Current.CancellationToken);

        public Task DriveAsync(ReserveReply reserved)
        {
            ReservedLegBody leg = reserved.Legs!.Value[0];
            Timestamp now = Car.Clock.Now;
            DriveBody drive = new("here", "there", [new EdgeBody("there", "BR-101", 1_000, 60)]);
            StopBody stop = new(
                leg.Evse, LocationId.Parse(
                    "br-aaa/site"), "there", "IEC_62196_T2_COMBO", "DC", 60_000,
                leg.Window, now, 300, now, now, 400, leg.EnergyWh, leg.PriceCap);
            PlanBody plan = new(now, now, 300, leg.PriceCap, [drive], [stop]);
            return Car.DriveAsync(plan, [leg], TestContext.Current.CancellationToken);
        }

        public async Task<T> StationEventAsync<T>(Func<T, bool>? which = null)
            where T : StationEvent
        {
            while (true)
            {
                StationEvent next = await _stationEvents.Reader.ReadAsync(
                    TestContext.Current.CancellationToken);
                if (next is T wanted && (which is null || which(wanted)))
                {
                    return wanted;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_running);
            await Car.DisposeAsync();
            await Station.DisposeAsync();
            await _desks.DisposeAsync();
            _store.Dispose();
            Ledger.Dispose();
            _stop.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        /// <summary>
        /// Half hours of ledger time on the grid, the first at least ten minutes ahead.
        /// </summary>
        private TimeWindow Slot(int number)
        {
            long gridMs = Rules.Default.GridMs;
            long fromMs = ((Ledger.State.Time.UnixMs / gridMs) + (6 * number)) * gridMs;
            Timestamp from = new(fromMs);
            return new TimeWindow(from, from.Plus(TimeSpan.FromMinutes(30)));
        }

        private LinkOptions Link(DeviceKind kind) => new()
        {
            Address = new DeviceAddress(s_company, kind, "one"),
            Secret = _desks.Registry.Enroll(kind, "one"),
            Broker = _desks.Embedded.EndPoint,
            Folder = Path.Combine(_folder, DeviceAddress.KindName(kind)),
        };

        private void Publish(PublicKey stationKey) => Ledger.Offer(
            s_evse, stationKey, Ledger.Now().Plus(TimeSpan.FromDays(10)));
    }

    private sealed class Sink<T>(ChannelWriter<T> events) : IProgress<T>
    {
        public void Report(T value) => events.TryWrite(value);
    }
}
