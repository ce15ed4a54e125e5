using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// The ledger's invariants, by their ids. After every block those of the rows that it changed; all
/// rows in tests, in the simulation and by the offline verifier.
/// </summary>
public static class Invariants
{
    /// <summary>Checks every row; takes time in proportion to the state.</summary>
    /// <exception cref="InvariantBrokenException">One does not hold.</exception>
    public static void Check(LedgerState state)
    {
        foreach (Trip trip in state.Trips.Values)
        {
            CheckTrip(trip, state.Calendar, state.Holds, state.Of(Tables.DeadlineTimes));
            CheckBroken(trip, state.Of(Tables.BrokenLegs));
        }

        foreach ((EvseId evse, ImmutableArray<Booking> row) in state.Calendar)
        {
            CheckCalendar(evse, row, state.Trips);
        }

        foreach (Hold hold in state.Holds.Values)
        {
            Invariant.Require(
                state.Trips.TryGetValue(hold.Leg.Trip, out Trip? trip)
                    && IsPending(trip.Legs[hold.Leg.Number - 1]),
                $"I4 hold of {hold.Leg} belongs to a leg that has not ended");
        }

        ClearingInvariants.Check(state);
        CheckIndexes(state);
        MembershipInvariants.Check(state);
    }

    /// <summary>Checks the rows that the block changed.</summary>
    internal static void CheckChanged(Working state)
    {
        MembershipInvariants.CheckChanged(state);
        ClearingInvariants.CheckChanged(state);
        foreach (TripId id in state.Trips.Touched)
        {
            if (state.Trips.TryGet(id, out Trip? trip))
            {
                CheckTrip(
                    trip,
                    state.Calendar.Rows,
                    state.Holds.Rows,
                    state.Of(Tables.DeadlineTimes).Rows);
                CheckBroken(trip, state.Of(Tables.BrokenLegs).Rows);
            }
        }

        foreach (EvseId evse in state.Calendar.Touched)
        {
            if (state.Calendar.TryGet(evse, out ImmutableArray<Booking> row))
            {
                CheckCalendar(evse, row, state.Trips.Rows);
            }
        }
    }

    private static void CheckTrip(
        Trip trip,
        ImmutableSortedDictionary<EvseId, ImmutableArray<Booking>> calendar,
        ImmutableSortedDictionary<LegId, Hold> holds,
        ImmutableSortedDictionary<DeadlineSubject, Timestamp> deadlines)
    {
        Invariant.Require(
            trip.Legs.All(leg => MayStand(trip.State, leg.State)),
            $"I10 legs of {trip.State} trip {trip.Id} stand all or none");
        bool waits = deadlines.TryGetValue(
            new DeadlineSubject(DeadlineKind.TripDecision, trip.Id.ToString()),
            out Timestamp decideBy);
        Invariant.Require(
            trip.State == TripState.Held ? waits && decideBy == trip.DecideBy : !waits,
            $"I4 trip {trip.Id} has a deadline while it is held");
        foreach (Leg leg in trip.Legs)
        {
            LegId id = TripRules.IdOf(trip, leg);
            bool booked = calendar.TryGetValue(leg.Request.Evse, out ImmutableArray<Booking> row)
                && row.Any(each => each.Leg == id && each.Window == leg.Request.Window);
            Invariant.Require(
                booked == IsPending(leg), $"I10 leg {id} has its window until it ends");
            Invariant.Require(
                holds.TryGetValue(id, out Hold? hold)
                    ? IsPending(leg)
                        && hold.Home == trip.Home
                        && hold.Amount == leg.Request.PriceCap
                    : !IsPending(leg),
                $"I3 leg {id} has its hold until it ends");
            Invariant.Require(
                deadlines.ContainsKey(new DeadlineSubject(DeadlineKind.LegUnused, id.ToString()))
                    == (leg.State == LegState.Confirmed),
                $"I10 leg {id} lapses only while it is confirmed");
        }
    }

    private static void CheckBroken(
        Trip trip, ImmutableSortedDictionary<LegId, BrokenLeg> broken) => Invariant.Require(
        trip.Legs.All(leg =>
            broken.ContainsKey(TripRules.IdOf(trip, leg)) == (leg.State == LegState.Broken)),
        $"I10 a broken leg of trip {trip.Id} has its record, and no other leg");

    private static void CheckCalendar(
        EvseId evse,
        ImmutableArray<Booking> row,
        ImmutableSortedDictionary<TripId, Trip> trips)
    {
        for (int i = 0; i < row.Length; i++)
        {
            Invariant.Require(
                i == 0 || row[i - 1].Window.Until <= row[i].Window.From,
                $"windows of {evse} never overlap");
            Invariant.Require(
                trips.TryGetValue(row[i].Leg.Trip, out Trip? trip)
                    && IsPending(trip.Legs[row[i].Leg.Number - 1]),
                $"I10 a booking of {evse} belongs to a leg that has not ended");
        }
    }

    private static void CheckIndexes(LedgerState state)
    {
        ImmutableSortedDictionary<DeadlineSubject, Timestamp> times =
            state.Of(Tables.DeadlineTimes);
        Invariant.Require(
            times.Count == state.Of(Tables.Deadlines).Count
                && times.All(each =>
                    state.Of(Tables.Deadlines).ContainsKey(new Deadline(each.Value, each.Key))),
            "every deadline is in the index by time once");
        foreach ((HeldBy key, long sum) in state.Of(Tables.Held))
        {
            Invariant.Require(
                sum == state.Holds.Values
                    .Where(hold => hold.Home == key.Company && hold.Amount.Currency == key.Currency)
                    .Sum(hold => hold.Amount.Amount),
                $"I3 the sum of {key.Company}'s holds is kept");
        }
    }

    private static bool IsPending(Leg leg) =>
        leg.State is LegState.Held or LegState.Accepted or LegState.Confirmed or LegState.Charging;

    private static bool MayStand(TripState trip, LegState leg) => trip switch
    {
        TripState.Held => leg is LegState.Held or LegState.Accepted,
        TripState.Confirmed => leg is LegState.Confirmed or LegState.Charging
            or LegState.Fulfilled or LegState.Unused or LegState.Broken,
        TripState.Refused or TripState.Expired => leg == LegState.Released,
        TripState.Completed => leg == LegState.Fulfilled,
        TripState.Partial => leg is LegState.Fulfilled or LegState.Unused or LegState.Broken,
        _ => throw new UnreachableException(trip.ToString()),
    };
}
