using Tomada.Ledger.Tests.Charging;
using Tomada.Ledger.Tests.Trips;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Clearing;

/// <summary>Each invariant refuses a state whose rows were changed past the rules.</summary>
public class ClearingInvariantsTests
{
    private readonly LedgerWorld _world = LedgerWorld.WithStations();
    private readonly Plug _settled;
    private readonly Plug _accepted;
    private readonly Plug _issued;
    private readonly Plug _active;
    private readonly LegId _broken;

    public ClearingInvariantsTests()
    {
        EvseId evse = LedgerWorld.Evse(LedgerWorld.B);
        _settled = Plug.Charged(_world, LedgerWorld.A, evse, 0);
        Accept(_settled);
        _world.Submit(LedgerWorld.A, new ClosePeriod(1));
        _accepted = Plug.Charged(_world, LedgerWorld.A, evse, 1);
        Accept(_accepted);
        _issued = Plug.Charged(_world, LedgerWorld.A, evse, 2);
        _active = Plug.Confirmed(_world, LedgerWorld.A, evse, 3);
        _active.Begin();
        _broken = new LegId(
            _world.Confirm(LedgerWorld.A, LedgerWorld.Leg(LedgerWorld.Evse(LedgerWorld.C), 9)), 1);
        _world.Submit(LedgerWorld.C, BreakLegTests.Break(_world, _broken));
    }

    [Fact]
    public void I1_debits_equal_credits() => Broken("I1", state =>
    {
        AccountId id = new(LedgerWorld.A, AccountKind.Paid, Currency.Brl);
        state.Accounts.Put(id, new Account(1, 0));
    });

    [Fact]
    public void I2_positions_sum_to_zero() => Broken("I2", state =>
    {
        Period period = state.Periods.Get(1);
        state.Periods.Put(1, period with { Positions = [period.Positions[0]] });
    });

    [Fact]
    public void I5_a_settled_CDR_is_in_its_period() => Broken("I5", state =>
        state.Cdrs.Put(_settled.Id, _settled.Cdr with { SettledIn = 2 }));

    [Fact]
    public void I5_a_period_settles_nothing_but_its_CDRs() => Broken("I5", state =>
    {
        state.Cdrs.Put(
            _accepted.Id, _accepted.Cdr with { State = CdrState.Settled, SettledIn = 1 });
        state.Of(Tables.AcceptedCdrs).Remove(_accepted.Id);
    }, alsoInTheBlock: false);

    [Fact]
    public void I5_an_accepted_CDR_waits_for_netting() => Broken("I5", state =>
        state.Of(Tables.AcceptedCdrs).Remove(_accepted.Id), alsoInTheBlock: false);

    [Fact]
    public void I6_a_completed_session_has_a_CDR() => Broken("I6", state =>
        state.Cdrs.Remove(_issued.Id), alsoInTheBlock: false);

    [Fact]
    public void I6_a_CDR_has_a_session() => Broken("I6", state =>
    {
        SessionId other = _issued.Id with { Attempt = 2 };
        state.Cdrs.Put(other, _issued.Cdr with { Session = other });
    });

    [Fact]
    public void I6_a_session_is_at_the_EVSE_of_its_leg() => Broken("I6", state =>
        state.Sessions.Put(
            _issued.Id, _issued.Session with { Evse = LedgerWorld.Evse(LedgerWorld.C) }));

    [Fact]
    public void I6_only_the_newest_session_of_an_EVSE_is_active() => Broken("I6", state =>
        state.Of(Tables.NewestSessions).Put(_active.Start.Evse, _issued.Id), alsoInTheBlock: false);

    [Fact]
    public void I6_sessions_of_an_EVSE_do_not_overlap() => Broken("I6", state =>
    {
        Session early = _active.Session;
        Timestamp at = _issued.At(minutes: 5);
        state.Sessions.Put(
            early.Id, early with { Start = early.Start with { At = at }, LastAt = at });
    }, alsoInTheBlock: false);

    [Fact]
    public void I7_a_CDR_recomputes() => Broken("I7", state =>
        state.Cdrs.Put(
            _issued.Id, _issued.Cdr with { Total = new Money(3_999, Currency.Brl) }));

    [Fact]
    public void I5_a_penalty_waits_for_netting() => Broken("I5", state =>
        state.Of(Tables.OpenPenalties).Remove(_broken), alsoInTheBlock: false);

    [Fact]
    public void I5_a_period_settles_no_other_penalty() => Broken("I5", state =>
    {
        BrokenLeg broken = state.Of(Tables.BrokenLegs).Get(_broken);
        state.Of(Tables.BrokenLegs).Put(_broken, broken with { SettledIn = 1 });
        state.Of(Tables.OpenPenalties).Remove(_broken);
    });

    [Fact]
    public void I7_a_penalty_recomputes() => Broken("I7", state =>
    {
        BrokenLeg broken = state.Of(Tables.BrokenLegs).Get(_broken);
        Money less = broken.Penalty with { Amount = broken.Penalty.Amount - 1 };
        state.Of(Tables.BrokenLegs).Put(_broken, broken with { Penalty = less });
    });

    [Fact]
    public void I9_clearing_holds_the_penalties_that_are_not_netted() => Broken("I9", state =>
    {
        Money one = new(1, Currency.Brl);
        state.Post([new Posting(
            new AccountId(LedgerWorld.A, AccountKind.Clearing, Currency.Brl),
            new AccountId(LedgerWorld.B, AccountKind.Clearing, Currency.Brl),
            one)]);
    }, alsoInTheBlock: false);

    [Fact]
    public void I9_suspense_holds_what_is_not_accepted() => Broken("I9", state =>
        state.Post([new Posting(
            new AccountId(LedgerWorld.A, AccountKind.Suspense, Currency.Brl),
            new AccountId(LedgerWorld.A, AccountKind.Clearing, Currency.Brl),
            new Money(1, Currency.Brl))]), alsoInTheBlock: false);

    private void Accept(Plug plug)
    {
        _world.Submit(LedgerWorld.A, new AcknowledgeCdr(plug.Id));
        _world.Submit(LedgerWorld.A, new AcceptCdr(plug.Id));
    }

    private void Broken(string id, Action<Working> change, bool alsoInTheBlock = true)
    {
        ClearingInvariants.Check(_world.State);
        Working state = new(_world.State, _world.State.Time);
        change(state);
        if (alsoInTheBlock)
        {
            var atOnce = Assert.Throws<InvariantBrokenException>(
                () => ClearingInvariants.CheckChanged(state));
            Assert.Contains(id, atOnce.Message, StringComparison.Ordinal);
        }

        var (rows, tree) = state.Finish();
        var later = Assert.Throws<InvariantBrokenException>(
            () => ClearingInvariants.Check(_world.State.With(rows, tree)));
        Assert.Contains(id, later.Message, StringComparison.Ordinal);
    }
}
