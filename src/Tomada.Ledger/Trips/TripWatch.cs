using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>Tells which entries of the log, in its order, belong to one trip.</summary>
public sealed class TripWatch(TripId trip)
{
    private readonly SortedSet<SessionId> _accepted = [];
    private readonly SortedSet<CompanyId> _companies = [];
    private readonly SortedDictionary<int, SortedSet<int>> _payments = [];

    /// <summary>The entry's place in the trip's way; null when it has none.</summary>
    public string? StageOf(Entry entry, SignedTransaction? transaction)
    {
        ImmutableArray<Effect> effects = entry switch
        {
            TransactionEntry each => each.Effects,
            RuleEntry each => each.Effects,
            _ => [],
        };
        string? stage = transaction is null ? null : StageOf(transaction);
        foreach (Effect effect in effects)
        {
            stage ??= StageOf(effect);
            Note(effect);
        }

        return stage;
    }

    private string? StageOf(SignedTransaction transaction)
    {
        switch (transaction.Content.Body)
        {
            case ProposeTrip body when transaction.Id.Digest == trip.Digest:
                _companies.Add(transaction.Content.Company);
                _companies.UnionWith(body.Legs.Select(leg => leg.Evse.Company));
                return "reservation";
            case AnswerLeg body when body.Leg.Trip == trip:
                return "answer";
            case BreakLeg body when body.Break.Leg.Trip == trip:
                return "break";
            case StartSession body when body.Start.Session.Leg.Trip == trip:
                return "session";
            case ReportMeter body when body.Reading.Session.Leg.Trip == trip:
                return "session";
            case EndSession body when body.End.Session.Leg.Trip == trip:
                return "cdr";
            case AcknowledgeCdr body when body.Session.Leg.Trip == trip:
                return "acceptance";
            case AcceptCdr body when body.Session.Leg.Trip == trip:
                return "acceptance";
            case ReportPayment body when IsPayment(body.Period, body.Number):
                return "payment";
            case ConfirmPayment body when IsPayment(body.Period, body.Number):
                return "payment";
            default:
                return null;
        }
    }

    private string? StageOf(Effect effect) => effect switch
    {
        TripExpired each when each.Trip == trip => "answer",
        LegEnded each when each.Leg.Trip == trip => "session",
        TripEnded each when each.Trip == trip => "session",
        CdrIssued each when each.Cdr.Session.Leg.Trip == trip => "cdr",
        CdrAccepted each when each.Session.Leg.Trip == trip => "acceptance",
        // Whatever was accepted before a period closes is netted by it.
        PeriodClosed when _accepted.Count > 0 => "netting",
        PaymentConfirmed each when IsPayment(each.Period, each.Number) => "payment",
        PeriodFinal each when _payments.ContainsKey(each.Period) => "payment",
        _ => null,
    };

    private bool IsPayment(int period, int number) =>
        _payments.TryGetValue(period, out SortedSet<int>? numbers) && numbers.Contains(number);

    private void Note(Effect effect)
    {
        switch (effect)
        {
            case CdrAccepted each when each.Session.Leg.Trip == trip:
                _accepted.Add(each.Session);
                break;
            case PeriodClosed each when _accepted.Count > 0:
                // Netting is multilateral: the trip's money is in the payments of its companies.
                _payments[each.Period.Number] =
                [
                    .. each.Period.Payments
                        .Where(payment => _companies.Contains(payment.From)
                            || _companies.Contains(payment.To))
                        .Select(payment => payment.Number),
                ];
                _accepted.Clear();
                break;
        }
    }
}
