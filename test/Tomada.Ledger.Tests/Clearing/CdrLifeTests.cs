using Tomada.Ledger.Tests.Charging;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Clearing;

public class CdrLifeTests
{
    private static readonly EvseId s_b = LedgerWorld.Evse(LedgerWorld.B);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void An_acknowledged_CDR_is_accepted_and_moves_from_suspense_to_clearing()
    {
        Plug plug = Charged();
        Assert.Equal(Outcome.Applied, Acknowledge(plug, LedgerWorld.A).Outcome);
        Assert.Equal(CdrState.Acknowledged, plug.Cdr.State);
        Assert.Equal(_world.State.Time, plug.Cdr.AcknowledgedAt);

        TransactionEntry entry = Accept(plug, LedgerWorld.A);

        Assert.Equal(
            [typeof(CdrAccepted), typeof(Posted)],
            entry.Effects.Select(effect => effect.GetType()));
        Assert.Equal(CdrState.Accepted, plug.Cdr.State);
        Assert.Equal(0, Balance(LedgerWorld.A, AccountKind.Suspense));
        Assert.Equal(0, Balance(LedgerWorld.B, AccountKind.Suspense));
        Assert.Equal(-4_000, Balance(LedgerWorld.A, AccountKind.Clearing));
        Assert.Equal(4_000, Balance(LedgerWorld.B, AccountKind.Clearing));
        Assert.Null(_world.State.NextDeadline);
    }

    [Fact]
    public void Only_the_home_company_acknowledges_and_accepts()
    {
        Plug plug = Charged();

        Refused(OutcomeCode.NotAllowed, Acknowledge(plug, LedgerWorld.B));
        Acknowledge(plug, LedgerWorld.A);
        Refused(OutcomeCode.NotAllowed, Accept(plug, LedgerWorld.B));
        Refused(OutcomeCode.NotAllowed, Accept(plug, LedgerWorld.C));
    }

    [Fact]
    public void A_CDR_goes_one_step_at_a_time_and_never_back()
    {
        Plug plug = Charged();
        Refused(OutcomeCode.WrongState, Accept(plug, LedgerWorld.A));
        Acknowledge(plug, LedgerWorld.A);
        Refused(OutcomeCode.WrongState, Acknowledge(plug, LedgerWorld.A));
        Accept(plug, LedgerWorld.A);
        Refused(OutcomeCode.WrongState, Accept(plug, LedgerWorld.A));
        Refused(OutcomeCode.WrongState, Acknowledge(plug, LedgerWorld.A));
    }

    [Fact]
    public void A_session_without_a_CDR_is_not_found()
    {
        Plug plug = Plug.Confirmed(_world, LedgerWorld.A, s_b, 0);
        plug.Begin();

        Refused(OutcomeCode.NotFound, Acknowledge(plug, LedgerWorld.A));
        Refused(OutcomeCode.NotFound, Accept(plug, LedgerWorld.A));
    }

    [Fact]
    public void Silence_after_the_acknowledgement_accepts()
    {
        Plug plug = Charged();
        Acknowledge(plug, LedgerWorld.A);
        Timestamp silence =
            new(plug.Cdr.AcknowledgedAt!.Value.UnixMs + Rules.Default.AcceptanceMs);
        Assert.Equal(silence, _world.State.NextDeadline);

        _world.AppendAt(new Timestamp(silence.UnixMs - 1));
        Assert.Equal(CdrState.Acknowledged, plug.Cdr.State);
        RuleEntry entry = Assert.IsType<RuleEntry>(Assert.Single(_world.AppendAt(silence).Entries));

        Assert.Equal(new CdrAccepted(plug.Id), entry.Effects[0]);
        Assert.Equal(CdrState.Accepted, plug.Cdr.State);
    }

    [Fact]
    public void Without_an_acknowledgement_silence_accepts_nothing()
    {
        Plug plug = Charged();

        _world.AppendAt(_world.State.Time.Plus(TimeSpan.FromDays(30)));

        Assert.Equal(CdrState.Issued, plug.Cdr.State);
        Assert.Equal(-4_000, Balance(LedgerWorld.A, AccountKind.Suspense));
    }

    [Fact]
    public void Exposure_counts_holds_and_every_kind_of_payable()
    {
        _world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 40, 700));
        Assert.Equal(700, Exposure(LedgerWorld.A));
        Plug plug = Charged();
        _world.AppendAt(plug.Window.Until);
        Assert.Equal(4_000, Exposure(LedgerWorld.A));
        Acknowledge(plug, LedgerWorld.A);
        Accept(plug, LedgerWorld.A);
        Assert.Equal(4_000, Exposure(LedgerWorld.A));
        _world.Submit(LedgerWorld.C, new ClosePeriod(1));
        Assert.Equal(4_000, Exposure(LedgerWorld.A));
        _world.Submit(LedgerWorld.A, new ReportPayment(1, 1, Digest.Of([1])));
        Assert.Equal(4_000, Exposure(LedgerWorld.A));
        _world.Submit(LedgerWorld.B, new ConfirmPayment(1, 1, Digest.Of([1])));

        Assert.Equal(0, Exposure(LedgerWorld.A));
        Assert.Equal(0, Exposure(LedgerWorld.B));
    }

    [Fact]
    public void A_receivable_in_suspense_does_not_pay_for_a_hold()
    {
        Plug.Charged(_world, LedgerWorld.B, LedgerWorld.Evse(LedgerWorld.A), 0);
        _world.Hold(LedgerWorld.A, LedgerWorld.Leg(s_b, 2, 700));

        Assert.Equal(700, Exposure(LedgerWorld.A));
    }

    [Fact]
    public void What_is_owed_counts_against_the_limit_of_the_next_trip()
    {
        LedgerWorld world = LedgerWorld.WithStations(Rules.Default with { CreditLimit = 6_000 });
        Plug.Charged(world, LedgerWorld.A, s_b, 0);

        TransactionEntry tooMuch =
            world.Submit(LedgerWorld.A, LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2, 2_001)));
        TransactionEntry enough =
            world.Submit(LedgerWorld.A, LedgerWorld.Trip(LedgerWorld.Leg(s_b, 2, 2_000)));

        Refused(OutcomeCode.LimitExceeded, tooMuch);
        Assert.Equal(Outcome.Applied, enough.Outcome);
    }

    private Plug Charged() => Plug.Charged(_world, LedgerWorld.A, s_b, 0);

    private TransactionEntry Acknowledge(Plug plug, CompanyId sender) =>
        _world.Submit(sender, new AcknowledgeCdr(plug.Id));

    private TransactionEntry Accept(Plug plug, CompanyId sender) =>
        _world.Submit(sender, new AcceptCdr(plug.Id));

    private long Balance(CompanyId company, AccountKind kind) => Books.BalanceOf(
        _world.State.Accounts, new AccountId(company, kind, Currency.Brl));

    private long Exposure(CompanyId company) =>
        ClearingRules.Exposure(_world.State, company, Currency.Brl).Amount;

    private static void Refused(OutcomeCode code, TransactionEntry entry)
    {
        Assert.Equal(code, entry.Outcome.Code);
        Assert.Empty(entry.Effects);
    }
}
