using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>
/// Takes a broken EVSE off the offer, for all companies to see, and puts it back when it works
/// again. Slow to act and slower to act back: what flickers is nobody else's business. The operator
/// says INOPERATIVE, the desk OUT_OF_ORDER, and it takes back only its own word; until when the
/// offer holds is never changed here.
/// </summary>
internal sealed class AvailabilityDesk(
    DeskLedger ledger, Submitter submitter, Func<IEnumerable<EvseId>> evses,
    Func<EvseId, EvseStatus> shown, TimeProvider wall)
{
    private readonly SortedDictionary<EvseId, Watch> _watches = [];

    /// <summary>Looks at every EVSE; called once in a while.</summary>
    public void Work(CancellationToken ct)
    {
        LedgerState state = ledger.State();
        foreach (EvseId id in evses())
        {
            if (IsBroken(shown(id)) is { } broken
                && state.Evses.TryGetValue(id, out Evse? evse)
                && evse.AvailableUntil > ledger.Now())
            {
                Look(id, evse, broken, ct);
            }
        }
    }

    /// <summary>
    /// Null when it says nothing: silence is no fault, and what the operator switched off is his.
    /// </summary>
    private static bool? IsBroken(EvseStatus status) => status switch
    {
        EvseStatus.OUTOFORDER => true,
        EvseStatus.Available or EvseStatus.Reserved or EvseStatus.Charging
            or EvseStatus.Blocked => false,
        _ => null,
    };

    private void Look(EvseId id, Evse evse, bool broken, CancellationToken ct)
    {
        if (!_watches.TryGetValue(id, out Watch? watch) || watch.IsBroken != broken)
        {
            _watches[id] = watch = new Watch(
                broken, wall.GetTimestamp(), watch?.SaidAt, watch?.Said ?? 0);
        }

        (Availability from, Availability to, TimeSpan patience) = broken
            ? (Availability.Available, Availability.OutOfOrder, DeskLimits.BrokenFor)
            : (Availability.OutOfOrder, Availability.Available, DeskLimits.WorksFor);
        if (evse.Availability != from
            || wall.GetElapsedTime(watch.Since) < patience
            || (watch.SaidAt is { } said
                && wall.GetElapsedTime(said) < DeskLimits.AvailabilityPause))
        {
            return;
        }

        _watches[id] = watch with { SaidAt = wall.GetTimestamp(), Said = watch.Said + 1 };
        submitter.Submit(
            $"availability {id} {watch.Said}",
            new SetEvseAvailability(id, to, evse.AvailableUntil), ct);
    }

    private sealed record Watch(bool IsBroken, long Since, long? SaidAt, int Said);
}
