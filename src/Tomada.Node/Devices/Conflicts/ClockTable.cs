using System.Collections.Immutable;
using System.Globalization;

namespace Tomada.Node.Devices.Conflicts;

/// <summary>A row of the table; the first that holds counts.</summary>
/// <param name="Name">The case.</param>
/// <param name="When">When it is so.</param>
/// <param name="Does">What is done, for readers.</param>
/// <param name="TellsTime">Whether the station is told dn/node again.</param>
/// <param name="Holds">Whether the row is about a clock so far ahead; behind is negative.</param>
internal sealed record ClockRow(
    string Name, string When, string Does, bool TellsTime, Func<TimeSpan, bool> Holds);

/// <summary>
/// A station's clock against the node's. Nobody rewrites what a station signed: it is taken, it
/// waits, or the rules refuse it.
/// </summary>
internal static class ClockTable
{
    private static readonly string s_bound = string.Create(
        CultureInfo.InvariantCulture, $"{DeskLimits.StationAhead.TotalSeconds:0} s");

    private static readonly string s_pause = string.Create(
        CultureInfo.InvariantCulture, $"{DeskLimits.TimeToldPause.TotalMinutes:0} min");

    public static ImmutableArray<ClockRow> Rows { get; } =
    [
        new(
            "a clock that runs ahead", $"more than {s_bound} ahead",
            $"the station is told the time, once in {s_pause}; what it signed waits until the "
                + "ledger clock is there, for the rules refuse the future (OUT_OF_RULES)",
            true, ahead => ahead > DeskLimits.StationAhead),
        new(
            "a clock that is behind", $"more than {s_bound} behind, by a heartbeat, which is "
                + "never queued",
            $"the station is told the time, once in {s_pause}; the rules refuse a start from "
                + "before its window (OUT_OF_RULES) and a step from before the last one "
                + "(NOT_MONOTONIC)",
            true, ahead => ahead < -DeskLimits.StationAhead),
        new(
            "a clock that is right", "otherwise", "taken as it is", false, _ => true),
    ];

    /// <summary>The row that the clock is in.</summary>
    public static ClockRow Decide(TimeSpan ahead) => Rows.First(row => row.Holds(ahead));
}
