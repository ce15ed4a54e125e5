using System.Collections.Immutable;
using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>ProposeTrip: every leg is held in this block, or none.</summary>
internal static class TripProposals
{
    public static Outcome Apply(Working state, TransactionContext context, ProposeTrip body)
    {
        if (body.DecideWithinMs > state.Rules.DecisionMaxMs)
        {
            return Outcome.Refused(OutcomeCode.OutOfRules, string.Create(
                CultureInfo.InvariantCulture,
                $"decideWithinMs: {body.DecideWithinMs} is more than {state.Rules.DecisionMaxMs}"));
        }

        TripId id = new(context.Id.Digest);
        Invariant.Require(!state.Trips.Contains(id), "a ProposeTrip is executed once");
        for (int i = 0; i < body.Legs.Length; i++)
        {
            Outcome? refusal = RefuseWindow(state, body.Legs, i)
                ?? RefuseOffer(state, body.Legs[i], i + 1)
                ?? Book(state, new LegId(id, i + 1), body.Legs[i]);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        if (RefuseCredit(state, context.Sender, body.Legs) is { } overLimit)
        {
            return overLimit;
        }

        Hold(state, id, context.Sender, body);
        return Outcome.Applied;
    }

    private static void Hold(Working state, TripId id, CompanyId home, ProposeTrip body)
    {
        Timestamp decideBy = new(state.Time.UnixMs + body.DecideWithinMs);
        Trip trip = new(
            id,
            home,
            body.Driver,
            TripState.Held,
            state.Time,
            decideBy,
            [.. body.Legs.Select((request, i) => new Leg(i + 1, request, LegState.Held, 0))]);
        state.Trips.Put(id, trip);
        foreach (Leg leg in trip.Legs)
        {
            HoldRules.Put(state, new Hold(TripRules.IdOf(trip, leg), home, leg.Request.PriceCap));
        }

        Deadlines.Set(state, DeadlineKind.TripDecision, id.ToString(), decideBy);
        state.Emit(new TripHeld(id, decideBy));
    }

    private static Outcome? RefuseWindow(Working state, ImmutableArray<LegRequest> legs, int index)
    {
        TimeWindow window = legs[index].Window;
        long gridMs = state.Rules.GridMs;
        string? why = null;
        if (window.From.UnixMs % gridMs != 0 || window.Until.UnixMs % gridMs != 0)
        {
            why = string.Create(
                CultureInfo.InvariantCulture, $"is not on the grid of {gridMs / 60_000} min");
        }
        else if (window.From <= state.Time)
        {
            why = $"does not begin after {state.Time}";
        }
        else if (window.Until.UnixMs > state.Time.UnixMs + state.Rules.HorizonMs)
        {
            why = string.Create(
                CultureInfo.InvariantCulture,
                $"ends more than {state.Rules.HorizonMs / 86_400_000} days ahead");
        }
        else if (index > 0 && window.From < legs[index - 1].Window.Until)
        {
            why = $"begins before {TripRules.Name(index)} ends";
        }

        return why is null
            ? null
            : Outcome.Refused(
                OutcomeCode.OutOfRules, $"{TripRules.Name(index + 1)}: window {window} {why}");
    }

    private static Outcome? RefuseOffer(Working state, LegRequest leg, int number)
    {
        string name = TripRules.Name(number);
        if (!state.Evses.TryGet(leg.Evse, out Evse? evse))
        {
            return Outcome.Refused(
                OutcomeCode.NotFound, $"{name}: evse {leg.Evse} is not on the ledger");
        }

        if (!state.Members.Contains(leg.Evse.Company))
        {
            return Outcome.Refused(
                OutcomeCode.NotAvailable, $"{name}: {leg.Evse.Company} is a member no more");
        }

        if (!evse.IsOffered(state.Time))
        {
            return Outcome.Refused(
                OutcomeCode.NotAvailable,
                $"{name}: evse {leg.Evse} is not offered (last said until {evse.AvailableUntil})");
        }

        Digest tariff = state.TariffHashes.Get(evse.Published.Tariff);
        if (tariff != leg.Tariff)
        {
            return Outcome.Refused(
                OutcomeCode.TariffChanged,
                $"{name}: the tariff of {leg.Evse} is now {tariff.ToShortString()}");
        }

        Currency currency = state.Tariffs.TryGet(tariff, out Tariff? simple)
            ? simple.Currency
            : state.OcpiTariffs.Get(tariff).Currency;
        return leg.PriceCap.Currency == currency && leg.PriceCap.Amount >= 0
            ? null
            : Outcome.Refused(
                OutcomeCode.OutOfRules,
                $"{name}: price cap {leg.PriceCap} is not zero or more in {currency}");
    }

    private static Outcome? Book(Working state, LegId id, LegRequest leg) =>
        CalendarRules.TryInsert(state, leg.Evse, new Booking(leg.Window, id))
            ? null
            : Outcome.Refused(
                OutcomeCode.WindowTaken,
                $"{TripRules.Name(id.Number)}: {leg.Evse} is taken within {leg.Window}");

    private static Outcome? RefuseCredit(
        Working state, CompanyId home, ImmutableArray<LegRequest> legs)
    {
        foreach (IGrouping<Currency, LegRequest> group
            in legs.GroupBy(leg => leg.PriceCap.Currency))
        {
            Money asked = new(group.Sum(leg => leg.PriceCap.Amount), group.Key);
            Money limit = new(state.Rules.CreditLimit, group.Key);
            Money exposure = ClearingRules.Exposure(state, home, group.Key);
            if (exposure.Amount + asked.Amount > limit.Amount)
            {
                return Outcome.Refused(
                    OutcomeCode.LimitExceeded,
                    $"{home} has {exposure} outstanding; {asked} more exceed its limit of {limit}");
            }
        }

        return null;
    }
}
