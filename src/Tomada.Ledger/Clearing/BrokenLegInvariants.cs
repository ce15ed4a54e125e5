using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>What must hold of a leg that its owner broke: I5, I7 and I10.</summary>
internal static class BrokenLegInvariants
{
    public static void Check(ClearingRows rows, BrokenLeg broken)
    {
        LegId id = broken.Leg;
        Invariant.Require(
            rows.Trips.TryGetValue(id.Trip, out Trip? trip) && id.Number <= trip.Legs.Length,
            $"I10 broken leg {id} is a leg");
        Leg leg = trip!.Legs[id.Number - 1];
        Invariant.Require(
            leg.State == LegState.Broken && leg.Attempt == 0,
            $"I10 leg {id} is {leg.State}, and broken before a session");
        Invariant.Require(
            broken.Owner == leg.Owner && broken.Home == trip.Home
                && broken.Penalty == BrokenLeg.PenaltyOf(leg.Request, trip.Home, broken.Permille),
            $"I7 the penalty of leg {id} recomputes");
        Invariant.Require(
            broken.SettledIn is not { } number
                || (broken.Penalty.Amount > 0
                    && rows.Periods.TryGetValue(number, out Period? period)
                    && period.State != PeriodState.Open),
            $"I5 the penalty of leg {id} is settled in a closed period");
        Invariant.Require(
            rows.OpenPenalties.ContainsKey(id) == broken.IsOpen,
            $"I5 the penalty of leg {id} waits for netting until it is settled");
    }
}
