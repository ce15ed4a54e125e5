using Microsoft.Extensions.Time.Testing;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Node.Devices;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

/// <summary>What a company shows of an EVSE is true, or says UNKNOWN.</summary>
public sealed class StationStateTests : IDisposable
{
    private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");

    private readonly FakeTimeProvider _wall =
        new(DateTimeOffset.Parse("2026-11-23T12:01:00Z", null));

    private readonly LocalLedger _ledger;
    private readonly StationDesk _desk;

    public StationStateTests()
    {
        _ledger = new LocalLedger(BrokerWorld.Company, Rules.Default, _wall);
        Submitter submitter = new(_ledger.Desk, (_, _) => ValueTask.CompletedTask);
        _desk = new StationDesk(_ledger.Desk, null!, submitter, _wall);
        _desk.OnBoot(BrokerWorld.Station, new BootRequest("model", "1.0", [s_evse]));
    }

    private Timestamp WallNow => new(_wall.GetUtcNow().ToUnixTimeMilliseconds());

    private (EvseStatus Status, StatusSource Source) Shown =>
        (_desk.Shown(s_evse).Status, _desk.Shown(s_evse).Source);

    public void Dispose() => _ledger.Dispose();

    [Fact]
    public void Before_the_station_has_spoken_nothing_is_known() =>
        Assert.Equal((EvseStatus.Unknown, StatusSource.Nobody), Shown);

    [Fact]
    public void Three_missed_heartbeats_make_it_UNKNOWN_and_the_next_word_undoes_that()
    {
        Live(bs: 1);
        Assert.Equal((EvseStatus.Available, StatusSource.Station), Shown);
        Assert.Equal(
            WallNow.Plus(3 * DeviceLimits.HeartbeatInterval), _desk.Shown(s_evse).ValidUntil);
        _wall.Advance(3 * DeviceLimits.HeartbeatInterval);
        Assert.Equal((EvseStatus.Available, StatusSource.Station), Shown);
        _wall.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((EvseStatus.Unknown, StatusSource.Silence), Shown);
        Say(new UpTopic.Heartbeat(), 1, 9, new HeartbeatBody());
        Assert.Equal((EvseStatus.Available, StatusSource.Station), Shown);
    }

    [Fact]
    public void A_will_makes_it_UNKNOWN_at_once()
    {
        Live(bs: 1);
        Say(new UpTopic.State(), 1, 2, new StateBody(false, "1", "connection lost"));
        Assert.Equal((EvseStatus.Unknown, StatusSource.Offline), Shown);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_late_will_does_not_overtake_the_rebirth(long bs)
    {
        Live(bs: 1);
        long seq = bs == 1 ? 10 : 1;
        Say(new UpTopic.State(), bs, seq, new StateBody(true, "1"));
        Say(new UpTopic.State(), 1, 2, new StateBody(false, "1", "connection lost"));
        Assert.Equal(StatusSource.Station, _desk.Shown(s_evse).Source);
    }

    [Fact]
    public void A_status_is_not_shown_past_its_own_end()
    {
        Live(bs: 1, validFor: TimeSpan.FromSeconds(5));
        Assert.Equal(WallNow.Plus(TimeSpan.FromSeconds(5)), _desk.Shown(s_evse).ValidUntil);
        _wall.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((EvseStatus.Unknown, StatusSource.Expired), Shown);
    }

    [Fact]
    public void What_an_earlier_start_said_does_not_come_back()
    {
        Live(bs: 2);
        Say(EvseState(), 1, 99, Status(EvseStatus.Charging, TimeSpan.FromHours(1)));
        Assert.Equal((EvseStatus.Available, StatusSource.Station), Shown);
    }

    private static UpTopic.EvseState EvseState() => new UpTopic.EvseState(s_evse.Name);

    private EvseStateBody Status(EvseStatus status, TimeSpan validFor) =>
        new(status, TransactionPhase.Idle, WallNow, WallNow.Plus(validFor));

    private void Live(long bs, TimeSpan? validFor = null)
    {
        Say(new UpTopic.State(), bs, 1, new StateBody(true, "1"));
        TimeSpan valid = validFor ?? TimeSpan.FromHours(1);
        Say(EvseState(), bs, 3, Status(EvseStatus.Available, valid));
    }

    private void Say<T>(UpTopic topic, long bs, long seq, T body)
        where T : class, IDeviceBody<T>
    {
        byte[] payload = Envelope.Encode(
            new MessageId(Guid.CreateVersion7()), WallNow, bs, seq, body);
        Assert.True(Envelope.TryDecode(payload, out Envelope? envelope, out string? why), why);
        _desk.On(new Received(BrokerWorld.Station, topic, envelope, null));
    }
}
