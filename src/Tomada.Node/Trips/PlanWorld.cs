using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Routing;

namespace Tomada.Node.Trips;

/// <summary>
/// What a plan is made of at one moment: the ledger's offers, calendar and tariffs, what this
/// company's own EVSEs show, and what the other companies say of theirs.
/// </summary>
/// <param name="State">The ledger.</param>
/// <param name="Now">Its clock.</param>
/// <param name="Self">The company that plans.</param>
/// <param name="Shown">What each EVSE of its stations shows.</param>
public sealed record PlanWorld(
    LedgerState State,
    Timestamp Now,
    CompanyId Self,
    ImmutableSortedDictionary<EvseId, EvseStatus> Shown)
{
    /// <summary>Windows that are not to be planned with, beside the calendar.</summary>
    public ImmutableArray<(EvseId Evse, TimeWindow Window)> Removed { get; init; } = [];

    /// <summary>What owners say; null where nobody asks them: the ledger's word counts.</summary>
    public OutlookView? Told { get; init; }

    /// <summary>Owners that did not answer just now: nothing that they said is sure.</summary>
    public ImmutableSortedSet<CompanyId> Silent { get; init; } = [];

    /// <summary>The planner's view of it.</summary>
    public PlannerView View() => new(Busy, Price)
    {
        Outlook = OutlookOf,
        PriceFloorPerKwh = PriceFloorPerKwh,
    };

    /// <summary>
    /// Whether a plan of the other moment would still be made now: nothing that it depends on has
    /// changed, and no offer began or ended between.
    /// </summary>
    public bool IsSameFor(PlanWorld other) =>
        ReferenceEquals(State.Calendar, other.State.Calendar)
        && ReferenceEquals(State.Evses, other.State.Evses)
        && ReferenceEquals(State.Locations, other.State.Locations)
        && ReferenceEquals(State.TariffHashes, other.State.TariffHashes)
        && ReferenceEquals(State.Tariffs, other.State.Tariffs)
        && ReferenceEquals(State.OcpiTariffs, other.State.OcpiTariffs)
        && Removed.SequenceEqual(other.Removed)
        && Shown.SequenceEqual(other.Shown)
        && (Told is { } told && other.Told is { } before
            ? told.IsSameAs(before)
            : Told is null && other.Told is null)
        && Silent.SetEquals(other.Silent)
        && (Now == other.Now || (!Shown.Values.Any(IsOccupied)
            && State.Evses.Values.All(evse => evse.IsOffered(Now) == evse.IsOffered(other.Now))));

    private static bool IsOccupied(EvseStatus status) =>
        status is EvseStatus.Charging or EvseStatus.Blocked;

    private List<TimeWindow> Busy(EvseId evse)
    {
        List<TimeWindow> busy = [];
        if (State.Calendar.TryGetValue(evse, out ImmutableArray<Booking> booked))
        {
            busy.AddRange(booked.Select(booking => booking.Window));
        }

        if (evse.Company != Self && Told is { } told)
        {
            busy.AddRange(told.Of(evse).Taken);
        }

        busy.AddRange(Removed.Where(each => each.Evse == evse).Select(each => each.Window));
        if (Shown.TryGetValue(evse, out EvseStatus status) && IsOccupied(status))
        {
            busy.Add(new TimeWindow(Now, Now.Plus(TripPlanLimits.OccupiedAssumed)));
        }

        return busy;
    }

    private Outlook OutlookOf(EvseId evse)
    {
        if (!State.Evses[evse].IsOffered(Now))
        {
            return Outlook.Unusable;
        }

        return evse.Company != Self
            ? OutlookOf(Told?.Of(evse).Condition ?? EvseCondition.Working, evse.Company)
            : Shown.GetValueOrDefault(evse) switch
            {
                EvseStatus.Inoperative or EvseStatus.OUTOFORDER => Outlook.Unusable,
                EvseStatus.Unknown => Outlook.Unknown,
                _ => Outlook.Good,
            };
    }

    private Outlook OutlookOf(EvseCondition condition, CompanyId owner) => condition switch
    {
        EvseCondition.Unusable => Outlook.Unusable,
        EvseCondition.Working when !Silent.Contains(owner) => Outlook.Good,
        _ => Outlook.Unknown,
    };

    private Money Price(EvseId evse, long energyWh, TimeWindow charging) =>
        TariffBook.Estimate(State, evse, charging, energyWh);

    /// <summary>Of a simple tariff its energy price; others have too many ways to be cheap.
    /// </summary>
    private decimal PriceFloorPerKwh(EvseId evse)
    {
        Digest hash = State.TariffHashes[State.Evses[evse].Published.Tariff];
        if (!State.Tariffs.TryGetValue(hash, out Tariff? tariff))
        {
            return 0;
        }

        decimal micros = tariff.Elements.SelectMany(element => element.Components)
            .Where(component => component.Type == TariffDimension.Energy)
            .Sum(component => (decimal)component.PriceMicros);
        decimal minorPerUnit = tariff.Currency.Exponent switch { 0 => 1, 2 => 100, _ => 1_000 };
        return tariff.Elements.Length == 1 ? micros * minorPerUnit / 1_000_000 : 0;
    }
}
