using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// Who has the right to an EVSE's time. <see cref="TryInsert"/> is the only way in, and it cannot
/// make an overlap: windows of one EVSE never overlap by construction.
/// </summary>
internal static class CalendarRules
{
    /// <summary>A calendar's row: its bookings in the order of time.</summary>
    public static Codec<ImmutableArray<Booking>> RowCodec { get; } = RecordCodec<Row>.Versioned(1)
        .Field(
            1, "bookings", x => x.Bookings, Codecs.List(Booking.Codec, 1, LedgerLimits.BookingsMax))
        .Convert(row => row.Bookings, bookings => new Row(bookings));

    /// <summary>Books the window for the leg if nothing that still stands overlaps it.</summary>
    public static bool TryInsert(Working state, EvseId evse, Booking booking)
    {
        ImmutableArray<Booking> row = RowOf(state, evse);
        int at = FirstEndingAfter(row, booking.Window.From);
        while (at < row.Length && row[at].Window.Overlaps(booking.Window))
        {
            // A hold whose deadline has passed is free, even when no sweep has come to it yet.
            if (state.EffectCount >= LedgerLimits.ExpiriesPerProposalMax
                || !TripRules.ExpireIfDue(state, row[at].Leg.Trip))
            {
                return false;
            }

            row = RowOf(state, evse);
            at = FirstEndingAfter(row, booking.Window.From);
        }

        if (row.Length == LedgerLimits.BookingsMax)
        {
            return false;
        }

        state.Calendar.Put(evse, row.Insert(at, booking));
        return true;
    }

    /// <summary>Frees what the leg has booked.</summary>
    public static void Remove(Working state, EvseId evse, LegId leg)
    {
        ImmutableArray<Booking> row = state.Calendar.Get(evse);
        ImmutableArray<Booking> left = row.RemoveAll(each => each.Leg == leg);
        Invariant.Require(left.Length == row.Length - 1, $"I10 leg {leg} has one booking");
        if (left.IsEmpty)
        {
            state.Calendar.Remove(evse);
        }
        else
        {
            state.Calendar.Put(evse, left);
        }
    }

    private static ImmutableArray<Booking> RowOf(Working state, EvseId evse) =>
        state.Calendar.TryGet(evse, out ImmutableArray<Booking> row) ? row : [];

    /// <summary>
    /// Ends ascend like starts, so the first that can overlap is found by halving.
    /// </summary>
    private static int FirstEndingAfter(ImmutableArray<Booking> row, Timestamp from)
    {
        int low = 0;
        int high = row.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (row[middle].Window.Until > from)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private sealed record Row(ImmutableArray<Booking> Bookings);
}
