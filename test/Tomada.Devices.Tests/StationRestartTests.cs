using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Devices.Tests;

/// <summary>A station that starts again while its company cannot be reached.</summary>
public sealed class StationRestartTests : IDisposable
{
    private const int Factor = 60;
    private const long EnergyWh = 5_000;
    private static readonly Timestamp s_noon = Timestamp.Parse("2026-11-23T12:00:00Z");
    private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");
    private static readonly Digest s_network = Digest.Of([7]);
    private static readonly byte[] s_secret = Digest.Of([1]).ToArray();
    private static readonly LegId s_leg = new(new TripId(Digest.Of([1])), 1);
    private static readonly ReserveCommand s_reserve = new(
        s_leg, s_evse, new(s_noon, s_noon.Plus(TimeSpan.FromMinutes(60))), 900_000,
        LegRequest.HashSecret(s_secret), EnergyWh);

    private readonly string _folder = Directory.CreateTempSubdirectory("tomada-").FullName;
    private readonly FakeTimeProvider _wall = new(s_noon.ToDateTimeOffset());

    private LinkOptions Link => new()
    {
        Address = new DeviceAddress(s_evse.Company, DeviceKind.Station, "one"),
        Secret = "none: nothing here connects",
        Broker = new IPEndPoint(IPAddress.Loopback, 1),
        Folder = _folder,
        Wall = _wall,
    };

    private StationOptions Options => new()
    {
        Link = Link,
        Evses = [new StationEvse(s_evse, 60_000)],
        CableFolder = _folder,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_lets_the_car_charge_that_it_was_reserved_for()
    {
        new KeptNode(_folder).Keep(Node(Factor), s_noon);
        new ReservationFile(_folder, s_evse).Save([Reservation()]);
        Channel<StationEvent> events = Channel.CreateUnbounded<StationEvent>();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        await using Station station = new(Options, new Sink(events));
        Task running = station.RunAsync(stop.Token);
        VehicleModel model = new(
            "car", "Car", 60_000, new Consumption(80, 70, 500),
            [new CurvePoint(0, 100_000), new CurvePoint(1000, 30_000)], 11_000,
            [ConnectorStandard.Iec62196T2Combo]);
        PlugIn plug = new(
            "car", new Battery(model, model.WhAt(300)), station.Clock, _folder, new Nothing());
        Task<Timestamp> charging = plug.ChargeAsync(
            new ReservedLegBody(
                s_leg, s_evse, s_reserve.Window, EnergyWh, Digest.Zero, Money.Zero(Currency.Brl),
                s_secret),
            PowerType.Dc, s_noon, stop.Token);
        await NextAsync<StationEvent.SessionStarted>(events, stop.Token);
        _wall.Advance(TimeSpan.FromHours(1) / Factor);
        await charging;
        StationEvent.SessionEnded ended =
            await NextAsync<StationEvent.SessionEnded>(events, stop.Token);
        Assert.Equal(SessionEndReason.Complete, ended.Reason);
        Assert.Equal(EnergyWh, ended.EnergyWh);
        await stop.CancelAsync();
        await running;

        SessionJournal journal = new(_folder);
        Assert.True(journal.Unsent.TryRead(out SessionBody? start));
        Assert.True(start.Offline);
        SessionStart signed = new(start.Session, s_evse, s_secret, start.At, start.MeterWh);
        using StationKey key = StationKey.LoadOrCreate(_folder);
        Assert.Equal(key.Sign(signed.SignedMessage(s_network)), start.Signature);
        Assert.True(journal.HasHadItsTurn(s_leg));
    }

    [Fact]
    public void What_it_was_told_to_reserve_is_on_disk_before_it_answers_and_until_it_is_over()
    {
        ReservationFile file = new(_folder, s_evse);
        using StationKey key = StationKey.LoadOrCreate(_folder);
        DeviceLink link = new(Link);
        StationSocket socket = Socket(link, key);
        Assert.Empty(file.Load());
        HoldCommand hold = new(s_leg, s_evse, s_reserve.Window, EnergyWh);
        Assert.Equal(ReplyCode.Ok, socket.Hold(hold));
        Assert.Empty(file.Load());
        Assert.Equal(ReplyCode.Ok, socket.Reserve(s_reserve));
        Assert.Equal([s_reserve], file.Load());

        StationSocket again = Socket(link, key);
        HoldCommand other = hold with { Leg = new(s_leg.Trip, 2) };
        Assert.Equal(ReplyCode.Occupied, again.Hold(other));
        again.Release(s_leg);
        Assert.Empty(file.Load());
        Assert.Equal(ReplyCode.Ok, Socket(link, key).Hold(other));
    }

    [Theory]
    [InlineData(SessionEndReason.Complete, true)]
    [InlineData(SessionEndReason.Driver, true)]
    [InlineData(SessionEndReason.Fault, false)]
    public void A_leg_that_had_its_turn_is_not_reserved_again_by_an_old_file(
        SessionEndReason reason, bool isOver)
    {
        new ReservationFile(_folder, s_evse).Save([Reservation()]);
        SessionJournal journal = new(_folder);
        SessionId session = journal.NextOf(s_leg);
        journal.Append(new SessionBody(
            SessionEvent.Started, 0, session, s_evse, s_noon, 0, false, new byte[64], s_secret));
        Assert.False(journal.HasHadItsTurn(s_leg));
        journal.Append(new SessionBody(
            SessionEvent.Ended, 1, session, s_evse, s_noon.Plus(TimeSpan.FromMinutes(1)), 10,
            false, new byte[64], Reason: reason));
        using StationKey key = StationKey.LoadOrCreate(_folder);
        HoldCommand other = new(new(s_leg.Trip, 2), s_evse, s_reserve.Window, EnergyWh);
        Assert.Equal(
            isOver ? ReplyCode.Ok : ReplyCode.Occupied,
            Socket(new DeviceLink(Link), key).Hold(other));
    }

    [Fact]
    public void The_kept_clock_is_written_anew_only_when_it_would_tell_another_time()
    {
        KeptNode kept = new(_folder);
        Assert.Null(kept.Load());
        kept.Keep(Node(Factor), s_noon);
        Timestamp later = s_noon.Plus(TimeSpan.FromMinutes(1));
        NodeBody same = Node(Factor) with { Now = s_noon.Plus(TimeSpan.FromHours(1)) };
        kept.Keep(same, later);
        Assert.Equal(s_noon, new KeptNode(_folder).Load()!.SaidAt);
        kept.Keep(same with { Now = s_noon.Plus(TimeSpan.FromHours(2)) }, later);
        Assert.Equal(later, new KeptNode(_folder).Load()!.SaidAt);
        kept.Keep(same with { Network = Digest.Of([8]) }, later);
        Assert.Equal(Digest.Of([8]), new KeptNode(_folder).Load()!.Node.Network);
        File.WriteAllText(Path.Combine(_folder, "node.jsonl"), "torn");
        Assert.Null(new KeptNode(_folder).Load());
    }

    [Fact]
    public void A_journal_that_waits_for_too_much_takes_no_new_session_and_loses_nothing()
    {
        SessionJournal journal = new(_folder);
        SessionId session = journal.NextOf(s_leg);
        journal.Append(new SessionBody(
            SessionEvent.Started, 0, session, s_evse, s_noon, 0, false, new byte[64], s_secret));
        for (int i = 1; i < ClientLimits.SessionQueueMax; i++)
        {
            Assert.False(journal.IsFull);
            Assert.True(journal.Resend(session, 0));
        }

        Assert.True(journal.IsFull);
        Assert.False(journal.Resend(session, 0));
        journal.Append(new SessionBody(
            SessionEvent.Ended, 1, session, s_evse, s_noon.Plus(TimeSpan.FromMinutes(1)), 10,
            false, new byte[64], Reason: SessionEndReason.Complete));
        Assert.Equal(ClientLimits.SessionQueueMax + 1, journal.Unsent.Count);
    }

    private static NodeBody Node(int factor) => new(true, 1, s_noon, factor, [1], s_network);

    private static Reservation Reservation() => new(
        s_leg, s_reserve.Window, s_reserve.LeadMs, EnergyWh, s_reserve.SecretHash);

    private static async Task<T> NextAsync<T>(
        Channel<StationEvent> events, CancellationToken ct)
        where T : StationEvent
    {
        while (true)
        {
            StationEvent next = await events.Reader.ReadAsync(ct);
            Assert.IsNotType<StationEvent.PlugRefused>(next);
            if (next is T found)
            {
                return found;
            }
        }
    }

    private StationSocket Socket(DeviceLink link, StationKey key) => new(new SocketParts(
        Options.Evses[0], Options, link, new SessionSigner(key, link), new SessionJournal(_folder),
        new Nothing(), new PowerSupply()));

    private sealed class Sink(Channel<StationEvent> events) : IProgress<StationEvent>
    {
        public void Report(StationEvent value) => events.Writer.TryWrite(value);
    }

    private sealed class Nothing : IProgress<CarEvent>, IProgress<StationEvent>
    {
        public void Report(CarEvent value)
        {
        }

        public void Report(StationEvent value)
        {
        }
    }
}
