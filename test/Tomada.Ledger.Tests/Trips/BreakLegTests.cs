using Tomada.Ledger.Tests.Charging;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Trips;

public class BreakLegTests
{
    private static readonly EvseId s_evse = LedgerWorld.Evse(LedgerWorld.B);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void A_broken_leg_ends_alone_and_its_owner_owes_the_penalty()
    {
        TripId id = _world.Confirm(
            LedgerWorld.A,
            LedgerWorld.Leg(s_evse, 2, capAmount: 5_001),
            LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.C), 4));
        LegId first = new(id, 1);

        TransactionEntry entry = _world.Submit(LedgerWorld.B, Break(_world, first));

        Assert.Equal(Outcome.Applied, entry.Outcome);
        Assert.Equal(
            [typeof(LegBroken), typeof(LegEnded), typeof(Posted)],
            entry.Effects.Select(effect => effect.GetType()));
        Assert.Equal(new LegEnded(first, LegState.Broken), entry.Effects[1]);
        Trip trip = _world.State.Trips[id];
        Assert.Equal(TripState.Confirmed, trip.State);
        Assert.Equal([LegState.Broken, LegState.Confirmed], trip.Legs.Select(leg => leg.State));
        Assert.False(_world.State.Holds.ContainsKey(first));
        Assert.False(_world.State.Calendar.ContainsKey(s_evse));

        // 200 thousandths of 50.01: 10.002, which rounds to 10.00.
        Money penalty = _world.State.Of(Tables.BrokenLegs)[first].Penalty;
        Assert.Equal(new Money(1_000, Currency.Brl), penalty);
        Assert.Equal(1_000, Balance(LedgerWorld.A));
        Assert.Equal(-1_000, Balance(LedgerWorld.B));
        _world.Confirm(LedgerWorld.C, LedgerWorld.Leg(s_evse, 2));
    }

    [Fact]
    public void A_trip_whose_legs_all_ended_and_one_of_them_broken_is_partial()
    {
        Plug plug = Plug.Confirmed(_world, LedgerWorld.A, s_evse, 2);

        TransactionEntry entry = _world.Submit(LedgerWorld.B, Break(_world, plug.Id.Leg));

        Assert.Contains(new TripEnded(plug.Id.Leg.Trip, TripState.Partial), entry.Effects);
        Assert.Equal(TripState.Partial, _world.State.Trips[plug.Id.Leg.Trip].State);
        Assert.Equal(OutcomeCode.WrongState, plug.Begin().Outcome.Code);
    }

    [Fact]
    public void The_next_closing_nets_the_penalty_and_the_owner_pays()
    {
        LegId leg = Confirmed();
        _world.Submit(LedgerWorld.B, Break(_world, leg));
        _world.Submit(LedgerWorld.C, new ClosePeriod(1));

        Payment payment = Assert.Single(_world.State.Periods[1].Payments);
        Assert.Equal(
            (LedgerWorld.B, LedgerWorld.A, new Money(1_000, Currency.Brl)),
            (payment.From, payment.To, payment.Amount));
        Assert.Equal(1, _world.State.Of(Tables.BrokenLegs)[leg].SettledIn);
        Assert.Empty(_world.State.Of(Tables.OpenPenalties));
        Assert.Equal(0, Balance(LedgerWorld.A));

        _world.Submit(LedgerWorld.B, new ReportPayment(1, 1, Digest.Of([1])));
        _world.Submit(LedgerWorld.A, new ConfirmPayment(1, 1, Digest.Of([1])));
        Assert.Equal(PeriodState.Final, _world.State.Periods[1].State);
    }

    [Fact]
    public void A_company_owes_itself_nothing()
    {
        TripId id = _world.Confirm(LedgerWorld.B, LedgerWorld.Leg(s_evse, 2));

        TransactionEntry entry = _world.Submit(LedgerWorld.B, Break(_world, new LegId(id, 1)));

        Assert.DoesNotContain(entry.Effects, effect => effect is Posted);
        Assert.Equal(0, _world.State.Of(Tables.BrokenLegs)[new LegId(id, 1)].Penalty.Amount);
        Assert.Empty(_world.State.Of(Tables.OpenPenalties));
    }

    [Fact]
    public void Rules_without_a_penalty_charge_none()
    {
        LedgerWorld world =
            LedgerWorld.WithStations(Rules.Default with { BreakPenaltyPermille = null });
        LegId leg = new(world.Confirm(LedgerWorld.A, LedgerWorld.Leg(s_evse, 2)), 1);

        world.Submit(LedgerWorld.B, Break(world, leg));

        Assert.Equal(LegState.Broken, world.State.Trips[leg.Trip].Legs[0].State);
        Assert.Empty(world.State.Accounts);
    }

    [Fact]
    public void The_penalty_is_that_of_the_day_of_the_break()
    {
        LegId leg = Confirmed();
        Rules dearer = Rules.Default with { Version = 2, BreakPenaltyPermille = 1_000 };
        foreach (CompanyId company in LedgerWorld.Companies)
        {
            _world.Submit(company, new SetRules(dearer));
        }

        _world.Submit(LedgerWorld.B, Break(_world, leg));

        Assert.Equal(5_000, _world.State.Of(Tables.BrokenLegs)[leg].Penalty.Amount);
    }

    [Fact]
    public void A_leg_that_is_not_confirmed_is_answered_and_not_broken()
    {
        TripId id = _world.Hold(
            LedgerWorld.A,
            LedgerWorld.Leg(s_evse, 2),
            LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.C), 4));
        LegId leg = new(id, 1);
        Refused(OutcomeCode.WrongState, "AnswerLeg", LedgerWorld.B, Break(_world, leg));

        _world.Submit(LedgerWorld.B, new AnswerLeg(leg, null));
        Refused(OutcomeCode.WrongState, "other owners", LedgerWorld.B, Break(_world, leg));

        _world.Submit(LedgerWorld.C, new AnswerLeg(new LegId(id, 2), RefusalReason.Faulted));
        Refused(OutcomeCode.WrongState, "Released", LedgerWorld.B, Break(_world, leg));
    }

    [Fact]
    public void While_a_session_runs_and_after_it_the_leg_is_not_broken()
    {
        Plug plug = Plug.Confirmed(_world, LedgerWorld.A, s_evse, 2);
        plug.Begin();
        Refused(OutcomeCode.WrongState, "EndSession", LedgerWorld.B, Break(_world, plug.Id.Leg));

        _world.AppendAt(plug.At(minutes: 5));
        plug.End(1, plug.At(minutes: 4), 500);
        Refused(OutcomeCode.WrongState, "Fulfilled", LedgerWorld.B, Break(_world, plug.Id.Leg));
    }

    [Fact]
    public void A_leg_is_broken_once_and_not_after_its_grace()
    {
        LegId leg = Confirmed();
        _world.Submit(LedgerWorld.B, Break(_world, leg));
        Refused(OutcomeCode.WrongState, "Broken", LedgerWorld.B, Break(_world, leg));

        LegId late = Confirmed();
        _world.AppendAt(new Timestamp(
            LedgerWorld.Slot(2).Until.UnixMs + Rules.Default.SessionGraceMs));
        Refused(OutcomeCode.WrongState, "Unused", LedgerWorld.B, Break(_world, late));
    }

    [Fact]
    public void Only_the_owner_breaks_a_leg_that_there_is_at_the_EVSE_where_it_is()
    {
        LegId leg = Confirmed();
        Refused(OutcomeCode.NotAllowed, "its owner is", LedgerWorld.A, Break(_world, leg));
        Refused(OutcomeCode.NotFound, "leg:", LedgerWorld.B, Unsigned(leg with { Number = 2 }));
        LegBreak elsewhere = Word(_world, leg) with { Evse = LedgerWorld.Evse(LedgerWorld.B, 2) };
        Refused(OutcomeCode.OutOfRules, "evse:", LedgerWorld.B, new BreakLeg(elsewhere, null));
    }

    [Fact]
    public void A_word_of_the_future_or_from_before_the_trip_is_refused()
    {
        LegId leg = Confirmed();
        Timestamp proposed = _world.State.Trips[leg.Trip].ProposedAt;
        Timestamp tomorrow = _world.State.Time.Plus(TimeSpan.FromDays(1));
        LegBreak ahead = Word(_world, leg) with { At = tomorrow };
        LegBreak before = Word(_world, leg) with { At = new Timestamp(proposed.UnixMs - 1) };

        Refused(OutcomeCode.OutOfRules, "ahead", LedgerWorld.B, new BreakLeg(ahead, null));
        Refused(OutcomeCode.OutOfRules, "proposed", LedgerWorld.B, new BreakLeg(before, null));
    }

    [Fact]
    public void A_signature_is_the_stations_own_and_never_of_one_that_cannot_be_reached()
    {
        LegId leg = Confirmed();
        LegBreak word = Word(_world, leg);
        byte[] forged = LedgerWorld.Sign(
            LedgerWorld.StationKey(LedgerWorld.Evse(LedgerWorld.C)),
            word.SignedMessage(_world.State.Network));
        Refused(
            OutcomeCode.WrongStationSignature, "station key", LedgerWorld.B,
            new BreakLeg(word, forged));

        LegBreak silent = word with { Reason = BreakReason.StationUnreachable };
        Refused(
            OutcomeCode.OutOfRules, "reachable", LedgerWorld.B,
            new BreakLeg(silent, SignatureOf(_world, silent)));
        Assert.True(_world.Submit(LedgerWorld.B, new BreakLeg(silent, null)).Outcome.IsApplied);
        Assert.False(_world.State.Of(Tables.BrokenLegs)[leg].IsSigned);
    }

    /// <summary>What a station says of a leg that it cannot keep, signed or not.</summary>
    internal static BreakLeg Break(LedgerWorld world, LegId leg, bool signed = true)
    {
        LegBreak word = Word(world, leg);
        return new BreakLeg(word, signed ? SignatureOf(world, word) : null);
    }

    private static LegBreak Word(LedgerWorld world, LegId leg) => new(
        leg,
        world.State.Trips[leg.Trip].Legs[leg.Number - 1].Request.Evse,
        BreakReason.Faulted,
        world.State.Time);

    private static byte[] SignatureOf(LedgerWorld world, LegBreak word) => LedgerWorld.Sign(
        LedgerWorld.StationKey(word.Evse), word.SignedMessage(world.State.Network));

    private LegId Confirmed() =>
        new(_world.Confirm(LedgerWorld.A, LedgerWorld.Leg(s_evse, 2)), 1);

    private BreakLeg Unsigned(LegId leg) => new(
        new LegBreak(leg, s_evse, BreakReason.Faulted, _world.State.Time), null);

    private void Refused(OutcomeCode code, string detail, CompanyId sender, BreakLeg body)
    {
        TransactionEntry entry = _world.Submit(sender, body);
        Assert.Equal(code, entry.Outcome.Code);
        Assert.Contains(detail, entry.Outcome.Detail, StringComparison.Ordinal);
        Assert.Empty(entry.Effects);
    }

    private long Balance(CompanyId company) => Books.BalanceOf(
        _world.State.Accounts, new AccountId(company, AccountKind.Clearing, Currency.Brl));
}
