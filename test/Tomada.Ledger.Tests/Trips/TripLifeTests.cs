using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Trips;

public class TripLifeTests
{
    private static readonly EvseId s_b = LedgerWorld.Evse(LedgerWorld.B);
    private static readonly EvseId s_c = LedgerWorld.Evse(LedgerWorld.C);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void The_last_acceptance_confirms_every_leg_in_its_block()
    {
        TripId id = HoldTwo();
        Assert.Empty(Answer(LedgerWorld.B, id, 1).Effects);
        Assert.Equal(TripState.Held, _world.State.Trips[id].State);

        TransactionEntry last = Answer(LedgerWorld.C, id, 2);
        Assert.Equal(id, Assert.IsType<TripConfirmed>(Assert.Single(last.Effects)).Trip);
        Assert.Equal(TripState.Confirmed, _world.State.Trips[id].State);
        Assert.All(_world.State.Trips[id].Legs, leg => Assert.Equal(LegState.Confirmed, leg.State));
        Assert.Equal(2, _world.State.Holds.Count);
    }

    [Fact]
    public void A_trip_whose_only_owner_is_its_home_waits_for_its_answer_too()
    {
        TripId id = _world.Hold(LedgerWorld.B, LedgerWorld.Leg(s_b, 2));
        Assert.Equal(TripState.Held, _world.State.Trips[id].State);
        Answer(LedgerWorld.B, id, 1);
        Assert.Equal(TripState.Confirmed, _world.State.Trips[id].State);
    }

    [Fact]
    public void One_refusal_releases_every_leg()
    {
        TripId id = HoldTwo();
        Answer(LedgerWorld.B, id, 1);
        TransactionEntry refusal = _world.Submit(
            LedgerWorld.C, new AnswerLeg(new LegId(id, 2), RefusalReason.Faulted));

        TripRefused refused = Assert.IsType<TripRefused>(Assert.Single(refusal.Effects));
        Assert.Equal(RefusalReason.Faulted, refused.Reason);
        AssertReleased(id, TripState.Refused);
        Assert.Equal(
            OutcomeCode.WrongState, Answer(LedgerWorld.B, id, 1).Outcome.Code);
    }

    [Fact]
    public void Only_the_owner_answers_for_its_leg()
    {
        TripId id = HoldTwo();
        Assert.Equal(OutcomeCode.NotAllowed, Answer(LedgerWorld.A, id, 1).Outcome.Code);
        Assert.Equal(OutcomeCode.NotAllowed, Answer(LedgerWorld.C, id, 1).Outcome.Code);
    }

    [Fact]
    public void An_owner_answers_a_leg_once()
    {
        TripId id = HoldTwo();
        Answer(LedgerWorld.B, id, 1);
        Assert.Equal(OutcomeCode.WrongState, Answer(LedgerWorld.B, id, 1).Outcome.Code);
    }

    [Fact]
    public void An_answer_to_a_leg_that_does_not_exist_is_not_found()
    {
        TripId id = HoldTwo();
        Assert.Equal(OutcomeCode.NotFound, Answer(LedgerWorld.C, id, 3).Outcome.Code);
        Assert.Equal(OutcomeCode.NotFound, Answer(LedgerWorld.C, default, 1).Outcome.Code);
    }

    [Fact]
    public void A_trip_undecided_at_its_deadline_expires_before_anything_else_in_the_block()
    {
        TripId id = HoldTwo();
        Answer(LedgerWorld.B, id, 1);
        SignedTransaction late =
            _world.Transaction(LedgerWorld.C, new AnswerLeg(new LegId(id, 2), null));
        AppliedBlock block = _world.AppendAt(_world.State.Trips[id].DecideBy, late);

        RuleEntry expiry = Assert.IsType<RuleEntry>(block.Entries[0]);
        Assert.Equal(id, Assert.IsType<TripExpired>(Assert.Single(expiry.Effects)).Trip);
        Assert.Equal(
            OutcomeCode.WrongState, Assert.IsType<TransactionEntry>(block.Entries[1]).Outcome.Code);
        AssertReleased(id, TripState.Expired);
        Assert.Null(_world.State.NextDeadline);
    }

    [Fact]
    public void A_trip_is_still_decidable_just_before_its_deadline()
    {
        TripId id = HoldTwo();
        Answer(LedgerWorld.B, id, 1);
        SignedTransaction last =
            _world.Transaction(LedgerWorld.C, new AnswerLeg(new LegId(id, 2), null));
        _world.AppendAt(new Timestamp(_world.State.Trips[id].DecideBy.UnixMs - 1), last);
        Assert.Equal(TripState.Confirmed, _world.State.Trips[id].State);
    }

    [Fact]
    public void A_leg_without_a_session_ends_unused_after_its_grace_and_the_trip_with_the_last()
    {
        TripId id = _world.Confirm(LedgerWorld.A, LedgerWorld.Leg(s_b, 2), LedgerWorld.Leg(s_c, 4));
        Timestamp first = new(LedgerWorld.Slot(2).Until.UnixMs + Rules.Default.SessionGraceMs);
        Timestamp second = new(LedgerWorld.Slot(4).Until.UnixMs + Rules.Default.SessionGraceMs);
        Assert.Equal(first, _world.State.NextDeadline);

        AppliedBlock one = _world.AppendAt(first);
        LegEnded ended = Assert.IsType<LegEnded>(
            Assert.Single(Assert.IsType<RuleEntry>(Assert.Single(one.Entries)).Effects));
        Assert.Equal((new LegId(id, 1), LegState.Unused), (ended.Leg, ended.End));
        Assert.Equal(TripState.Confirmed, _world.State.Trips[id].State);
        Assert.Single(_world.State.Holds);

        AppliedBlock two = _world.AppendAt(second);
        RuleEntry entry = Assert.IsType<RuleEntry>(Assert.Single(two.Entries));
        Assert.Equal(TripState.Partial, Assert.IsType<TripEnded>(entry.Effects[1]).End);
        Assert.Equal(TripState.Partial, _world.State.Trips[id].State);
        Assert.Empty(_world.State.Holds);
        Assert.Empty(_world.State.Calendar);
    }

    [Fact]
    public void A_trip_with_every_leg_fulfilled_is_completed()
    {
        TripId id = _world.Confirm(LedgerWorld.A, LedgerWorld.Leg(s_b, 2), LedgerWorld.Leg(s_c, 4));
        Working state = new(_world.State, LedgerWorld.Slot(5).Until);
        for (int number = 1; number <= 2; number++)
        {
            TripRules.StartCharging(state, new LegId(id, number));
            TripRules.EndLeg(state, new LegId(id, number), LegState.Fulfilled);
        }

        Invariants.CheckChanged(state);
        Assert.Equal(TripState.Completed, state.Trips.Get(id).State);
        Assert.Empty(state.Holds.Rows);
    }

    [Fact]
    public void A_charging_leg_does_not_lapse()
    {
        TripId id = _world.Confirm(LedgerWorld.A, LedgerWorld.Leg(s_b, 2));
        LegId leg = new(id, 1);
        Timestamp lapse = new(LedgerWorld.Slot(2).Until.UnixMs + Rules.Default.SessionGraceMs);
        Working state = new(_world.State, lapse);
        Assert.True(TripRules.HasLapsed(state, leg));
        TripRules.StartCharging(state, leg);
        Assert.False(TripRules.HasLapsed(state, leg));
        Assert.Empty(Deadlines.Due(state));
    }

    [Fact]
    public void A_leg_ends_once()
    {
        TripId id = _world.Confirm(LedgerWorld.A, LedgerWorld.Leg(s_b, 2), LedgerWorld.Leg(s_c, 4));
        Working state = new(_world.State, LedgerWorld.Slot(5).Until);
        TripRules.EndLeg(state, new LegId(id, 1), LegState.Unused);
        Assert.Throws<InvariantBrokenException>(
            () => TripRules.EndLeg(state, new LegId(id, 1), LegState.Unused));
    }

    [Fact]
    public void A_window_of_an_expired_hold_is_free_though_no_sweep_has_come_to_it()
    {
        TripId expired = _world.Hold(
            LedgerWorld.A, LedgerWorld.Leg(s_b, 2), LedgerWorld.Leg(s_c, 4));
        Working state = new(_world.State, _world.State.Trips[expired].DecideBy);
        TransactionContext context = new(
            new TransactionId(Digest.Of([9])), LedgerWorld.C, LedgerWorld.Verify);
        Outcome outcome = Dispatch.Apply(
            state, context, LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2)));

        Assert.Equal(Outcome.Applied, outcome);
        Assert.Equal(TripState.Expired, state.Trips.Get(expired).State);
        Assert.IsType<TripExpired>(state.TakeEffects()[0]);
        Assert.Single(state.Holds.Rows);
        Invariants.CheckChanged(state);
    }

    [Fact]
    public void Money_of_an_expired_hold_is_free_though_no_sweep_has_come_to_it()
    {
        LedgerWorld world = LedgerWorld.WithStations(Rules.Default with { CreditLimit = 5_000 });
        TripId expired = world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 2));
        Working state = new(world.State, world.State.Trips[expired].DecideBy);
        TransactionContext context = new(
            new TransactionId(Digest.Of([9])), LedgerWorld.A, LedgerWorld.Verify);

        Assert.Equal(
            Outcome.Applied,
            Dispatch.Apply(state, context, LedgerWorld.Trip(LedgerWorld.Leg(s_c, 2))));
    }

    private TripId HoldTwo() =>
        _world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 2), LedgerWorld.Leg(s_c, 4));

    private TransactionEntry Answer(CompanyId owner, TripId trip, int leg) =>
        _world.Submit(owner, new AnswerLeg(new LegId(trip, leg), null));

    private void AssertReleased(TripId id, TripState end)
    {
        Trip trip = _world.State.Trips[id];
        Assert.Equal(end, trip.State);
        Assert.All(trip.Legs, leg => Assert.Equal(LegState.Released, leg.State));
        Assert.Empty(_world.State.Calendar);
        Assert.Empty(_world.State.Holds);
    }
}
