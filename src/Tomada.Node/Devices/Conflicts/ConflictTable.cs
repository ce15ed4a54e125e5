using System.Collections.Immutable;
using System.Globalization;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Devices.Conflicts;

/// <summary>What the ledger promised of an EVSE, and what the EVSE says.</summary>
/// <param name="Leg">Confirmed or Charging.</param>
/// <param name="Window">The leg's, on the ledger clock.</param>
/// <param name="LeadMs">Of the rules.</param>
/// <param name="Shown">What can be believed of the EVSE now.</param>
/// <param name="IsTheirTurn">Whether the EVSE says that it is this leg that stands there.</param>
/// <param name="For">How long it has shown the same, in wall time.</param>
/// <param name="Now">The ledger clock.</param>
internal sealed record Situation(
    LegState Leg,
    TimeWindow Window,
    long LeadMs,
    EvseStatus Shown,
    bool IsTheirTurn,
    TimeSpan For,
    Timestamp Now)
{
    public bool IsConfirmed => Leg == LegState.Confirmed;

    public bool IsInWindow => Window.Contains(Now);

    public bool IsSoon =>
        Now.UnixMs >= Window.From.UnixMs - LeadMs && Now < Window.Until;

    public bool IsOut => Shown is EvseStatus.OUTOFORDER or EvseStatus.Inoperative;

    public bool IsTaken => Shown is EvseStatus.Charging or EvseStatus.Blocked;

    public bool Lasts => For >= DeskLimits.BrokenFor;
}

/// <summary>What the owner's node does about a leg.</summary>
internal enum LegAct
{
    /// <summary>Nothing: it passes by itself, or the rules end it.</summary>
    Wait = 1,

    /// <summary>The EVSE stays the leg's.</summary>
    Keep = 2,

    /// <summary>BreakLeg, and the driver is offered something else.</summary>
    Break = 3,
}

/// <summary>A row of the table; the first that holds counts.</summary>
/// <param name="Name">The conflict.</param>
/// <param name="Ledger">What the ledger says.</param>
/// <param name="Device">What the device says.</param>
/// <param name="When">When it is so.</param>
/// <param name="Does">What is done, for readers.</param>
/// <param name="Act">What is done.</param>
/// <param name="Reason">Of a break.</param>
/// <param name="Holds">Whether the row is about the situation.</param>
internal sealed record ConflictRow(
    string Name,
    string Ledger,
    string Device,
    string When,
    string Does,
    LegAct Act,
    BreakReason? Reason,
    Func<Situation, bool> Holds);

/// <summary>
/// Every conflict between what the ledger promised and what a station says, with what is done. What
/// a device says is true now; whose the future is, the ledger says. Where they contradict each
/// other the owner says so on the ledger, by BreakLeg.
/// </summary>
internal static class ConflictTable
{
    private static readonly string s_lasts = string.Create(
        CultureInfo.InvariantCulture, $"for {DeskLimits.BrokenFor.TotalSeconds:0} s of wall time");

    private static readonly string s_patience = string.Create(
        CultureInfo.InvariantCulture, $"{DeskLimits.OccupiedFor.TotalMinutes:0} min");

    public static ImmutableArray<ConflictRow> Rows { get; } =
    [
        new(
            "their own car stands there", "leg confirmed", "CHARGING or BLOCKED, for this leg",
            "at any time", "waits: the start that the station signed is on its way",
            LegAct.Wait, null,
            x => x.IsConfirmed && x.IsTaken && x.IsTheirTurn),
        new(
            "the station is silent", "leg confirmed", "UNKNOWN", "before the window ends",
            "waits: silence is no fault, and the leg's secret opens the plug offline",
            LegAct.Wait, null,
            x => x.IsConfirmed && x.Shown == EvseStatus.Unknown && x.Now < x.Window.Until),
        new(
            "a fault under a reservation", "leg confirmed", "OUTOFORDER",
            $"{s_lasts}, from the lead until the window ends",
            "BreakLeg, FAULTED; the car is offered alternatives",
            LegAct.Break, BreakReason.Faulted,
            x => x.IsConfirmed && x.Shown == EvseStatus.OUTOFORDER && x.IsSoon && x.Lasts),
        new(
            "switched off under a reservation", "leg confirmed", "INOPERATIVE",
            $"{s_lasts}, from the lead until the window ends",
            "BreakLeg, INOPERATIVE; the car is offered alternatives",
            LegAct.Break, BreakReason.Inoperative,
            x => x.IsConfirmed && x.Shown == EvseStatus.Inoperative && x.IsSoon && x.Lasts),
        new(
            "a fault that may be mended in time", "leg confirmed", "OUTOFORDER or INOPERATIVE",
            "not so long, or before the lead",
            "waits; a lasting fault takes the EVSE off the offer",
            LegAct.Wait, null,
            x => x.IsConfirmed && x.IsOut && x.Now < x.Window.Until),
        new(
            "another car in somebody's window", "leg confirmed",
            "CHARGING or BLOCKED, not for this leg",
            $"{s_lasts}, and the window began {s_patience} ago",
            "BreakLeg, OCCUPIED; the car is offered alternatives",
            LegAct.Break, BreakReason.Occupied,
            x => x.IsConfirmed && x.IsTaken && x.Lasts && x.Now < x.Window.Until
                && x.Now >= x.Window.From.Plus(DeskLimits.OccupiedFor)),
        new(
            "another car just before or at the start", "leg confirmed",
            "CHARGING or BLOCKED, not for this leg", "until then",
            "waits: who stands there was told when to leave",
            LegAct.Wait, null,
            x => x.IsConfirmed && x.IsTaken && x.Now < x.Window.Until),
        new(
            "the car is late", "leg confirmed", "AVAILABLE or RESERVED", "in the window",
            "keeps the EVSE until the window ends",
            LegAct.Keep, null,
            x => x.IsConfirmed && x.IsInWindow),
        new(
            "the car did not come", "leg confirmed", "anything", "after the window",
            "waits: a start that was signed in the window counts until the rules' grace is over; "
                + "then the leg ends UNUSED, at no fee",
            LegAct.Wait, null,
            x => x.IsConfirmed && x.Now >= x.Window.Until),
        new(
            "a car that stays", "leg charging", "anything", "after the window",
            "waits: the session runs until it is unplugged or its grace is over, and the pinned "
                + "tariff's PARKING_TIME prices what stands still; who comes next is \"another "
                + "car in somebody's window\"",
            LegAct.Wait, null,
            x => x.Leg == LegState.Charging && x.Now >= x.Window.Until),
        new(
            "no conflict", "leg confirmed or charging", "anything else", "at any time",
            "keeps the EVSE for it",
            LegAct.Keep, null,
            _ => true),
    ];

    /// <summary>The row that the situation is in.</summary>
    public static ConflictRow Decide(Situation situation) =>
        Rows.First(row => row.Holds(situation));
}
