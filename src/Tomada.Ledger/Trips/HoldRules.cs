using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>Whose holds, in which currency.</summary>
public readonly record struct HeldBy(CompanyId Company, Currency Currency) : IComparable<HeldBy>
{
    public static Codec<HeldBy> Codec { get; } = RecordCodec<HeldBy>.Part()
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "currency", x => x.Currency, Currency.Codec);

    public int CompareTo(HeldBy other)
    {
        int order = Company.CompareTo(other.Company);
        return order != 0 ? order : Currency.CompareTo(other.Currency);
    }

    public static bool operator <(HeldBy left, HeldBy right) => left.CompareTo(right) < 0;

    public static bool operator >(HeldBy left, HeldBy right) => left.CompareTo(right) > 0;

    public static bool operator <=(HeldBy left, HeldBy right) => left.CompareTo(right) <= 0;

    public static bool operator >=(HeldBy left, HeldBy right) => left.CompareTo(right) >= 0;
}

/// <summary>Pending transfers, one for each leg that may still cost something.</summary>
internal static class HoldRules
{
    public static void Put(Working state, Hold hold)
    {
        Invariant.Require(!state.Holds.Contains(hold.Leg), $"I3 leg {hold.Leg} has one hold");
        state.Holds.Put(hold.Leg, hold);
        Add(state, hold, hold.Amount.Amount);
    }

    /// <summary>Resolves the leg's hold: voided, or charged by the caller's postings.</summary>
    public static void Remove(Working state, LegId leg)
    {
        Hold hold = state.Holds.Get(leg);
        state.Holds.Remove(leg);
        Add(state, hold, -hold.Amount.Amount);
    }

    /// <summary>
    /// Sum of a company's holds in minor units, those of passed deadlines left out.
    /// </summary>
    public static long SumOf(Working state, CompanyId company, Currency currency)
    {
        state.Of(Tables.Held).TryGet(new HeldBy(company, currency), out long sum);

        // Empty unless a sweep reached its limit.
        foreach (Deadline due in Deadlines.Due(state))
        {
            if (due.Subject.Kind == DeadlineKind.TripDecision)
            {
                Trip trip = state.Trips.Get(new TripId(Digest.Parse(due.Subject.Id)));
                sum -= trip.Home != company ? 0 : trip.Legs
                    .Where(leg => leg.Request.PriceCap.Currency == currency)
                    .Sum(leg => leg.Request.PriceCap.Amount);
            }
        }

        return sum;
    }

    private static void Add(Working state, Hold hold, long amount)
    {
        HeldBy key = new(hold.Home, hold.Amount.Currency);
        state.Of(Tables.Held).TryGet(key, out long sum);
        Invariant.Require(sum + amount >= 0, "I3 pending is never below zero");
        if (sum + amount == 0)
        {
            state.Of(Tables.Held).Remove(key);
        }
        else
        {
            state.Of(Tables.Held).Put(key, sum + amount);
        }
    }
}
