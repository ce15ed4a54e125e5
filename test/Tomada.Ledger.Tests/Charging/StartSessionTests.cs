using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Charging;

public class StartSessionTests
{
    private static readonly EvseId s_b = LedgerWorld.Evse(LedgerWorld.B);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void A_session_starts_with_the_secret_and_its_leg_is_charging()
    {
        Plug plug = Confirmed(0);

        TransactionEntry entry = plug.Begin();

        Assert.Equal(Outcome.Applied, entry.Outcome);
        Assert.Equal(new SessionStarted(plug.Id, s_b), Assert.Single(entry.Effects));
        Leg leg = _world.State.Trips[plug.Id.Leg.Trip].Legs[0];
        Assert.Equal((LegState.Charging, 1), (leg.State, leg.Attempt));
        Assert.Equal(SessionState.Active, plug.Session.State);
        Assert.Equal((0, plug.Start.At), (plug.Session.LastSequence, plug.Session.LastAt));
        Assert.Equal(LedgerWorld.A, plug.Session.Home);
        Assert.Equal(0, plug.Session.EnergyWh);
    }

    [Fact]
    public void A_leg_that_is_not_on_the_ledger_starts_nothing()
    {
        Plug plug = Confirmed(0);
        SessionId unknown = new(plug.Id.Leg with { Number = 2 }, 1);

        Refused(OutcomeCode.NotFound, plug.Begin(plug.Start with { Session = unknown }));
    }

    [Fact]
    public void Only_the_owner_of_the_leg_starts_it()
    {
        Plug plug = Confirmed(0);

        Refused(OutcomeCode.NotAllowed, plug.Begin(sender: LedgerWorld.A));
        Refused(OutcomeCode.NotAllowed, plug.Begin(sender: LedgerWorld.C));
    }

    [Fact]
    public void Another_EVSE_of_the_owner_cannot_start_the_leg()
    {
        Plug plug = Confirmed(0);
        SessionStart elsewhere = plug.Start with { Evse = LedgerWorld.Evse(LedgerWorld.B, 2) };

        Refused(
            OutcomeCode.OutOfRules,
            plug.Begin(elsewhere, key: LedgerWorld.StationKey(elsewhere.Evse)));
    }

    [Fact]
    public void A_leg_that_is_only_accepted_cannot_start()
    {
        TripId trip = _world.Hold(
            LedgerWorld.A,
            LedgerWorld.Leg(s_b, 0),
            LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.C), 1));
        _world.Submit(LedgerWorld.B, new AnswerLeg(new LegId(trip, 1), null));
        Plug plug = Plug.Of(_world, new LegId(trip, 1), s_b, 0);

        Refused(OutcomeCode.WrongState, plug.Begin());
    }

    [Fact]
    public void A_leg_has_one_session()
    {
        Plug plug = Confirmed(0);
        plug.Begin();
        SessionStart second = plug.Start with { Session = plug.Id with { Attempt = 2 } };

        Refused(OutcomeCode.WrongState, plug.Begin());
        Refused(OutcomeCode.WrongState, plug.Begin(second));
        plug.End(1, plug.Start.At.Plus(TimeSpan.FromSeconds(30)), 100);
        Refused(OutcomeCode.WrongState, plug.Begin(second));
    }

    [Fact]
    public void The_first_session_of_a_leg_is_its_first_attempt()
    {
        Plug plug = Confirmed(0);

        Refused(
            OutcomeCode.OutOfRules,
            plug.Begin(plug.Start with { Session = plug.Id with { Attempt = 2 } }));
    }

    [Fact]
    public void Without_the_secret_no_owner_can_invent_a_session()
    {
        Plug plug = Confirmed(0);

        Refused(
            OutcomeCode.WrongSecret,
            plug.Begin(plug.Start with { Secret = LedgerWorld.Secret(9) }));
    }

    [Fact]
    public void A_session_starts_inside_its_window()
    {
        Plug plug = Confirmed(0);
        _world.AppendAt(plug.At(minutes: 31));
        Timestamp before = new(plug.Window.From.UnixMs - 1);

        Refused(OutcomeCode.OutOfRules, plug.Begin(plug.Start with { At = before }));
        Refused(OutcomeCode.OutOfRules, plug.Begin(plug.Start with { At = plug.Window.Until }));
        Assert.True(plug.Begin(plug.Start with { At = plug.Window.From }).Outcome.IsApplied);
    }

    [Fact]
    public void A_station_clock_may_be_two_seconds_ahead_and_no_more()
    {
        Plug plug = Confirmed(0);
        Timestamp next = _world.State.Time.Plus(TimeSpan.FromSeconds(1));
        Timestamp ahead = new(next.UnixMs + LedgerLimits.DeviceAheadMsMax + 1);

        Refused(OutcomeCode.OutOfRules, plug.Begin(plug.Start with { At = ahead }));
        Assert.True(plug.Begin(plug.Start with { At = ahead }).Outcome.IsApplied);
    }

    [Fact]
    public void A_session_that_was_offline_may_come_until_the_grace_is_over()
    {
        Plug onTime = Confirmed(0);
        Plug late = Plug.Of(
            _world,
            new LegId(_world.Confirm(LedgerWorld.A, LedgerWorld.Leg(s_b, 1)), 1),
            s_b,
            1);
        long graceEnd = onTime.Window.Until.UnixMs + Rules.Default.SessionGraceMs;
        _world.AppendAt(new Timestamp(graceEnd - 2_000));

        Assert.True(onTime.Begin().Outcome.IsApplied);

        _world.AppendAt(new Timestamp(late.Window.Until.UnixMs + Rules.Default.SessionGraceMs));
        Refused(OutcomeCode.WrongState, late.Begin());
    }

    [Fact]
    public void Only_the_key_of_the_station_starts_a_session()
    {
        Plug plug = Confirmed(0);
        PublicKey other = LedgerWorld.StationKey(LedgerWorld.Evse(LedgerWorld.B, 2));

        Refused(OutcomeCode.WrongStationSignature, plug.Begin(key: other));
    }

    [Fact]
    public void One_EVSE_charges_one_car_at_a_time()
    {
        Plug first = Confirmed(0);
        Plug second = Plug.Of(
            _world,
            new LegId(_world.Confirm(LedgerWorld.C, LedgerWorld.Leg(s_b, 1)), 1),
            s_b,
            1);
        first.Begin();
        _world.AppendAt(second.At(minutes: 5));

        Refused(OutcomeCode.WrongState, second.Begin());
        Assert.True(first.End(1, second.At(minutes: 4), 30_000).Outcome.IsApplied);
        Refused(OutcomeCode.NotMonotonic, second.Begin());
        SessionStart afterwards = second.Start with { At = second.At(minutes: 4) };
        Assert.True(second.Begin(afterwards).Outcome.IsApplied);
    }

    private Plug Confirmed(int slot) => Plug.Confirmed(_world, LedgerWorld.A, s_b, slot);

    private static void Refused(OutcomeCode code, TransactionEntry entry)
    {
        Assert.Equal(code, entry.Outcome.Code);
        Assert.Empty(entry.Effects);
    }
}
