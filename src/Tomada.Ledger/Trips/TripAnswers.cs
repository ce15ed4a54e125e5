using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>AnswerLeg: the last acceptance confirms the trip, one refusal releases it.</summary>
internal static class TripAnswers
{
    public static Outcome Apply(Working state, TransactionContext context, AnswerLeg body)
    {
        if (TripRules.FindLeg(state, body.Leg) is not { } leg)
        {
            return Outcome.Refused(OutcomeCode.NotFound, "leg: it is not on the ledger");
        }

        string name = TripRules.Name(leg.Number);
        Trip trip = state.Trips.Get(body.Leg.Trip);
        if (leg.Owner != context.Sender)
        {
            return Outcome.Refused(OutcomeCode.NotAllowed, $"{name}: its owner is {leg.Owner}");
        }

        if (trip.State != TripState.Held || leg.State != LegState.Held)
        {
            return Outcome.Refused(
                OutcomeCode.WrongState, $"{name}: trip is {trip.State}, leg is {leg.State}");
        }

        // The deadline counts, not the sweep.
        if (trip.DecideBy <= state.Time)
        {
            return Outcome.Refused(
                OutcomeCode.WrongState, $"{name}: the trip expired at {trip.DecideBy}");
        }

        if (body.Refused is { } reason)
        {
            TripRules.Release(state, trip, TripState.Refused);
            state.Emit(new TripRefused(body.Leg, reason));
        }
        else
        {
            Accept(state, body.Leg, leg);
        }

        return Outcome.Applied;
    }

    private static void Accept(Working state, LegId id, Leg leg)
    {
        TripRules.Replace(state, id, leg with { State = LegState.Accepted });
        Trip trip = state.Trips.Get(id.Trip);
        if (trip.Legs.All(each => each.State == LegState.Accepted))
        {
            TripRules.Confirm(state, trip);
        }
    }
}
