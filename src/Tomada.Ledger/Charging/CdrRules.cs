using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// A CDR's life: issued by the rules, acknowledged and accepted by its home company. Accepted
/// amounts stand in the clearing accounts, all others in suspense, where nothing nets them (I9).
/// </summary>
internal static class CdrRules
{
    /// <summary>What a completed session costs; pure, so that anybody recomputes it (I7).</summary>
    /// <param name="session">Completed, and longer than an instant.</param>
    /// <param name="request">Its leg, whose price cap binds the owner.</param>
    /// <param name="tariff">The content that the leg pinned.</param>
    /// <param name="issuedAt">Block time.</param>
    public static Cdr Compute(
        Session session, LegRequest request, Tariff tariff, Timestamp issuedAt)
    {
        TimeWindow period = new(session.Start.At, session.LastAt);
        (ImmutableArray<CdrLine> lines, Money total) =
            TariffEngine.Price(tariff, period, session.EnergyWh);
        return Make(session, request, lines, total, issuedAt);
    }

    /// <summary>The same by an OCPI tariff; its lines stand in the second record.</summary>
    /// <param name="session">Completed, and longer than an instant.</param>
    /// <param name="request">Its leg: window and cap.</param>
    /// <param name="tariff">The content that the leg pinned.</param>
    /// <param name="readings">What its station signed.</param>
    /// <param name="issuedAt">Block time.</param>
    public static (Cdr Cdr, CdrPrice Price) Compute(
        Session session,
        LegRequest request,
        OcpiTariff tariff,
        SessionReadings readings,
        Timestamp issuedAt)
    {
        SessionPrice price = OcpiPricing.Price(tariff, readings.Priced(request.Window));
        return (
            Make(session, request, [], price.AfterTaxes, issuedAt),
            CdrPrice.Of(session.Id, price));
    }

    private static Cdr Make(
        Session session,
        LegRequest request,
        ImmutableArray<CdrLine> lines,
        Money total,
        Timestamp issuedAt)
    {
        Invariant.Require(
            total.Currency == request.PriceCap.Currency, "a leg's cap has its tariff's currency");
        return new Cdr(
            session.Id,
            session.Home,
            session.Evse,
            request.Tariff,
            new TimeWindow(session.Start.At, session.LastAt),
            session.EnergyWh,
            lines,
            total.Amount <= request.PriceCap.Amount ? total : request.PriceCap,
            CdrState.Issued,
            issuedAt,
            AcknowledgedAt: null,
            SettledIn: null);
    }

    /// <summary>Prices a completed session: the owner is owed in suspense.</summary>
    public static void Issue(Working state, Session session)
    {
        Invariant.Require(!state.Cdrs.Contains(session.Id), $"I6 session {session.Id} has one CDR");
        LegRequest request = TripRules.FindLeg(state, session.Id.Leg)!.Request;
        Cdr cdr;
        CdrPrice? price = null;
        if (state.OcpiTariffs.TryGet(request.Tariff, out OcpiTariff? tariff))
        {
            SessionReadings readings = state.Of(Tables.Readings).Get(session.Id);
            (cdr, price) = Compute(session, request, tariff, readings, state.Time);
        }
        else
        {
            cdr = Compute(session, request, state.Tariffs.Get(request.Tariff), state.Time);
        }

        state.Cdrs.Put(session.Id, cdr);
        state.Emit(new CdrIssued(cdr));
        if (price is not null)
        {
            state.Of(Tables.CdrPrices).Put(session.Id, price);
            state.Emit(new CdrPriced(price));
        }

        Post(state, cdr, new Posting(
            Books.Of(cdr.Owner, AccountKind.Suspense, cdr.Total),
            Books.Of(cdr.Home, AccountKind.Suspense, cdr.Total),
            cdr.Total));
    }

    public static Outcome Apply(Working state, TransactionContext context, AcknowledgeCdr body)
    {
        if (Refuse(state, context, body.Session, CdrState.Issued) is { } refusal)
        {
            return refusal;
        }

        state.Cdrs.Put(body.Session, state.Cdrs.Get(body.Session) with
        {
            State = CdrState.Acknowledged,
            AcknowledgedAt = state.Time,
        });
        Timestamp silence = new(state.Time.UnixMs + state.Rules.AcceptanceMs);
        Deadlines.Set(state, DeadlineKind.CdrSilence, body.Session.ToString(), silence);
        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, AcceptCdr body)
    {
        if (Refuse(state, context, body.Session, CdrState.Acknowledged) is { } refusal)
        {
            return refusal;
        }

        Accept(state, body.Session);
        return Outcome.Applied;
    }

    /// <summary>By the home company's word or by its silence: the amount can be netted.</summary>
    public static void Accept(Working state, SessionId id)
    {
        Cdr cdr = state.Cdrs.Get(id);
        Invariant.Require(
            cdr.State == CdrState.Acknowledged, $"CDR {id} is acknowledged before it is accepted");
        Deadlines.Clear(state, DeadlineKind.CdrSilence, id.ToString());
        state.Cdrs.Put(id, cdr with { State = CdrState.Accepted });
        state.Of(Tables.AcceptedCdrs).Put(id, true);
        state.Emit(new CdrAccepted(id));
        Post(
            state,
            cdr,
            new Posting(
                Books.Of(cdr.Owner, AccountKind.Clearing, cdr.Total),
                Books.Of(cdr.Owner, AccountKind.Suspense, cdr.Total),
                cdr.Total),
            new Posting(
                Books.Of(cdr.Home, AccountKind.Suspense, cdr.Total),
                Books.Of(cdr.Home, AccountKind.Clearing, cdr.Total),
                cdr.Total));
    }

    private static Outcome? Refuse(
        Working state, TransactionContext context, SessionId id, CdrState needed)
    {
        if (!state.Cdrs.TryGet(id, out Cdr? cdr))
        {
            return Outcome.Refused(OutcomeCode.NotFound, "session: it has no CDR on the ledger");
        }

        if (cdr.Home != context.Sender)
        {
            return Outcome.Refused(
                OutcomeCode.NotAllowed, $"session: its home company is {cdr.Home}");
        }

        return cdr.State == needed
            ? null
            : Outcome.Refused(
                OutcomeCode.WrongState, $"session: its CDR is {cdr.State}, not {needed}");
    }

    // Nothing moves for a free session, nor when a company charges at its own EVSE.
    private static void Post(Working state, Cdr cdr, params ImmutableArray<Posting> postings)
    {
        if (Books.Moves(cdr))
        {
            state.Post(postings);
        }
    }
}
