using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// What must hold between sessions, CDRs, periods and accounts: I1, I2, I5, I6, I7 and I9. No
/// transaction disputes or credits a CDR, so that I8 has no case and I9 says that suspense holds
/// exactly what is not accepted.
/// </summary>
internal static class ClearingInvariants
{
    /// <summary>Checks every row; takes time in proportion to the state.</summary>
    public static void Check(LedgerState state)
    {
        ClearingRows rows = ClearingRows.Of(state);
        foreach (Session session in rows.Sessions.Values)
        {
            CheckSession(rows, session);
        }

        foreach (Cdr cdr in rows.Cdrs.Values)
        {
            CheckCdr(rows, cdr);
        }

        foreach (Period period in rows.Periods.Values)
        {
            CheckPeriod(rows, period);
            CheckNetting(period, Claims(rows.Cdrs.Values, rows.BrokenLegs.Values, period.Number));
        }

        foreach (BrokenLeg broken in rows.BrokenLegs.Values)
        {
            BrokenLegInvariants.Check(rows, broken);
        }

        CheckNoOverlap(rows);
        CheckAccounts(rows);
        CheckBalances(rows);
        Invariant.Require(
            rows.AcceptedCdrs.Keys.All(id => rows.Cdrs[id].State == CdrState.Accepted)
                && rows.Periods.Values.Count(period => period.State == PeriodState.Open) == 1,
            "accepted CDRs are indexed, and one period is open");
    }

    /// <summary>Checks the rows that the block changed.</summary>
    public static void CheckChanged(Working state)
    {
        ClearingRows rows = ClearingRows.Of(state);
        foreach (SessionId id in state.Sessions.Touched.Where(rows.Sessions.ContainsKey))
        {
            CheckSession(rows, rows.Sessions[id]);
        }

        ImmutableArray<Cdr> cdrs =
            [.. state.Cdrs.Touched.Where(rows.Cdrs.ContainsKey).Select(id => rows.Cdrs[id])];
        foreach (Cdr cdr in cdrs)
        {
            CheckCdr(rows, cdr);
        }

        foreach (int number in state.Periods.Touched.Where(rows.Periods.ContainsKey))
        {
            CheckPeriod(rows, rows.Periods[number]);
        }

        ImmutableArray<BrokenLeg> broken =
        [
            .. state.Of(Tables.BrokenLegs).Touched.Where(rows.BrokenLegs.ContainsKey)
                .Select(id => rows.BrokenLegs[id]),
        ];
        foreach (BrokenLeg each in broken)
        {
            BrokenLegInvariants.Check(rows, each);
        }

        // What a period settles is settled in one block and never changes again.
        foreach (int number in cdrs.Select(cdr => cdr.SettledIn)
            .Concat(broken.Select(each => each.SettledIn)).OfType<int>().Distinct())
        {
            CheckNetting(rows.Periods[number], Claims(cdrs, broken, number));
        }

        if (state.Accounts.Touched.Count > 0)
        {
            CheckAccounts(rows);
        }
    }

    private static void CheckSession(ClearingRows rows, Session session)
    {
        SessionId id = session.Id;
        Leg leg = rows.Trips[id.Leg.Trip].Legs[id.Leg.Number - 1];
        Invariant.Require(
            session.Evse == leg.Request.Evse
                && session.Home == rows.Trips[id.Leg.Trip].Home
                && leg.Attempt == id.Attempt
                && leg.State == (session.State == SessionState.Active
                    ? LegState.Charging
                    : LegState.Fulfilled),
            $"I6 session {id} belongs to its leg");
        Invariant.Require(
            session.LastAt >= session.Start.At
                && session.EnergyWh is >= 0 and <= LedgerLimits.EnergyWhMax,
            $"I6 session {id} goes forward");
        bool isPriced = session.State == SessionState.Completed
            && session.LastAt > session.Start.At;
        Invariant.Require(
            rows.Cdrs.ContainsKey(id) == isPriced, $"I6 completed session {id} has its CDR");
        DeadlineSubject silence = new(DeadlineKind.SessionSilence, id.ToString());
        Invariant.Require(
            rows.Deadlines.ContainsKey(silence) == (session.State == SessionState.Active),
            $"session {id} ends by silence only while it is active");
        Invariant.Require(
            session.State == SessionState.Completed
                || (rows.NewestSessions.TryGetValue(session.Evse, out SessionId newest)
                    && newest == id),
            $"I6 only the newest session of {session.Evse} is active");
    }

    private static void CheckCdr(ClearingRows rows, Cdr cdr)
    {
        Invariant.Require(
            rows.Sessions.TryGetValue(cdr.Session, out Session? session),
            $"I6 CDR {cdr.Session} has its session");
        LegId leg = cdr.Session.Leg;
        LegRequest request = rows.Trips[leg.Trip].Legs[leg.Number - 1].Request;
        Cdr again = Recompute(rows, session!, request, cdr) with
        {
            State = cdr.State,
            AcknowledgedAt = cdr.AcknowledgedAt,
            SettledIn = cdr.SettledIn,
        };
        Invariant.Require(
            Cdr.Codec.Encode(again).AsSpan().SequenceEqual(Cdr.Codec.Encode(cdr)),
            $"I7 CDR {cdr.Session} recomputes");
        Invariant.Require(
            cdr.Total.Amount >= 0 && cdr.Total.Amount <= request.PriceCap.Amount,
            $"I7 CDR {cdr.Session} honours the price cap");
        Invariant.Require(
            (cdr.AcknowledgedAt is null) == (cdr.State == CdrState.Issued)
                && (cdr.SettledIn is not null) == (cdr.State == CdrState.Settled),
            $"I5 CDR {cdr.Session} tells its state");
        Invariant.Require(
            cdr.SettledIn is not { } number
                || (rows.Periods.TryGetValue(number, out Period? period)
                    && period.State != PeriodState.Open),
            $"I5 CDR {cdr.Session} is settled in a closed period");
        Invariant.Require(
            rows.AcceptedCdrs.ContainsKey(cdr.Session) == (cdr.State == CdrState.Accepted)
                && rows.Deadlines.ContainsKey(
                    new DeadlineSubject(DeadlineKind.CdrSilence, cdr.Session.ToString()))
                    == (cdr.State == CdrState.Acknowledged),
            $"I5 CDR {cdr.Session} waits where its state says");
    }

    private static Cdr Recompute(
        ClearingRows rows, Session session, LegRequest request, Cdr cdr)
    {
        if (!rows.OcpiTariffs.TryGetValue(cdr.Tariff, out OcpiTariff? tariff))
        {
            return CdrRules.Compute(session, request, rows.Tariffs[cdr.Tariff], cdr.IssuedAt);
        }

        (Cdr again, CdrPrice price) = CdrRules.Compute(
            session, request, tariff, rows.Readings[cdr.Session], cdr.IssuedAt);
        Invariant.Require(
            rows.Prices.TryGetValue(cdr.Session, out CdrPrice? kept)
                && CdrPrice.Codec.Encode(kept).AsSpan()
                    .SequenceEqual(CdrPrice.Codec.Encode(price)),
            $"I7 the price of CDR {cdr.Session} recomputes");
        return again;
    }

    private static void CheckPeriod(ClearingRows rows, Period period)
    {
        bool isOpen = period.State == PeriodState.Open;
        Invariant.Require(
            isOpen == (period.Until is null)
                && isOpen != rows.Periods.ContainsKey(period.Number + 1),
            $"period {period.Number} is open until the next one is");
        Invariant.Require(
            period.Positions.GroupBy(x => x.Net.Currency)
                .All(group => group.Sum(x => x.Net.Amount) == 0),
            $"I2 positions of period {period.Number} sum to zero");
        Invariant.Require(
            isOpen || (period.State == PeriodState.Final)
                == period.Payments.All(each => each.State == PaymentState.Confirmed),
            $"period {period.Number} is final when every payment is confirmed");
    }

    private static IEnumerable<Claim> Claims(
        IEnumerable<Cdr> cdrs, IEnumerable<BrokenLeg> broken, int period) =>
        cdrs.Where(cdr => cdr.SettledIn == period).Select(PeriodRules.ClaimOf)
            .Concat(broken.Where(each => each.SettledIn == period).Select(PeriodRules.ClaimOf));

    private static void CheckNetting(Period period, IEnumerable<Claim> settled)
    {
        ImmutableArray<Position> positions = Netting.Positions(settled);
        Invariant.Require(
            positions.SequenceEqual(period.Positions)
                && Netting.Payments(positions).SequenceEqual(period.Payments.Select(payment =>
                    payment with { State = PaymentState.Instructed, ReferenceHash = null })),
            $"I5 period {period.Number} settles its CDRs and penalties, and nothing else");
    }

    private static void CheckNoOverlap(ClearingRows rows)
    {
        foreach (IGrouping<EvseId, Session> evse in rows.Sessions.Values.GroupBy(x => x.Evse))
        {
            Session[] sessions = [.. evse.OrderBy(x => x.Start.At).ThenBy(x => x.LastAt)];
            for (int i = 1; i < sessions.Length; i++)
            {
                Invariant.Require(
                    sessions[i - 1].LastAt <= sessions[i].Start.At
                        && sessions[i - 1].State == SessionState.Completed,
                    $"I6 sessions of {evse.Key} never overlap");
            }
        }
    }

    private static void CheckAccounts(ClearingRows rows)
    {
        foreach (var currency in rows.Accounts.GroupBy(account => account.Key.Currency))
        {
            Int128 debits = Int128.Zero;
            Int128 credits = Int128.Zero;
            foreach ((_, Account account) in currency)
            {
                debits += account.Debits;
                credits += account.Credits;
            }

            Invariant.Require(debits == credits, $"I1 debits equal credits in {currency.Key}");
        }
    }

    /// <summary>Every balance is the sum of what the CDRs and payments in that stage say.</summary>
    private static void CheckBalances(ClearingRows rows)
    {
        SortedDictionary<AccountId, long> expected = [];
        foreach (Cdr cdr in rows.Cdrs.Values.Where(cdr => cdr.State != CdrState.Settled))
        {
            AccountKind kind = cdr.State == CdrState.Accepted
                ? AccountKind.Clearing
                : AccountKind.Suspense;
            Add(cdr.Owner, kind, cdr.Total);
            Add(cdr.Home, kind, -cdr.Total);
        }

        foreach (BrokenLeg broken in rows.BrokenLegs.Values.Where(each => each.IsOpen))
        {
            Add(broken.Home, AccountKind.Clearing, broken.Penalty);
            Add(broken.Owner, AccountKind.Clearing, -broken.Penalty);
        }

        foreach (Payment payment in rows.Periods.Values.SelectMany(period => period.Payments))
        {
            AccountKind kind = payment.State == PaymentState.Confirmed
                ? AccountKind.Paid
                : AccountKind.Settlement;
            Add(payment.To, kind, payment.Amount);
            Add(payment.From, kind, -payment.Amount);
        }

        foreach (AccountId id in rows.Accounts.Keys.Concat(expected.Keys))
        {
            Invariant.Require(
                Books.BalanceOf(rows.Accounts, id) == expected.GetValueOrDefault(id),
                $"I9 the {id.Kind} account of {id.Company} holds what is in that stage");
        }

        void Add(CompanyId company, AccountKind kind, Money amount)
        {
            AccountId id = Books.Of(company, kind, amount);
            expected[id] = expected.GetValueOrDefault(id) + amount.Amount;
        }
    }
}
