using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Outlooks;

/// <summary>What this company says of its own EVSEs: the calendar and what stations show.</summary>
internal static class OutlookMaker
{
    /// <summary>
    /// The outlooks of own EVSEs on the ledger, ascending. One of which no station speaks is
    /// UNKNOWN.
    /// </summary>
    /// <param name="self">The company.</param>
    /// <param name="state">The newest state.</param>
    /// <param name="stations">What they show now.</param>
    /// <param name="now">The ledger clock.</param>
    /// <param name="slots">When the slots are.</param>
    /// <param name="asked">Of these alone; null: of all.</param>
    public static ImmutableArray<EvseOutlook> Make(
        CompanyId self,
        LedgerState state,
        IEnumerable<StationShown> stations,
        Timestamp now,
        SlotGrid slots,
        IEnumerable<EvseId>? asked = null)
    {
        SortedDictionary<EvseId, EvseShown> shown = [];
        foreach (StationEvseShown each in stations.SelectMany(station => station.Evses))
        {
            shown[each.Evse] = each.Shown;
        }

        return
        [
            .. (asked?.Distinct().Where(state.Evses.ContainsKey) ?? state.Evses.Keys)
                .Where(evse => evse.Company == self).Order().Select(evse =>
                Of(evse, shown.GetValueOrDefault(evse), Booked(state, evse), now, slots)),
        ];
    }

    private static EvseOutlook Of(
        EvseId evse,
        EvseShown? shown,
        ImmutableArray<TimeWindow> booked,
        Timestamp now,
        SlotGrid slots) => EvseOutlook.Of(
            evse,
            ConditionOf(shown?.Status ?? EvseStatus.Unknown),
            slots,
            IsWalkIn(shown) ? booked.Add(WalkIn(booked, now)) : booked);

    private static EvseCondition ConditionOf(EvseStatus status) => status switch
    {
        EvseStatus.Available or EvseStatus.Reserved or EvseStatus.Charging or EvseStatus.Blocked =>
            EvseCondition.Working,
        EvseStatus.Inoperative or EvseStatus.OUTOFORDER => EvseCondition.Unusable,
        _ => EvseCondition.Unknown,
    };

    /// <summary>Somebody stands there whom the calendar does not know.</summary>
    private static bool IsWalkIn(EvseShown? shown) =>
        shown is { Status: EvseStatus.Charging or EvseStatus.Blocked, Reservation: null };

    /// <summary>Until the next reservation, when he must leave, but not for ever.</summary>
    private static TimeWindow WalkIn(ImmutableArray<TimeWindow> booked, Timestamp now)
    {
        Timestamp until = now.Plus(OutlookDesk.WalkInMax);
        foreach (TimeWindow window in booked)
        {
            until = window.From > now && window.From < until ? window.From : until;
        }

        return new TimeWindow(now, until);
    }

    private static ImmutableArray<TimeWindow> Booked(LedgerState state, EvseId evse) =>
        state.Calendar.TryGetValue(evse, out ImmutableArray<Booking> booked)
            ? [.. booked.Select(booking => booking.Window)]
            : [];
}
