using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Node.Charging;
using Tomada.Node.Devices;
using Tomada.Node.Keys;
using Tomada.Node.Trips;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

/// <summary>Single desks, given by hand what a device said.</summary>
public sealed class DeskTests : IDisposable
{
    private const int Factor = 300;

    private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");

    private readonly LocalLedger _ledger = new(
        BrokerWorld.Company,
        Rules.Default with { ClockFactor = Factor },
        new FakeTimeProvider(DateTimeOffset.Parse("2026-11-23T12:01:00Z", null)));

    private readonly Ed25519Key _station = new(Digest.Of([9]).ToArray());
    private readonly List<Body> _submitted = [];
    private readonly byte[] _secret = Digest.Of([8]).ToArray();

    public DeskTests() => Publish();

    public void Dispose()
    {
        _ledger.Dispose();
        _station.Dispose();
    }

    [Fact]
    public async Task A_window_of_years_is_refused_and_does_not_stop_the_desks()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        MessageId id = world.Broker.NewId();
        TimeWindow years = new(Grid(1), Grid(1).Plus(TimeSpan.FromDays(1_001)));
        Ask(Desk(world), world, id, years);
        Reply reply = ReplyTo(world, id);
        Assert.Equal(ReplyCode.Invalid, reply.Code);
        Assert.StartsWith("body.legs[0].window", reply.Why, StringComparison.Ordinal);
        Assert.Empty(_submitted);
    }

    [Fact]
    public async Task A_request_whose_reply_is_forgotten_is_not_proposed_a_second_time()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        MessageId id = world.Broker.NewId();
        RequestDesk desk = Desk(world);
        Ask(desk, world, id, new TimeWindow(Grid(1), Grid(2)));
        Assert.Single(_submitted);

        Timestamp nextWeek = new(
            TimeProvider.System.GetUtcNow().AddDays(7).ToUnixTimeMilliseconds());
        world.Devices.PutReply("car-other", id, new KeptReply(Digest.Zero, null), nextWeek);
        Assert.Null(world.Devices.FindReply(BrokerWorld.Car.User, id));
        Ask(desk, world, id, new TimeWindow(Grid(1), Grid(2)));
        Assert.Single(_submitted);
    }

    [Fact]
    public async Task What_an_earlier_process_took_is_busy_while_its_proposal_may_still_come()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient car = await world.ConnectAsync(BrokerWorld.Car);
        await car.SubscribeAsync(BrokerWorld.Car.DownPrefix + "reply/#");
        FakeTimeProvider wall = new(TimeProvider.System.GetUtcNow());
        MessageId id = world.Broker.NewId();
        TimeWindow window = new(Grid(1), Grid(2));
        Ask(Desk(world, wall), world, id, window);
        Assert.Equal(ReplyCode.Pending, await SaidAsync(car));

        wall.Advance(TimeSpan.FromMilliseconds(DeskLimits.ProposalForgottenMs - 1_500));
        RequestDesk next = Desk(world, wall);
        Ask(next, world, id, window);
        (string _, string busy) = await car.NextAsync();
        Assert.Contains("\"retryAfterMs\":1500", busy, StringComparison.Ordinal);

        wall.Advance(TimeSpan.FromMilliseconds(1_500));
        Ask(next, world, id, window);
        Assert.Equal(ReplyCode.Expired, await SaidAsync(car));
        Assert.Single(_submitted);
    }

    [Fact]
    public void A_start_waits_for_the_end_of_the_session_before_it()
    {
        SessionId first = Confirm(1);
        SessionId second = Confirm(2);
        SessionBody started = Started(first, Grid(1));
        Assert.Equal(Outcome.Applied, _ledger.Submit(ChargingDesk.BodyOf(started)).Outcome);

        ChargingDesk desk = Charging(Grid(2));
        desk.Start([Logged(Started(second, Grid(2)))]);
        desk.Work(TestContext.Current.CancellationToken);
        Assert.Empty(_submitted);

        SessionEnd end = new(
            first, 1, Grid(1).Plus(TimeSpan.FromSeconds(1)), 1_000, EndReason.Driver);
        byte[] signature = _station.Sign(end.SignedMessage(_ledger.State.Network));
        Assert.Equal(Outcome.Applied, _ledger.Submit(new EndSession(end, signature)).Outcome);
        desk.Work(TestContext.Current.CancellationToken);
        Assert.Equal(second, Assert.IsType<StartSession>(Assert.Single(_submitted)).Start.Session);
    }

    [Fact]
    public async Task A_session_that_waits_behind_very_many_others_is_taken_up_at_a_start()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        SessionId done = Confirm(1);
        SessionBody started = Started(done, Grid(1));
        Assert.Equal(Outcome.Applied, _ledger.Submit(ChargingDesk.BodyOf(started)).Outcome);
        SessionEnd end = new(
            done, 1, Grid(1).Plus(TimeSpan.FromSeconds(1)), 1_000, EndReason.Driver);
        Assert.Equal(Outcome.Applied, _ledger.Submit(new EndSession(
            end, _station.Sign(end.SignedMessage(_ledger.State.Network)))).Outcome);
        SessionId waits = Confirm(2);
        LoggedMessage again = Logged(started);
        world.Devices.Append(
            [Logged(Started(waits, Grid(2))), .. Enumerable.Repeat(again, 20_000)]);

        ChargingDesk desk = Charging(Grid(2));
        desk.Recover(world.Devices);
        desk.Work(TestContext.Current.CancellationToken);
        Assert.Equal(waits, Assert.IsType<StartSession>(Assert.Single(_submitted)).Start.Session);
    }

    [Fact]
    public void A_session_that_its_evse_did_not_sign_takes_nobodys_place()
    {
        SessionBody genuine = Started(Confirm(1), Grid(1));
        SessionBody forged = genuine with { Signature = [.. genuine.Signature.Reverse()] };
        ChargingDesk desk = Charging(Grid(1));
        desk.Start([Logged(forged), Logged(genuine)]);
        desk.Work(TestContext.Current.CancellationToken);
        StartSession sent = Assert.IsType<StartSession>(Assert.Single(_submitted));
        Assert.Equal(genuine.Signature, sent.StationSignature);
    }

    [Fact]
    public void A_session_from_a_clock_far_ahead_waits_instead_of_being_refused_for_good()
    {
        ChargingDesk desk = Charging(_ledger.Now());
        Timestamp tomorrow = _ledger.Now().Plus(TimeSpan.FromDays(1));
        desk.Start([Logged(Started(Confirm(1), tomorrow))]);
        desk.Work(TestContext.Current.CancellationToken);
        Assert.Empty(_submitted);
    }

    [Fact]
    public async Task A_car_that_claims_an_evse_is_no_station()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        StationDesk desk = new(_ledger.Desk, world.Broker, Submitter(), TimeProvider.System);
        Boot(desk, BrokerWorld.Car, s_evse);
        Assert.Empty(desk.Describe());
    }

    [Fact]
    public async Task A_station_takes_no_evse_from_one_that_lives()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        StationDesk desk = new(_ledger.Desk, world.Broker, Submitter(), TimeProvider.System);
        DeviceAddress second = BrokerWorld.Station with { Id = "two" };
        EvseId foreign = EvseId.Parse("br-bbb/dc-1");
        Boot(desk, BrokerWorld.Station, s_evse);
        Boot(desk, second, s_evse, foreign);

        IReadOnlyList<StationShown> shown = desk.Describe();
        Assert.Equal(s_evse, Assert.Single(shown[0].Evses).Evse);
        Assert.Empty(shown[1].Evses);
    }

    [Fact]
    public async Task A_hold_that_was_refused_while_the_node_was_down_is_undone_at_its_start()
    {
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        using TestClient station = await world.ConnectAsync(BrokerWorld.Station);
        await station.SubscribeAsync(BrokerWorld.Station.DownPrefix + "#");
        // The process before this one asked the station to hold it.
        LegId leg = Propose(1);
        Assert.Equal(
            Outcome.Applied,
            _ledger.Submit(new AnswerLeg(leg, RefusalReason.Occupied)).Outcome);
        Assert.Equal(TripState.Refused, _ledger.State.Trips[leg.Trip].State);

        StationDesk desk = new(_ledger.Desk, world.Broker, Submitter(), TimeProvider.System);
        desk.Start(_ledger.State);
        Boot(desk, BrokerWorld.Station, s_evse);
        desk.Work(TestContext.Current.CancellationToken);
        // What comes before this has been said by the desk.
        DownTopic last = new DownTopic.Command(CommandOp.Resend);
        world.Broker.TrySend(
            BrokerWorld.Station, last, world.Broker.NewId(), new ResendCommand(new(leg, 1), 0));
        List<string> said = [];
        do
        {
            (string topic, string payload) = await station.NextAsync();
            said.Add($"{topic} {payload}");
        }
        while (!said[^1].Contains("command/resend", StringComparison.Ordinal));

        Assert.Contains(said, each => each.Contains("command/release", StringComparison.Ordinal)
            && each.Contains(leg.ToString(), StringComparison.Ordinal));
    }

    /// <summary>A desk whose ledger clock stands.</summary>
    private ChargingDesk Charging(Timestamp now) => new(
        _ledger.Desk with { Now = () => now }, Submitter(), null!, TimeProvider.System);

    private static void Boot(StationDesk desk, DeviceAddress from, params EvseId[] evses)
    {
        BootRequest boot = new("model", "1.0", [.. evses]);
        byte[] payload = Envelope.Encode(
            new MessageId(Guid.CreateVersion7()), BrokerWorld.Node.Now, 1, 1, boot);
        Assert.True(Envelope.TryDecode(payload, out Envelope? envelope, out string? why), why);
        desk.On(new Received(from, new UpTopic.Request(RequestOp.Boot), envelope, null));
        desk.OnBoot(from, boot);
    }

    private static Reply ReplyTo(BrokerWorld world, MessageId id) => JsonSerializer.Deserialize(
        world.Devices.FindReply(BrokerWorld.Car.User, id)!.Reply, Reply.Json)!;

    private static LoggedMessage Logged(SessionBody body) => new(
        BrokerWorld.Station.User,
        new UpTopic.Session(body.Session).Path,
        Envelope.Encode(
            new MessageId(Guid.CreateVersion7()), body.At, 1, 1, body));

    private static void Ask(RequestDesk desk, BrokerWorld world, MessageId id, TimeWindow window)
    {
        ReserveRequest request = new([new LegBody(s_evse, window, 5_000)]);
        byte[] payload = Envelope.Encode(id, BrokerWorld.Node.Now, 1, 1, request);
        Assert.True(Envelope.TryDecode(payload, out Envelope? envelope, out string? why), why);
        UpTopic.Request topic = new(RequestOp.Reserve);
        desk.On(
            new Received(BrokerWorld.Car, topic, envelope, null), topic,
            TestContext.Current.CancellationToken);
    }

    private static async Task<ReplyCode> SaidAsync(TestClient car)
    {
        (string _, string payload) = await car.NextAsync();
        Assert.True(Envelope.TryDecode(
            System.Text.Encoding.UTF8.GetBytes(payload), out Envelope? envelope, out string? why),
            why);
        Assert.True(envelope.TryRead(out Reply? reply, out why), why);
        return reply.Code;
    }

    private RequestDesk Desk(BrokerWorld world, TimeProvider? wall = null)
    {
        ReceiptDesk receipts = new(world.Broker, world.Devices, null);
        PlanDesk plans = new(_ledger.Desk, null!, null, null);
        TripDesk trips = new(
            _ledger.Desk, world.Broker, world.Registry, world.Devices, Submitter(),
            wall ?? TimeProvider.System, receipts, new ReplanDesk(plans, (_, _) => default));
        return new RequestDesk(
            world.Broker, world.Devices, world.Registry, null!, trips, plans,
            wall ?? TimeProvider.System, receipts, null!);
    }

    /// <summary>Remembers what is submitted; nothing of it ends.</summary>
    private Submitter Submitter() => new(
        _ledger.Desk with
        {
            Submit = (body, ct) =>
            {
                _submitted.Add(body);
                return new TaskCompletionSource<Submission>().Task.WaitAsync(ct);
            },
        },
        (_, _) => ValueTask.CompletedTask);

    /// <summary>Points of the grid from the next one on; the first is number 1.</summary>
    private Timestamp Grid(int number)
    {
        long gridMs = Rules.Default.GridMs;
        long next = (_ledger.State.Genesis.Draft.Time.UnixMs / gridMs) + 1;
        return new Timestamp((next + number) * gridMs);
    }

    private SessionBody Started(SessionId session, Timestamp at)
    {
        SessionStart start = new(session, s_evse, _secret, at, 0);
        return new SessionBody(
            SessionEvent.Started, 0, session, s_evse, at, 0, false,
            _station.Sign(start.SignedMessage(_ledger.State.Network)), start.Secret);
    }

    /// <summary>A confirmed trip of one leg from a point of the grid to the next.</summary>
    private SessionId Confirm(int number)
    {
        LegId leg = Propose(number);
        Assert.Equal(Outcome.Applied, _ledger.Submit(new AnswerLeg(leg, null)).Outcome);
        return new SessionId(leg, 1);
    }

    private LegId Propose(int number)
    {
        LegRequest request = new(
            s_evse,
            new TimeWindow(Grid(number), Grid(number + 1)),
            5_000,
            _ledger.State.TariffHashes.Values.Single(),
            new Money(5_000, Currency.Brl),
            LegRequest.HashSecret(_secret));
        Submission held = _ledger.Submit(
            new ProposeTrip(Digest.Of([7]), PriorityClass.Normal, 60_000, [request]));
        Assert.Equal(Outcome.Applied, held.Outcome);
        return new LegId(new TripId(held.Id.Digest), 1);
    }

    private void Publish() =>
        _ledger.Offer(s_evse, _station.Public, _ledger.Now().Plus(TimeSpan.FromDays(10)));
}
