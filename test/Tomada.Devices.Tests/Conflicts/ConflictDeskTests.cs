using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Node.Devices;
using Tomada.Node.Devices.Conflicts;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Devices.Tests.Conflicts;

/// <summary>The desk with real rules and a real broker; its company is home and owner.</summary>
public sealed class ConflictDeskTests : IAsyncLifetime
{
    private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");
    private static readonly EvseId s_near = EvseId.Parse("br-aaa/dc-2");

    private readonly FakeTimeProvider _wall =
        new(DateTimeOffset.Parse("2026-11-23T12:01:00Z", null));

    private readonly LocalLedger _ledger;
    private readonly Ed25519Key _key = new(Digest.Of([9]).ToArray());
    private BrokerWorld _world = null!;
    private StationDesk _stations = null!;
    private ConflictDesk _desk = null!;
    private int _said;

    public ConflictDeskTests() =>
        _ledger = new LocalLedger(BrokerWorld.Company, Rules.Default, _wall);

    public async ValueTask InitializeAsync()
    {
        Publish();
        _world = await BrokerWorld.StartAsync();
        Submitter submitter = new(
            _ledger.Desk with { Submit = (body, _) => Task.FromResult(_ledger.Submit(body)) },
            (_, _) => ValueTask.CompletedTask);
        _stations = new StationDesk(_ledger.Desk, _world.Broker, submitter, _wall);
        _desk = new ConflictDesk(
            _ledger.Desk, _world.Broker, _world.Devices, submitter, _stations, _wall);
        _stations.OnBoot(BrokerWorld.Station, new BootRequest("m", "1", [s_evse, s_near]));
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _ledger.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task A_lasting_fault_breaks_the_leg_and_the_car_is_offered_what_is_near()
    {
        using TestClient car = await _world.ConnectAsync(BrokerWorld.Car);
        await car.SubscribeAsync(BrokerWorld.Car.DownPrefix + "event/#");
        LegId leg = Confirm(minutesAhead: 10);
        MessageId request = _world.Broker.NewId();
        _world.Devices.PutReservation(BrokerWorld.Car.User, request, new byte[] { 48 });
        _world.Devices.SetTrip(BrokerWorld.Car.User, request, leg.Trip);

        Show(EvseStatus.OUTOFORDER, leg, signed: true);
        Work();
        Assert.Equal(LegState.Confirmed, StateOf(leg));
        _wall.Advance(DeskLimits.BrokenFor);
        Work();

        BrokenLeg broken = _ledger.State.Of(Tables.BrokenLegs)[leg];
        Assert.Equal((BreakReason.Faulted, true), (broken.Reason, broken.IsSigned));
        _desk.On(new LegBroken(broken));
        Work();
        (string topic, string payload) = await car.NextAsync();
        Assert.EndsWith("dn/event/leg-broken", topic, StringComparison.Ordinal);
        JsonNode body = JsonNode.Parse(payload)!["body"]!;
        Assert.Equal("FAULTED", (string?)body["reason"]);
        JsonNode other = Assert.Single(body["alternatives"]!.AsArray())!;
        Assert.Equal(s_near.ToString(), (string?)other["evse"]);
        Assert.Equal(1_000, (long?)other["price"]!["amount"]);
        Assert.True(
            Timestamp.Parse((string)other["window"]!["from"]!) > _ledger.Now(), payload);
    }

    [Fact]
    public void A_fault_that_passes_or_is_far_ahead_breaks_nothing()
    {
        LegId soon = Confirm(minutesAhead: 10);
        Show(EvseStatus.OUTOFORDER, null);
        Work();
        _wall.Advance(DeskLimits.BrokenFor / 2);
        Show(EvseStatus.Reserved, soon);
        Work();
        Show(EvseStatus.OUTOFORDER, null);
        Work();
        _wall.Advance(DeskLimits.BrokenFor / 2);
        Work();
        Assert.Equal(LegState.Confirmed, StateOf(soon));

        LegId late = Confirm(minutesAhead: 120);
        _wall.Advance(DeskLimits.BrokenFor);
        Work();
        Assert.Equal((LegState.Broken, LegState.Confirmed), (StateOf(soon), StateOf(late)));
    }

    [Fact]
    public void A_forged_word_breaks_the_leg_without_the_stations_signature()
    {
        LegId leg = Confirm(minutesAhead: 10);
        using Ed25519Key other = new(Digest.Of([3]).ToArray());
        Show(EvseStatus.OUTOFORDER, leg, signed: true, key: other);
        Work();
        _wall.Advance(DeskLimits.BrokenFor);
        Work();
        Assert.False(_ledger.State.Of(Tables.BrokenLegs)[leg].IsSigned);
    }

    [Fact]
    public void Another_car_in_the_window_breaks_the_leg_after_a_while()
    {
        LegId leg = Confirm(minutesAhead: 10);
        _wall.Advance(TimeSpan.FromMinutes(12));
        Show(EvseStatus.Charging, null);
        Work();
        _wall.Advance(DeskLimits.BrokenFor);
        Work();
        Assert.Equal(LegState.Confirmed, StateOf(leg));

        // Three heartbeats would make it silent; it says so again.
        _wall.Advance(TimeSpan.FromMinutes(5));
        Show(EvseStatus.Charging, null);
        Work();
        Assert.Equal(BreakReason.Occupied, _ledger.State.Of(Tables.BrokenLegs)[leg].Reason);
    }

    [Fact]
    public void A_walk_in_hears_when_to_leave_and_no_start_overlaps_a_reservation()
    {
        LegId leg = Confirm(minutesAhead: 60);
        Reply may = Ask(BrokerWorld.Station);
        Assert.True(may.TryRead(out StartReply? start, out string? why), why);
        TimeWindow window = _ledger.State.Trips[leg.Trip].Legs[0].Request.Window;
        Assert.Equal(new Timestamp(window.From.UnixMs - Rules.Default.LeadMs), start.LeaveBy);
        Assert.Equal(leg, start.Next);

        _wall.Advance(TimeSpan.FromMinutes(40));
        Reply close = Ask(BrokerWorld.Station);
        Assert.Equal(ReplyCode.Occupied, close.Code);
        Assert.Contains(window.ToString(), close.Why, StringComparison.Ordinal);
        Assert.Equal(ReplyCode.NotFound, Ask(BrokerWorld.Station with { Id = "two" }).Code);
    }

    [Fact]
    public async Task A_station_whose_clock_is_wrong_is_told_the_time_but_not_again_and_again()
    {
        using TestClient station = await _world.ConnectAsync(BrokerWorld.Station);
        await station.SubscribeAsync(BrokerWorld.Station.DownPrefix + "#");
        await station.NextAsync();
        Say(new UpTopic.Heartbeat(), new HeartbeatBody(), TimeSpan.FromMinutes(-2));
        Say(new UpTopic.Heartbeat(), new HeartbeatBody(), TimeSpan.FromMinutes(2));
        _world.Broker.TrySend(
            BrokerWorld.Station, new DownTopic.Command(CommandOp.Resend), _world.Broker.NewId(),
            new ResendCommand(default, 0));
        Assert.EndsWith("dn/node", (await station.NextAsync()).Topic, StringComparison.Ordinal);
        Assert.EndsWith("resend", (await station.NextAsync()).Topic, StringComparison.Ordinal);
    }

    private Reply Ask(DeviceAddress from) =>
        _desk.Answer(from, _world.Broker.NewId(), new StartRequest(s_evse));

    private LegState StateOf(LegId leg) => _ledger.State.Trips[leg.Trip].Legs[0].State;

    private void Work() => _desk.Work(TestContext.Current.CancellationToken);

    private void Show(
        EvseStatus status, LegId? leg, bool signed = false, Ed25519Key? key = null)
    {
        Timestamp now = _ledger.State.Time;
        byte[]? signature = !signed ? null : (key ?? _key).Sign(
            new LegBreak(leg!.Value, s_evse, BreakReason.Faulted, now)
                .SignedMessage(_ledger.State.Network));
        EvseStateBody body = new(
            status, TransactionPhase.Idle, now, now.Plus(TimeSpan.FromHours(1)), leg, null,
            signature);
        Say(new UpTopic.EvseState(s_evse.Name), body, TimeSpan.Zero);
    }

    private void Say<T>(UpTopic topic, T body, TimeSpan ahead)
        where T : class, IDeviceBody<T>
    {
        Timestamp now = new(_wall.GetUtcNow().Add(ahead).ToUnixTimeMilliseconds());
        byte[] payload = Envelope.Encode(_world.Broker.NewId(), now, 1, ++_said, body);
        Assert.True(Envelope.TryDecode(payload, out Envelope? envelope, out string? why), why);
        Received message = new(BrokerWorld.Station, topic, envelope, null);
        _stations.On(message);
        _desk.On(message);
    }

    private LegId Confirm(int minutesAhead)
    {
        long gridMs = Rules.Default.GridMs;
        long ahead = _ledger.Now().UnixMs + (minutesAhead * 60_000L);
        Timestamp from = new(ahead / gridMs * gridMs);
        LegRequest request = new(
            s_evse, new TimeWindow(from, from.Plus(TimeSpan.FromMinutes(60))), 5_000,
            _ledger.State.TariffHashes.Values.Single(), new Money(5_000, Currency.Brl),
            LegRequest.HashSecret(new byte[32]));
        Submission held = _ledger.Submit(
            new ProposeTrip(Digest.Of([7]), PriorityClass.Normal, 60_000, [request]));
        LegId leg = new(new TripId(held.Id.Digest), 1);
        Assert.Equal(Outcome.Applied, _ledger.Submit(new AnswerLeg(leg, null)).Outcome);
        return leg;
    }

    private void Publish()
    {
        LocationId site = LocationId.Parse("br-aaa/site");
        TariffId day = TariffId.Parse("br-aaa/day");
        Tariff tariff = new(
            Currency.Brl,
            [new TariffElement([new PriceComponent(TariffDimension.Energy, 2_000_000, 1)])]);
        List<Body> bodies =
        [
            new PutLocation(
                site, "Posto", "BR-101", "Salvador", -12_970_000, -38_500_000, "America/Bahia"),
            new PutTariff(day, tariff),
        ];
        foreach (EvseId evse in (EvseId[])[s_evse, s_near])
        {
            bodies.Add(new PutEvse(
                evse, site, _key.Public,
                [new Connector(1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 60_000)], day));
            bodies.Add(new SetEvseAvailability(
                evse, Availability.Available, _ledger.Now().Plus(TimeSpan.FromDays(10))));
        }

        Assert.All(bodies, body => Assert.Equal(Outcome.Applied, _ledger.Submit(body).Outcome));
    }
}
