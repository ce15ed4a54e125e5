using System.Collections.Immutable;
using System.Globalization;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Devices.Conflicts;

/// <summary>Somebody without a reservation stands at an EVSE.</summary>
/// <param name="Shown">What the EVSE shows.</param>
/// <param name="Next">The next window that is taken there, held or confirmed.</param>
/// <param name="LeadMs">Of the rules.</param>
/// <param name="Now">The ledger clock.</param>
internal sealed record WalkIn(EvseStatus Shown, Booking? Next, long LeadMs, Timestamp Now)
{
    /// <summary>From then on the station shows RESERVED.</summary>
    public Timestamp? LeaveBy =>
        Next is null ? null : new Timestamp(Next.Window.From.UnixMs - LeadMs);
}

/// <summary>A row of the table; the first that holds counts.</summary>
/// <param name="Name">The case.</param>
/// <param name="When">When it is so.</param>
/// <param name="Does">What the station is answered, for readers.</param>
/// <param name="Code">The reply's code.</param>
/// <param name="Holds">Whether the row is about it.</param>
internal sealed record WalkInRow(
    string Name, string When, string Does, ReplyCode Code, Func<WalkIn, bool> Holds);

/// <summary>Whether a walk-in may start, and when he must leave.</summary>
internal static class WalkInTable
{
    private static readonly string s_least = string.Create(
        CultureInfo.InvariantCulture, $"{DeskLimits.WalkInMin.TotalMinutes:0} min");

    public static ImmutableArray<WalkInRow> Rows { get; } =
    [
        new(
            "out of order", "the EVSE shows OUTOFORDER or INOPERATIVE", "UNAVAILABLE",
            ReplyCode.Unavailable,
            x => x.Shown is EvseStatus.OUTOFORDER or EvseStatus.Inoperative),
        new(
            "somebody charges", "it shows CHARGING", "OCCUPIED", ReplyCode.Occupied,
            x => x.Shown == EvseStatus.Charging),
        new(
            "too close to a reservation",
            $"less than {s_least} are left until the lead of the next window",
            "OCCUPIED: the start would overlap", ReplyCode.Occupied,
            x => x.LeaveBy is { } leave && x.Now.Plus(DeskLimits.WalkInMin) > leave),
        new(
            "before a reservation", "more time than that is left",
            "OK, with leaveBy: the next window's start minus the lead", ReplyCode.Ok,
            x => x.LeaveBy is not null),
        new("free", "nothing is reserved", "OK, without an end", ReplyCode.Ok, _ => true),
    ];

    /// <summary>The row that the walk-in is in.</summary>
    public static WalkInRow Decide(WalkIn walkIn) => Rows.First(row => row.Holds(walkIn));
}
