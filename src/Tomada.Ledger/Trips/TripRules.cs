using System.Collections.Immutable;
using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>The steps of a trip's life that more than one rule takes.</summary>
public static class TripRules
{
    /// <summary>The trip's leg; null when there is no such leg.</summary>
    public static Leg? FindLeg(Working state, LegId id) =>
        state.Trips.TryGet(id.Trip, out Trip? trip) && id.Number <= trip.Legs.Length
            ? trip.Legs[id.Number - 1]
            : null;

    /// <summary>Whether the leg's window and grace have passed without a session.</summary>
    public static bool HasLapsed(Working state, LegId leg) =>
        Deadlines.Find(state, DeadlineKind.LegUnused, leg.ToString()) is { } at && at <= state.Time;

    /// <summary>
    /// A session began on a confirmed leg: it is charging and cannot lapse any more.
    /// </summary>
    public static void StartCharging(Working state, LegId id)
    {
        Leg leg = Require(FindLeg(state, id), id, LegState.Confirmed);
        Deadlines.Clear(state, DeadlineKind.LegUnused, id.ToString());
        Replace(state, id, leg with { State = LegState.Charging, Attempt = leg.Attempt + 1 });
    }

    /// <summary>
    /// A confirmed or charging leg comes to its one end: its time is free, its hold is resolved.
    /// With the last leg the trip ends, COMPLETED when every leg was fulfilled and PARTIAL
    /// otherwise.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="id">The leg.</param>
    /// <param name="end">Fulfilled (a charging leg), Unused or Broken (a confirmed one).</param>
    public static void EndLeg(Working state, LegId id, LegState end)
    {
        Leg leg = Require(
            FindLeg(state, id), id, end == LegState.Fulfilled
                ? LegState.Charging
                : LegState.Confirmed);
        Invariant.Require(HasEnded(end), $"{end} ends a confirmed leg");
        Deadlines.Clear(state, DeadlineKind.LegUnused, id.ToString());
        Free(state, id, leg);
        Replace(state, id, leg with { State = end });
        state.Emit(new LegEnded(id, end));

        Trip trip = state.Trips.Get(id.Trip);
        if (trip.Legs.All(each => HasEnded(each.State)))
        {
            TripState tripEnd = trip.Legs.All(each => each.State == LegState.Fulfilled)
                ? TripState.Completed
                : TripState.Partial;
            state.Trips.Put(trip.Id, trip with { State = tripEnd });
            state.Emit(new TripEnded(trip.Id, tripEnd));
        }
    }

    /// <summary>The last owner accepted: every leg is confirmed in this block.</summary>
    internal static void Confirm(Working state, Trip trip)
    {
        Deadlines.Clear(state, DeadlineKind.TripDecision, trip.Id.ToString());
        ImmutableArray<Leg> legs =
            [.. trip.Legs.Select(leg => leg with { State = LegState.Confirmed })];
        state.Trips.Put(trip.Id, trip with { State = TripState.Confirmed, Legs = legs });
        foreach (Leg leg in legs)
        {
            Timestamp lapse = new(leg.Request.Window.Until.UnixMs + state.Rules.SessionGraceMs);
            Deadlines.Set(state, DeadlineKind.LegUnused, IdOf(trip, leg).ToString(), lapse);
        }

        state.Emit(new TripConfirmed(trip.Id));
    }

    /// <summary>The trip ends undecided: every leg is released in this block.</summary>
    /// <param name="state">The state.</param>
    /// <param name="trip">A held trip.</param>
    /// <param name="end">Refused or Expired.</param>
    internal static void Release(Working state, Trip trip, TripState end)
    {
        Invariant.Require(trip.State == TripState.Held, $"I10 trip {trip.Id} ends once");
        Deadlines.Clear(state, DeadlineKind.TripDecision, trip.Id.ToString());
        foreach (Leg leg in trip.Legs)
        {
            Free(state, IdOf(trip, leg), leg);
        }

        state.Trips.Put(trip.Id, trip with
        {
            State = end,
            Legs = [.. trip.Legs.Select(leg => leg with { State = LegState.Released })],
        });
    }

    /// <summary>The deadline of a held trip has passed.</summary>
    internal static void Expire(Working state, TripId id)
    {
        Trip trip = state.Trips.Get(id);
        Invariant.Require(trip.DecideBy <= state.Time, $"trip {id} expires at its deadline");
        Release(state, trip, TripState.Expired);
        state.Emit(new TripExpired(id));
    }

    /// <summary>
    /// Expires the trip now if it is held and its deadline has passed; whether it did.
    /// </summary>
    internal static bool ExpireIfDue(Working state, TripId id)
    {
        Trip trip = state.Trips.Get(id);
        bool due = trip.State == TripState.Held && trip.DecideBy <= state.Time;
        if (due)
        {
            Expire(state, id);
        }

        return due;
    }

    internal static LegId IdOf(Trip trip, Leg leg) => new(trip.Id, leg.Number);

    /// <summary>"leg 3", for refusals.</summary>
    internal static string Name(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"leg {number}");

    internal static void Replace(Working state, LegId id, Leg leg)
    {
        Trip trip = state.Trips.Get(id.Trip);
        state.Trips.Put(trip.Id, trip with { Legs = trip.Legs.SetItem(id.Number - 1, leg) });
    }

    private static bool HasEnded(LegState state) =>
        state is LegState.Fulfilled or LegState.Unused or LegState.Broken;

    private static void Free(Working state, LegId id, Leg leg)
    {
        CalendarRules.Remove(state, leg.Request.Evse, id);
        HoldRules.Remove(state, id);
    }

    private static Leg Require(Leg? leg, LegId id, LegState needed)
    {
        Invariant.Require(leg is not null, $"leg {id} exists");
        Invariant.Require(leg.State == needed, $"I10 leg {id} is {needed}, not {leg.State}");
        return leg;
    }
}
