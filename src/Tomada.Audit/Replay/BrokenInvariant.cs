using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>
/// Which invariant an entry breaks that is not the rules': first by what it says and may not, then
/// by what it leaves out, then by what it is about.
/// </summary>
/// <param name="parent">The state before the block.</param>
/// <param name="time">Time of the block.</param>
/// <param name="before">The block's entries before this one; they are the rules'.</param>
internal sealed class BrokenInvariant(
    LedgerState parent, Timestamp time, IEnumerable<Entry> before)
{
    /// <summary>The invariant's id; null when none is about the difference.</summary>
    /// <param name="own">What the rules make; null: no entry.</param>
    /// <param name="theirs">What the log has; null: no entry.</param>
    public string? Of(Entry? own, Entry? theirs)
    {
        ImmutableArray<Effect> mine = EffectsOf(own);
        ImmutableArray<Effect> other = EffectsOf(theirs);
        List<Effect> extra = Less(other, mine);
        List<Effect> sound = Less(other, [.. extra]);
        return extra.Select(each => Of(each, theirs, mine, sound))
            .Concat(Less(mine, other).Select(AboutOf))
            .Concat(other.Select(AboutOf))
            .FirstOrDefault(each => each is not null);
    }

    /// <summary>The invariant that an effect is about; null for those that none is about.</summary>
    internal static string? AboutOf(Effect effect) => effect switch
    {
        Posted => "I1",
        PeriodClosed => "I2",
        TripExpired => "I4",
        CdrAccepted => "I5",
        SessionStarted => "I6",
        CdrIssued or CdrPriced => "I7",
        TripHeld or TripConfirmed or TripRefused or LegEnded or LegBroken or TripEnded => "I10",
        MemberProposed or MemberApproved or MembersChanged or MemberChangeWaits
            or MemberProposalEnded or RulesChanged => "I12",
        EquivocationProven => "I14",
        _ => null,
    };

    private string? Of(
        Effect extra, Entry? entry, ImmutableArray<Effect> mine, List<Effect> sound) => extra switch
        {
            Posted posted => OfPosted(posted, EffectsOf(entry)),
            CdrAccepted accepted => OfAccepted(accepted),
            PeriodClosed closed => OfClosed(
                closed.Period, mine.OfType<PeriodClosed>().FirstOrDefault()?.Period),
            TripHeld held => IsBelowZero(entry) || IsPending(held.Trip, sound) ? "I3" : "I10",
            TripConfirmed confirmed => IsLate(confirmed.Trip) ? "I4" : "I10",
            TripRefused refused => IsPending(refused.Leg, sound) ? "I10" : "I3",
            LegEnded ended => IsPending(ended.Leg, sound) ? "I10" : "I3",
            LegBroken { Broken: var broken } =>
                mine.OfType<LegBroken>().Any(each => each.Broken.Leg == broken.Leg) ? "I7"
                    : IsPending(broken.Leg, sound) ? "I10" : "I3",
            TripExpired expired => IsPending(expired.Trip, sound) ? "I4" : "I3",
            _ => AboutOf(extra),
        };

    // A CDR moves money from company to company, from its home to its owner. What goes back is a
    // penalty for a broken leg or a credit, and what leaves suspense without an acceptance may
    // still be disputed.
    private string OfPosted(Posted posted, ImmutableArray<Effect> entry)
    {
        if (posted.Postings.Any(line => parent.Cdrs.Values.Any(cdr =>
            line.Debit.Company == cdr.Home && line.Credit.Company == cdr.Owner
            && cdr.Home != cdr.Owner))
            && !entry.Any(each => each is CdrIssued or CdrPriced or LegBroken))
        {
            return "I8";
        }

        bool leaves = posted.Postings.Any(line => line.Debit.Kind != line.Credit.Kind
            && (line.Debit.Kind == AccountKind.Suspense
                || line.Credit.Kind == AccountKind.Suspense));
        return leaves && !entry.Any(each => each is CdrAccepted) ? "I9" : "I1";
    }

    private string OfAccepted(CdrAccepted accepted) =>
        parent.Cdrs.TryGetValue(accepted.Session, out Cdr? cdr)
            && cdr.State is CdrState.Issued or CdrState.Acknowledged
                ? "I9" : "I5";

    private string OfClosed(Period theirs, Period? own)
    {
        if (theirs.Positions.GroupBy(each => each.Net.Currency)
            .Any(group => group.Aggregate(
                Int128.Zero, (sum, each) => sum + each.Net.Amount) != 0))
        {
            return "I2";
        }

        return own is not null && HasSuspense(theirs, own) ? "I9" : "I5";
    }

    // Whether what is netted besides the accepted CDRs is what one company owes another in
    // suspense: one CDR's amount, or that of all.
    private bool HasSuspense(Period theirs, Period own)
    {
        Dictionary<(CompanyId, Currency), Int128> more = [];
        Add(more, theirs.Positions, 1);
        Add(more, own.Positions, -1);
        Cdr[] waiting = [.. parent.Cdrs.Values.Where(cdr =>
            cdr.State is CdrState.Issued or CdrState.Acknowledged)];
        return waiting.Select(cdr => new[] { cdr }).Append(waiting).Any(cdrs =>
        {
            Dictionary<(CompanyId, Currency), Int128> left = new(more);
            Add(left, Netting.Positions(cdrs.Select(cdr =>
                new Claim(cdr.Home, cdr.Owner, cdr.Total))), -1);
            return cdrs.Length > 0 && left.Values.All(each => each == 0);
        });
    }

    private static void Add(
        Dictionary<(CompanyId, Currency), Int128> sums, IEnumerable<Position> positions, int sign)
    {
        foreach (Position each in positions)
        {
            (CompanyId, Currency) key = (each.Company, each.Net.Currency);
            sums[key] = sums.GetValueOrDefault(key) + (each.Net.Amount * (Int128)sign);
        }
    }

    private static bool IsBelowZero(Entry? entry) =>
        entry is TransactionEntry each
        && SignedTransaction.TryDecode(each.Transaction, out SignedTransaction? asked, out _)
        && asked!.Content.Body is ProposeTrip trip
        && trip.Legs.Any(leg => leg.PriceCap.Amount < 0);

    private bool IsLate(TripId trip) =>
        parent.Trips.TryGetValue(trip, out Trip? held) && held.DecideBy < time;

    private bool IsPending(TripId trip, List<Effect> sound) =>
        parent.Trips.TryGetValue(trip, out Trip? held)
        && held.Legs.Any(leg => IsPending(new LegId(trip, leg.Number), sound));

    // Whether the leg has a hold before this entry, and the entry's own sound part leaves it.
    private bool IsPending(LegId leg, List<Effect> sound)
    {
        Effect[] earlier = [.. before.SelectMany(each => EffectsOf(each)), .. sound];
        return (parent.Holds.ContainsKey(leg)
                || earlier.Any(each => each is TripHeld held && held.Trip == leg.Trip))
            && !earlier.Any(each => each switch
            {
                LegEnded ended => ended.Leg == leg,
                TripRefused refused => refused.Leg.Trip == leg.Trip,
                TripExpired expired => expired.Trip == leg.Trip,
                _ => false,
            });
    }

    private static List<Effect> Less(ImmutableArray<Effect> from, ImmutableArray<Effect> less)
    {
        List<byte[]> rest = [.. less.Select(Effect.Codec.Encode)];
        List<Effect> left = [];
        foreach (Effect each in from)
        {
            byte[] bytes = Effect.Codec.Encode(each);
            int at = rest.FindIndex(other => other.AsSpan().SequenceEqual(bytes));
            if (at >= 0)
            {
                rest.RemoveAt(at);
            }
            else
            {
                left.Add(each);
            }
        }

        return left;
    }

    private static ImmutableArray<Effect> EffectsOf(Entry? entry) => entry switch
    {
        TransactionEntry each => each.Effects,
        RuleEntry each => each.Effects,
        _ => [],
    };
}
