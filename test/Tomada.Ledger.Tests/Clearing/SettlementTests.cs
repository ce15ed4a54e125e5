using Tomada.Ledger.Tests.Charging;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests.Clearing;

public class SettlementTests
{
    private static readonly Digest s_reference = Digest.Of([1]);

    private readonly LedgerWorld _world = LedgerWorld.WithStations();

    [Fact]
    public void Closing_nets_what_is_accepted_and_opens_the_next_period()
    {
        // A owes B 40.00, B owes C 30.00: net A pays 40.00, of which B keeps 10.00.
        Plug first = Accepted(LedgerWorld.A, LedgerWorld.B, 0, 20_000);
        Plug second = Accepted(LedgerWorld.B, LedgerWorld.C, 1, 15_000);
        Plug third = Plug.Charged(_world, LedgerWorld.A, LedgerWorld.Evse(LedgerWorld.C), 2);

        TransactionEntry entry = _world.Submit(LedgerWorld.B, new ClosePeriod(1));

        Period closed = Assert.IsType<PeriodClosed>(entry.Effects[0]).Period;
        Assert.Equal(PeriodState.Closed, closed.State);
        Assert.Equal(_world.State.Time, closed.Until);
        Assert.Equal([-4_000, 1_000, 3_000], closed.Positions.Select(x => x.Net.Amount));
        Assert.Equal(LedgerWorld.Companies, closed.Positions.Select(x => x.Company));
        Assert.Equal(
            [(1, LedgerWorld.C, 3_000L), (2, LedgerWorld.B, 1_000L)],
            closed.Payments.Select(x => (x.Number, x.To, x.Amount.Amount)));
        Assert.All(closed.Payments, x => Assert.Equal(LedgerWorld.A, x.From));
        Assert.Equal((CdrState.Settled, 1), (first.Cdr.State, first.Cdr.SettledIn));
        Assert.Equal((CdrState.Settled, 1), (second.Cdr.State, second.Cdr.SettledIn));
        Assert.Equal(CdrState.Issued, third.Cdr.State);
        Assert.Equal(PeriodState.Open, _world.State.Periods[2].State);
        Assert.Equal(_world.State.Time, _world.State.Periods[2].From);
        Assert.Equal(-4_000, Balance(LedgerWorld.A, AccountKind.Settlement));
        Assert.Equal(1_000, Balance(LedgerWorld.B, AccountKind.Settlement));
        Assert.Equal(0, Balance(LedgerWorld.B, AccountKind.Clearing));
    }

    [Fact]
    public void A_period_is_final_when_every_creditor_has_confirmed()
    {
        CloseWithTwoPayments();
        Report(1);
        Report(2);
        Assert.Equal([typeof(PaymentConfirmed), typeof(Posted)], Kinds(Confirm(1, LedgerWorld.C)));
        Assert.Equal(PeriodState.Closed, _world.State.Periods[1].State);

        TransactionEntry last = Confirm(2, LedgerWorld.B);

        Assert.Equal([typeof(PaymentConfirmed), typeof(Posted), typeof(PeriodFinal)], Kinds(last));
        Assert.Equal(PeriodState.Final, _world.State.Periods[1].State);
        Assert.All(LedgerWorld.Companies, x => Assert.Equal(0, Balance(x, AccountKind.Settlement)));
        Assert.Equal(-4_000, Balance(LedgerWorld.A, AccountKind.Paid));
        Assert.Equal(3_000, Balance(LedgerWorld.C, AccountKind.Paid));
    }

    [Fact]
    public void A_period_with_nothing_to_pay_is_final_at_once()
    {
        Accepted(LedgerWorld.A, LedgerWorld.B, 0, 20_000);
        Accepted(LedgerWorld.B, LedgerWorld.A, 1, 20_000);

        TransactionEntry entry = _world.Submit(LedgerWorld.C, new ClosePeriod(1));

        Assert.Equal([typeof(PeriodClosed), typeof(PeriodFinal)], Kinds(entry));
        Assert.Equal(PeriodState.Final, _world.State.Periods[1].State);
        Assert.Equal([0, 0], _world.State.Periods[1].Positions.Select(x => x.Net.Amount));
        Assert.Equal(
            [typeof(PeriodClosed), typeof(PeriodFinal)],
            Kinds(_world.Submit(LedgerWorld.C, new ClosePeriod(2))));
    }

    [Fact]
    public void A_period_closes_once_and_only_the_open_one()
    {
        _world.Submit(LedgerWorld.A, new ClosePeriod(1));

        Refused(OutcomeCode.WrongState, _world.Submit(LedgerWorld.B, new ClosePeriod(1)));
        Refused(OutcomeCode.NotFound, _world.Submit(LedgerWorld.B, new ClosePeriod(3)));
    }

    [Fact]
    public void Two_closings_of_one_block_close_it_once()
    {
        AppliedBlock block = _world.Append(
            _world.Transaction(LedgerWorld.A, new ClosePeriod(1)),
            _world.Transaction(LedgerWorld.B, new ClosePeriod(1)));

        Assert.Equal(
            [OutcomeCode.Applied, OutcomeCode.WrongState],
            block.Entries.OfType<TransactionEntry>().Select(x => x.Outcome.Code));
    }

    [Fact]
    public void Only_the_debtor_reports_and_only_once()
    {
        CloseWithTwoPayments();

        Refused(OutcomeCode.NotAllowed, Report(1, LedgerWorld.C));
        Assert.Equal(Outcome.Applied, Report(1).Outcome);
        Payment payment = _world.State.Periods[1].Payments[0];
        Assert.Equal((PaymentState.Reported, s_reference), (payment.State, payment.ReferenceHash));
        Refused(OutcomeCode.WrongState, Report(1));
    }

    [Fact]
    public void Only_the_creditor_confirms_what_was_reported_with_the_same_reference()
    {
        CloseWithTwoPayments();
        Refused(OutcomeCode.WrongState, Confirm(1, LedgerWorld.C));
        Report(1);

        Refused(OutcomeCode.NotAllowed, Confirm(1, LedgerWorld.A));
        Refused(OutcomeCode.NotAllowed, Confirm(1, LedgerWorld.B));
        Refused(OutcomeCode.OutOfRules, Confirm(1, LedgerWorld.C, Digest.Of([2])));
        Assert.Equal(Outcome.Applied, Confirm(1, LedgerWorld.C).Outcome);
        Refused(OutcomeCode.WrongState, Confirm(1, LedgerWorld.C));
    }

    [Fact]
    public void A_payment_that_does_not_exist_is_not_found()
    {
        CloseWithTwoPayments();

        Refused(OutcomeCode.NotFound, Report(3));
        Refused(OutcomeCode.NotFound, Confirm(3, LedgerWorld.C));
        Refused(
            OutcomeCode.NotFound,
            _world.Submit(LedgerWorld.A, new ReportPayment(9, 1, s_reference)));
        Refused(
            OutcomeCode.NotFound,
            _world.Submit(LedgerWorld.A, new ConfirmPayment(2, 1, s_reference)));
    }

    /// <summary>Payment 1: A to C, 30.00. Payment 2: A to B, 10.00.</summary>
    private void CloseWithTwoPayments()
    {
        Accepted(LedgerWorld.A, LedgerWorld.B, 0, 20_000);
        Accepted(LedgerWorld.B, LedgerWorld.C, 1, 15_000);
        Assert.Equal(Outcome.Applied, _world.Submit(LedgerWorld.A, new ClosePeriod(1)).Outcome);
    }

    private Plug Accepted(CompanyId home, CompanyId owner, int slot, long energyWh)
    {
        Plug plug = Plug.Charged(_world, home, LedgerWorld.Evse(owner), slot, energyWh);
        _world.Submit(home, new AcknowledgeCdr(plug.Id));
        _world.Submit(home, new AcceptCdr(plug.Id));
        Assert.Equal(CdrState.Accepted, plug.Cdr.State);
        return plug;
    }

    private TransactionEntry Report(int number, CompanyId? sender = null) => _world.Submit(
        sender ?? LedgerWorld.A, new ReportPayment(1, number, s_reference));

    private TransactionEntry Confirm(int number, CompanyId sender, Digest? reference = null) =>
        _world.Submit(sender, new ConfirmPayment(1, number, reference ?? s_reference));

    private long Balance(CompanyId company, AccountKind kind) => Books.BalanceOf(
        _world.State.Accounts, new AccountId(company, kind, Currency.Brl));

    private static IEnumerable<Type> Kinds(TransactionEntry entry)
    {
        Assert.Equal(Outcome.Applied, entry.Outcome);
        return entry.Effects.Select(effect => effect.GetType());
    }

    private static void Refused(OutcomeCode code, TransactionEntry entry)
    {
        Assert.Equal(code, entry.Outcome.Code);
        Assert.Empty(entry.Effects);
    }
}
