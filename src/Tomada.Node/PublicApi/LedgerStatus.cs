using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>
/// OCPI Status of an EVSE at the time of the newest block, as the ledger knows it: what a booking
/// or a session says, else the owner's word while that holds.
/// </summary>
/// <param name="Status">OCPI's.</param>
/// <param name="Source">By whose word: OWNER, BOOKING, SESSION, or NOBODY.</param>
/// <param name="ValidUntil">From this ledger time on it is not known from here; null: until the
/// ledger says otherwise, or nothing is known now.</param>
internal sealed record LedgerStatus(string Status, string Source, Timestamp? ValidUntil)
{
    public static LedgerStatus Of(LedgerState state, EvseId id, Evse evse)
    {
        if (evse.Availability != Availability.Available)
        {
            return new(
                evse.Availability == Availability.Inoperative ? "INOPERATIVE" : "OUTOFORDER",
                "OWNER", null);
        }

        if (state.Of(Tables.NewestSessions).TryGetValue(id, out SessionId newest)
            && state.Sessions[newest].State == SessionState.Active)
        {
            return new("CHARGING", "SESSION", null);
        }

        ImmutableArray<Booking> bookings = state.Calendar.GetValueOrDefault(id, []);
        Timestamp? next = null;
        foreach (Booking each in bookings.Where(each => state.Time < each.Window.Until))
        {
            Timestamp shown = new(each.Window.From.UnixMs - state.Rules.LeadMs);
            if (state.Time >= shown)
            {
                return new("RESERVED", "BOOKING", each.Window.Until);
            }

            next = next is { } earlier && earlier < shown ? earlier : shown;
        }

        return !evse.IsOffered(state.Time)
            ? new("UNKNOWN", "NOBODY", null)
            : new(
                "AVAILABLE", "OWNER",
                next is { } first && first < evse.AvailableUntil ? first : evse.AvailableUntil);
    }
}
