using System.Collections.Immutable;
using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// ClosePeriod, ReportPayment and ConfirmPayment: accepted CDRs and the penalties of broken legs
/// become net positions, positions become payments, and a payment counts when its creditor says so.
/// Silence never confirms one.
/// </summary>
internal static class PeriodRules
{
    public static Outcome Apply(Working state, TransactionContext context, ClosePeriod body)
    {
        if (!state.Members.Contains(context.Sender))
        {
            return Outcome.Refused(OutcomeCode.NotAllowed, "only a member closes a period");
        }

        if (Find(state, body.Period, out Period? open) is { } refusal)
        {
            return refusal;
        }

        if (open!.State != PeriodState.Open)
        {
            return Outcome.Refused(OutcomeCode.WrongState, $"period: it is {open.State}");
        }

        if (body.Period == LedgerLimits.PeriodMax)
        {
            return Outcome.Refused(OutcomeCode.OutOfRules, "period: no other one can follow it");
        }

        Close(state, open);
        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, ReportPayment body)
    {
        Outcome? refusal = Find(state, body.Period, body.Number, out var period, out var payment)
            ?? Refuse(context.Sender, payment!.From, payment.State, PaymentState.Instructed);
        if (refusal is not null)
        {
            return refusal;
        }

        Replace(state, period!, payment! with
        {
            State = PaymentState.Reported,
            ReferenceHash = body.ReferenceHash,
        });
        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, ConfirmPayment body)
    {
        Outcome? refusal = Find(state, body.Period, body.Number, out var period, out var payment)
            ?? Refuse(context.Sender, payment!.To, payment.State, PaymentState.Reported);
        if (refusal is not null)
        {
            return refusal;
        }

        if (payment!.ReferenceHash != body.ReferenceHash)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules,
                $"referenceHash: the debtor reported {payment.ReferenceHash?.ToShortString()}…");
        }

        Confirm(state, period!, payment);
        return Outcome.Applied;
    }

    private static void Close(Working state, Period open)
    {
        PeriodRoom room = new();
        ImmutableArray<Cdr> cdrs = room.Take(
            state.Of(Tables.AcceptedCdrs).Rows.Keys.Select(state.Cdrs.Get), ClaimOf);
        ImmutableArray<BrokenLeg> penalties = room.Take(
            state.Of(Tables.OpenPenalties).Rows.Keys.Select(state.Of(Tables.BrokenLegs).Get),
            ClaimOf);
        ImmutableArray<Position> positions = Netting.Positions(
            cdrs.Select(ClaimOf).Concat(penalties.Select(ClaimOf)));
        ImmutableArray<Payment> payments = Netting.Payments(positions);
        foreach (Cdr cdr in cdrs)
        {
            state.Cdrs.Put(
                cdr.Session, cdr with { State = CdrState.Settled, SettledIn = open.Number });
            state.Of(Tables.AcceptedCdrs).Remove(cdr.Session);
        }

        foreach (BrokenLeg broken in penalties)
        {
            state.Of(Tables.BrokenLegs).Put(
                broken.Leg, broken with { SettledIn = open.Number });
            state.Of(Tables.OpenPenalties).Remove(broken.Leg);
        }

        Period closed = open with
        {
            State = payments.IsEmpty ? PeriodState.Final : PeriodState.Closed,
            Until = state.Time,
            Positions = positions,
            Payments = payments,
        };
        state.Periods.Put(open.Number, closed);
        state.Periods.Put(
            open.Number + 1,
            new Period(open.Number + 1, PeriodState.Open, state.Time, null, [], []));
        state.Emit(new PeriodClosed(closed));
        ImmutableArray<Posting> postings =
            [.. positions.Where(x => x.Net.Amount != 0).Select(Instruct)];
        if (!postings.IsEmpty)
        {
            state.Post(postings);
        }

        if (payments.IsEmpty)
        {
            state.Emit(new PeriodFinal(open.Number));
        }
    }

    /// <summary>What a CDR contributes to netting.</summary>
    internal static Claim ClaimOf(Cdr cdr) => new(cdr.Home, cdr.Owner, cdr.Total);

    /// <summary>What a penalty contributes to netting.</summary>
    internal static Claim ClaimOf(BrokenLeg broken) =>
        new(broken.Owner, broken.Home, broken.Penalty);

    // The net position leaves the clearing account, whose balance was made of what is netted.
    private static Posting Instruct(Position position)
    {
        AccountId clearing = Books.Of(position.Company, AccountKind.Clearing, position.Net);
        AccountId settlement = Books.Of(position.Company, AccountKind.Settlement, position.Net);
        return position.Net.Amount > 0
            ? new Posting(settlement, clearing, position.Net)
            : new Posting(clearing, settlement, -position.Net);
    }

    private static void Confirm(Working state, Period period, Payment payment)
    {
        Money amount = payment.Amount;
        Period after = Replace(state, period, payment with { State = PaymentState.Confirmed });
        state.Emit(new PaymentConfirmed(period.Number, payment.Number));
        state.Post(
        [
            new Posting(
                Books.Of(payment.From, AccountKind.Settlement, amount),
                Books.Of(payment.From, AccountKind.Paid, amount),
                amount),
            new Posting(
                Books.Of(payment.To, AccountKind.Paid, amount),
                Books.Of(payment.To, AccountKind.Settlement, amount),
                amount),
        ]);
        if (after.Payments.All(each => each.State == PaymentState.Confirmed))
        {
            state.Periods.Put(period.Number, after with { State = PeriodState.Final });
            state.Emit(new PeriodFinal(period.Number));
        }
    }

    private static Period Replace(Working state, Period period, Payment payment)
    {
        Period after = period with
        {
            Payments = period.Payments.SetItem(payment.Number - 1, payment),
        };
        state.Periods.Put(period.Number, after);
        return after;
    }

    private static Outcome? Find(Working state, int number, out Period? period) =>
        state.Periods.TryGet(number, out period)
            ? null
            : Outcome.Refused(OutcomeCode.NotFound, string.Create(
                CultureInfo.InvariantCulture, $"period: {number} is not on the ledger"));

    private static Outcome? Find(
        Working state, int number, int paymentNumber, out Period? period, out Payment? payment)
    {
        payment = null;
        if (Find(state, number, out period) is { } refusal)
        {
            return refusal;
        }

        if (paymentNumber > period!.Payments.Length)
        {
            return Outcome.Refused(OutcomeCode.NotFound, string.Create(
                CultureInfo.InvariantCulture,
                $"number: period {number} has {period.Payments.Length} payments"));
        }

        payment = period.Payments[paymentNumber - 1];
        return null;
    }

    private static Outcome? Refuse(
        CompanyId sender, CompanyId allowed, PaymentState state, PaymentState needed)
    {
        if (sender != allowed)
        {
            return Outcome.Refused(OutcomeCode.NotAllowed, $"number: that word is {allowed}'s");
        }

        return state == needed
            ? null
            : Outcome.Refused(
                OutcomeCode.WrongState, $"number: the payment is {state}, not {needed}");
    }
}
