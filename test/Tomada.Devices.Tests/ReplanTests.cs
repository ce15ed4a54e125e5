using System.Net;
using System.Threading.Channels;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

/// <summary>
/// Cars that want the same plug, over real MQTT and the real rules: two places 150 km apart, and a
/// site with two EVSEs at the first.
/// </summary>
public sealed class ReplanTests : IAsyncLifetime
{
    private const int Factor = 300;

    private static readonly CompanyId s_company = CompanyId.Parse("br-aaa");
    private static readonly EvseId s_one = EvseId.Parse("br-aaa/dc-1");
    private static readonly EvseId s_two = EvseId.Parse("br-aaa/dc-2");

    private readonly string _folder = Directory.CreateTempSubdirectory("tomada-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<StationEvent> _events = Channel.CreateUnbounded<StationEvent>();
    private readonly LocalLedger _ledger = new(s_company, Rules.Default with
    {
        ClockFactor = Factor,
        DecisionMaxMs = 3_600_000,
    });

    private readonly List<Task> _running = [];
    private readonly NodeStore _store;
    private DeviceDesks _desks = null!;
    private Station _station = null!;
    private CarClient _car = null!;

    public ReplanTests() => _store = NodeStore.Open(_folder, DeviceStore.Extension);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _desks = await DeviceDesks.StartAsync(
            new DeviceDesksOptions
            {
                Ledger = _ledger.Desk,
                Store = _store,
                DataDirectory = _folder,
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Roads = ShortJourney.Roads(),
            },
            Stop);
        _station = new Station(
            new StationOptions
            {
                Link = Link(DeviceKind.Station),
                Evses = [new StationEvse(s_one, 60_000), new StationEvse(s_two, 60_000)],
                CableFolder = Path.Combine(_folder, "cables"),
            },
            new Sink(_events.Writer));
        foreach (EvseId evse in (EvseId[])[s_one, s_two])
        {
            _ledger.Offer(evse, _station.PublicKey, _ledger.Now().Plus(TimeSpan.FromDays(10)));
        }

        _car = new CarClient(
            new CarOptions
            {
                Link = Link(DeviceKind.Car),
                Vehicle = ShortJourney.Vehicle,
                StartSocPermille = 300,
                CableFolder = Path.Combine(_folder, "cables"),
            },
            new Progress<CarEvent>());
        _running.Add(_desks.RunAsync(_stop.Token));
        _running.Add(_car.RunAsync(_stop.Token));
        _running.Add(_station.RunAsync(_stop.Token));
        await foreach (StationEvent each in _events.Reader.ReadAllAsync(Stop))
        {
            if (each is StationEvent.Online)
            {
                break;
            }
        }

        await _car.WaitForNetworkAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        await _car.DisposeAsync();
        await _station.DisposeAsync();
        await _desks.DisposeAsync();
        _store.Dispose();
        _ledger.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_taken_window_is_answered_with_a_plan_around_it_that_is_not_booked_unasked()
    {
        PlanRequest journey = Journey();
        PlanBody plan = await PlanAsync(journey);
        Reply first = await _car.ReserveAsync(plan, Stop, journey: new JourneyBody(journey));
        Assert.True(first.Ok, first.Why);

        Reply refused = await _car.ReserveAsync(plan, Stop, journey: new JourneyBody(journey));
        Assert.Equal(ReplyCode.Occupied, refused.Code);
        ReplanBody replan = ReplanOf(refused)!;
        StopBody taken = plan.Stops.Single();
        StopBody instead = replan.Plan.Stops.Single();
        Assert.True(
            instead.Evse != taken.Evse || !instead.Window.Overlaps(taken.Window),
            $"{instead.Evse} {instead.Window}");
        Assert.Equal(1, replan.Replans);
        Assert.Equal([new MissedBody(taken.Evse, taken.Window)], replan.Missed);

        // The first trip is held as it was, and the plan that nobody has accepted is not.
        Assert.Equal(1, _ledger.State.Calendar.Values.Sum(each => each.Length));
        Assert.Equal(TripState.Confirmed, Assert.Single(_ledger.State.Trips.Values).State);

        Reply again = await _car.ReserveAsync(
            replan.Plan, Stop, journey: Next(journey, replan));
        Assert.True(again.Ok, again.Why);
        Assert.Equal(2, _ledger.State.Calendar.Values.Sum(each => each.Length));
    }

    [Fact]
    public async Task A_stop_that_its_owner_refused_is_not_planned_with_again()
    {
        PlanRequest journey = Journey();
        PlanBody plan = await PlanAsync(journey);
        EvseId planned = plan.Stops.Single().Evse;
        _station.SetFault(planned, "overheated");
        Reply refused = await _car.ReserveAsync(plan, Stop, journey: new JourneyBody(journey));
        Assert.False(refused.Ok);
        Assert.True(refused.TryRead(out ReserveReply? body, out _));
        Assert.Equal("FAULTED", body.Reason);
        Assert.Equal(planned, Assert.Single(body.Replan!.Missed).Evse);
        Assert.Equal(planned == s_one ? s_two : s_one, body.Replan.Plan.Stops.Single().Evse);
    }

    [Fact]
    public async Task What_was_missed_before_stays_out_of_the_next_plan_too()
    {
        PlanRequest journey = Journey();
        PlanBody plan = await PlanAsync(journey);
        Assert.True((await _car.ReserveAsync(plan, Stop)).Ok);
        StopBody taken = plan.Stops.Single();
        EvseId other = taken.Evse == s_one ? s_two : s_one;
        Reply refused = await _car.ReserveAsync(
            plan,
            Stop,
            journey: new JourneyBody(journey, 1, [new MissedBody(other, taken.Window)]));
        ReplanBody replan = ReplanOf(refused)!;
        Assert.Equal(2, replan.Replans);
        Assert.Equal([other, taken.Evse], replan.Missed.Select(each => each.Evse));
        Assert.False(replan.Plan.Stops.Single().Window.Overlaps(taken.Window));
    }

    [Fact]
    public async Task A_journey_is_planned_anew_three_times_and_then_no_more()
    {
        PlanRequest journey = Journey();
        PlanBody plan = await PlanAsync(journey);
        Assert.True((await _car.ReserveAsync(plan, Stop)).Ok);
        Reply third = await _car.ReserveAsync(
            plan, Stop, journey: new JourneyBody(journey, DeviceLimits.ReplansMax - 1));
        Assert.Equal(DeviceLimits.ReplansMax, ReplanOf(third)!.Replans);
        Reply fourth = await _car.ReserveAsync(
            plan, Stop, journey: new JourneyBody(journey, DeviceLimits.ReplansMax));
        Assert.Equal(ReplyCode.Occupied, fourth.Code);
        Assert.Null(ReplanOf(fourth));
        Assert.Contains("planned anew 3 times", fourth.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_other_plan_is_within_the_drivers_limits_the_refusal_says_so()
    {
        PlanRequest journey = Journey();
        PlanBody plan = await PlanAsync(journey);
        Assert.True((await _car.ReserveAsync(plan, Stop)).Ok);
        Reply refused = await _car.ReserveAsync(
            plan,
            Stop,
            journey: new JourneyBody(journey with { PriceMax = new Money(1, Currency.Brl) }));
        Assert.Equal(ReplyCode.Occupied, refused.Code);
        Assert.Null(ReplanOf(refused));
        Assert.Contains("no other plan", refused.Why, StringComparison.Ordinal);
        Assert.Contains("pay up to", refused.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_does_not_say_its_journey_is_refused_without_a_plan()
    {
        PlanBody plan = await PlanAsync(Journey());
        Assert.True((await _car.ReserveAsync(plan, Stop)).Ok);
        Reply refused = await _car.ReserveAsync(plan, Stop);
        Assert.Equal(ReplyCode.Occupied, refused.Code);
        Assert.Null(ReplanOf(refused));
    }

    private static JourneyBody Next(PlanRequest journey, ReplanBody replan) =>
        new(journey, replan.Replans, replan.Missed);

    private static ReplanBody? ReplanOf(Reply reply)
    {
        Assert.False(reply.Ok);
        Assert.True(reply.TryRead(out ReserveReply? body, out string? why), why);
        return body.Replan;
    }

    /// <summary>Some hours ahead, so that no window begins while the test thinks.</summary>
    private PlanRequest Journey() => new(
        "here",
        "there",
        300,
        CarClient.DescribeVehicle(ShortJourney.Vehicle),
        _ledger.Now().Plus(TimeSpan.FromDays(2)));

    private async Task<PlanBody> PlanAsync(PlanRequest journey)
    {
        Reply reply = await _car.PlanAsync(journey, Stop);
        Assert.True(reply.TryRead(out PlanReply? plans, out _), reply.Why);
        return plans.Plans[0];
    }

    private LinkOptions Link(DeviceKind kind) => new()
    {
        Address = new DeviceAddress(s_company, kind, "one"),
        Secret = _desks.Registry.Enroll(kind, "one"),
        Broker = _desks.Embedded.EndPoint,
        Folder = Path.Combine(_folder, DeviceAddress.KindName(kind)),
    };

    private sealed class Sink(ChannelWriter<StationEvent> events) : IProgress<StationEvent>
    {
        public void Report(StationEvent value) => events.TryWrite(value);
    }
}
