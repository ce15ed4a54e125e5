using System.Diagnostics;

namespace Tomada.Ledger;

/// <summary>
/// BreakLeg: a confirmed leg that cannot be kept ends, and the others of its trip stand. Once a
/// session runs, its end says what was delivered and no leg is broken any more; before all owners
/// have accepted, the answer is to refuse.
/// </summary>
internal static class BreakRules
{
    public static Outcome Apply(Working state, TransactionContext context, BreakLeg body)
    {
        LegBreak said = body.Break;
        if (TripRules.FindLeg(state, said.Leg) is not { } leg)
        {
            return Outcome.Refused(OutcomeCode.NotFound, "leg: it is not on the ledger");
        }

        Trip trip = state.Trips.Get(said.Leg.Trip);
        Outcome? refusal = RefuseLeg(state, context, leg, said)
            ?? RefuseTime(state, trip, said)
            ?? RefuseSignature(state, context, body);
        if (refusal is not null)
        {
            return refusal;
        }

        int permille = state.Rules.BreakPenaltyPermille ?? 0;
        BrokenLeg broken = new(
            said.Leg,
            leg.Owner,
            trip.Home,
            said.Reason,
            body.StationSignature is not null,
            state.Time,
            permille,
            BrokenLeg.PenaltyOf(leg.Request, trip.Home, permille),
            SettledIn: null);
        state.Of(Tables.BrokenLegs).Put(said.Leg, broken);
        state.Emit(new LegBroken(broken));
        TripRules.EndLeg(state, said.Leg, LegState.Broken);
        Charge(state, broken);
        return Outcome.Applied;
    }

    // Nobody need accept it: the owner's own word and the rules make it, so it is netted next.
    private static void Charge(Working state, BrokenLeg broken)
    {
        if (broken.IsOpen)
        {
            state.Of(Tables.OpenPenalties).Put(broken.Leg, true);
            state.Post([new Posting(
                Books.Of(broken.Home, AccountKind.Clearing, broken.Penalty),
                Books.Of(broken.Owner, AccountKind.Clearing, broken.Penalty),
                broken.Penalty)]);
        }
    }

    private static Outcome? RefuseLeg(
        Working state, TransactionContext context, Leg leg, LegBreak said)
    {
        string name = TripRules.Name(leg.Number);
        if (leg.Owner != context.Sender)
        {
            return Outcome.Refused(OutcomeCode.NotAllowed, $"{name}: its owner is {leg.Owner}");
        }

        if (leg.Request.Evse != said.Evse)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, $"evse: {name} is booked at {leg.Request.Evse}");
        }

        string? why = leg.State switch
        {
            LegState.Confirmed when !TripRules.HasLapsed(state, said.Leg) => null,
            LegState.Confirmed => "its window's grace is over",
            LegState.Held => "it is not confirmed; its owner refuses it by AnswerLeg",
            LegState.Accepted => "it is not confirmed; the trip still waits for other owners",
            LegState.Charging => "its session runs, and ends by EndSession with reason FAULT",
            LegState.Released or LegState.Fulfilled or LegState.Unused or LegState.Broken =>
                $"it has ended, {leg.State}",
            _ => throw new UnreachableException(leg.State.ToString()),
        };
        return why is null ? null : Outcome.Refused(OutcomeCode.WrongState, $"{name}: {why}");
    }

    private static Outcome? RefuseTime(Working state, Trip trip, LegBreak said)
    {
        long latest = state.Time.UnixMs + (LedgerLimits.DeviceAheadMsMax * state.Clock.Factor);
        return said.At.UnixMs > latest
            ? Outcome.Refused(OutcomeCode.OutOfRules, $"at: {said.At} lies ahead of {state.Time}")
            : said.At < trip.ProposedAt
            ? Outcome.Refused(
                OutcomeCode.OutOfRules,
                $"at: {said.At} is before the trip was proposed, {trip.ProposedAt}")
            : null;
    }

    private static Outcome? RefuseSignature(
        Working state, TransactionContext context, BreakLeg body)
    {
        LegBreak said = body.Break;
        if (body.StationSignature is not { } signature)
        {
            return null;
        }

        if (said.Reason == BreakReason.StationUnreachable)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, "stationSignature: a station that signs is reachable");
        }

        return context.Verify(
            state.Evses.Get(said.Evse).Published.StationKey,
            said.SignedMessage(state.Network),
            signature)
            ? null
            : Outcome.Refused(
                OutcomeCode.WrongStationSignature,
                $"stationSignature: it is not by the station key of {said.Evse}");
    }
}
