using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>A trip and where its ProposeTrip stands in the log.</summary>
/// <param name="Index">Log index.</param>
/// <param name="Id">The trip.</param>
internal readonly record struct TripPlace(long Index, TripId Id);

/// <summary>The transactions that made a leg what it is.</summary>
/// <param name="Transactions">Applied ones, in log order; meter readings are left out.</param>
/// <param name="Start">The newest StartSession.</param>
/// <param name="End">The EndSession that made the CDR; null when the rules ended the
/// session.</param>
internal sealed record LegTrace(
    ImmutableArray<TransactionId> Transactions, TransactionId? Start, TransactionId? End)
{
    public static LegTrace Empty { get; } = new([], null, null);
}

/// <summary>How often a company accepted and refused legs.</summary>
internal readonly record struct AnswerCounts(long Accepted, long Refused);

/// <summary>
/// What the public API needs of the history beyond the state: which transactions belong to what.
/// Immutable and of one height, so that one answer is of one moment.
/// </summary>
/// <param name="State">The state that this belongs to.</param>
/// <param name="Trips">Every ProposeTrip, refused ones too, in log order.</param>
/// <param name="Legs">What concerned each leg.</param>
/// <param name="Refusals">Why an owner refused a trip.</param>
/// <param name="Answers">Answers of each owner.</param>
/// <param name="Closings">The ClosePeriod of each period.</param>
internal sealed record ChainIndex(
    LedgerState State,
    ImmutableList<TripPlace> Trips,
    ImmutableSortedDictionary<LegId, LegTrace> Legs,
    ImmutableSortedDictionary<TripId, string> Refusals,
    ImmutableSortedDictionary<CompanyId, AnswerCounts> Answers,
    ImmutableSortedDictionary<int, TransactionId> Closings)
{
    public static ChainIndex Empty(LedgerState state) => new(
        state,
        [],
        ImmutableSortedDictionary<LegId, LegTrace>.Empty,
        ImmutableSortedDictionary<TripId, string>.Empty,
        ImmutableSortedDictionary<CompanyId, AnswerCounts>.Empty,
        ImmutableSortedDictionary<int, TransactionId>.Empty);

    /// <summary>
    /// Position in <see cref="Trips"/> of the first trip at or above a log index.
    /// </summary>
    public int FirstTripFrom(long logIndex)
    {
        int low = 0;
        int high = Trips.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Trips[middle].Index < logIndex ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The index after the next block's entries; the state is set by the caller.</summary>
    public ChainIndex With(BlockView block)
    {
        ChainIndex next = this;
        foreach (EntryView entry in block.Entries)
        {
            if (entry.Transaction is { } transaction)
            {
                next = next.With(entry, transaction);
            }
        }

        return next;
    }

    private ChainIndex With(EntryView entry, SignedTransaction transaction)
    {
        Body body = transaction.Content.Body;
        TransactionId id = transaction.Id;
        if (body is ProposeTrip)
        {
            TripPlace place = new(entry.Index, new TripId(id.Digest));
            return this with { Trips = Trips.Add(place) };
        }

        if (!entry.Outcome!.IsApplied)
        {
            return this;
        }

        return body switch
        {
            AnswerLeg answer => WithAnswer(answer, id, transaction.Content.Company),
            StartSession start => WithLeg(
                start.Start.Session.Leg, trace => Add(trace, id) with { Start = id }),
            EndSession end =>
                WithLeg(end.End.Session.Leg, trace => Add(trace, id) with { End = id }),
            AcknowledgeCdr known => WithLeg(known.Session.Leg, trace => Add(trace, id)),
            AcceptCdr accepted => WithLeg(accepted.Session.Leg, trace => Add(trace, id)),
            ClosePeriod close => this with { Closings = Closings.SetItem(close.Period, id) },
            // The other kinds say nothing of a trip or a period.
            _ => this,
        };
    }

    private ChainIndex WithAnswer(AnswerLeg answer, TransactionId id, CompanyId owner)
    {
        AnswerCounts counts = Answers.GetValueOrDefault(owner);
        ChainIndex next = WithLeg(answer.Leg, trace => Add(trace, id)) with
        {
            Answers = Answers.SetItem(owner, answer.Accepted
                ? counts with { Accepted = counts.Accepted + 1 }
                : counts with { Refused = counts.Refused + 1 }),
        };
        return answer.Refused is { } reason
            ? next with
            {
                Refusals = Refusals.SetItem(
                    answer.Leg.Trip,
                    FormattableString.Invariant(
                        $"leg {answer.Leg.Number}: {ApiJson.Name(reason)}")),
            }
            : next;
    }

    private ChainIndex WithLeg(LegId leg, Func<LegTrace, LegTrace> change) =>
        this with { Legs = Legs.SetItem(leg, change(Legs.GetValueOrDefault(leg, LegTrace.Empty))) };

    private static LegTrace Add(LegTrace trace, TransactionId id) =>
        trace with { Transactions = trace.Transactions.Add(id) };
}
