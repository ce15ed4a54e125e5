using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>When power flows at a stop, and what has to be reserved for it.</summary>
internal readonly record struct Slot(
    TimeWindow Window, Timestamp ChargeFrom, Timestamp ChargeUntil);

/// <summary>The first free slot of an EVSE for a car that arrives at some time.</summary>
internal static class SlotFinder
{
    /// <summary>
    /// Finds the earliest start whose window, slack included and on the grid, meets no busy window.
    /// Null when the wait or the window would be too long.
    /// </summary>
    /// <param name="arrival">When the car is there.</param>
    /// <param name="charging">How long power must flow.</param>
    /// <param name="notBefore">No window starts before this: the query's departure.</param>
    /// <param name="waitMax">Longest wait.</param>
    /// <param name="busy">Windows that are taken, in any order.</param>
    public static Slot? Find(
        Timestamp arrival,
        TimeSpan charging,
        Timestamp notBefore,
        TimeSpan waitMax,
        IReadOnlyList<TimeWindow> busy)
    {
        Timestamp ready = Later(
            arrival.Plus(RoutingLimits.PlugIn), GridUp(notBefore).Plus(RoutingLimits.SlackBefore));
        Timestamp start = ready;
        while (start.Since(ready) <= waitMax)
        {
            TimeWindow window = WindowOf(start, charging);
            if (window.Length > RoutingLimits.WindowMax)
            {
                return null;
            }

            Timestamp? free = EndOfOverlaps(window, busy);
            if (free is null)
            {
                return new Slot(window, start, start.Plus(charging));
            }

            start = GridUp(free.Value).Plus(RoutingLimits.SlackBefore);
        }

        return null;
    }

    /// <summary>The next instant of the grid that is not before the time.</summary>
    internal static Timestamp GridUp(Timestamp time) =>
        GridDown(new Timestamp(time.UnixMs + GridMs - 1));

    private static long GridMs => RoutingLimits.Grid.Ticks / TimeSpan.TicksPerMillisecond;

    private static Timestamp GridDown(Timestamp time) => new(time.UnixMs - (time.UnixMs % GridMs));

    private static TimeWindow WindowOf(Timestamp start, TimeSpan charging) => new(
        GridDown(start.Plus(-RoutingLimits.SlackBefore)),
        GridUp(start.Plus(charging).Plus(RoutingLimits.SlackAfter)));

    private static Timestamp? EndOfOverlaps(TimeWindow window, IReadOnlyList<TimeWindow> busy)
    {
        Timestamp? end = null;
        foreach (TimeWindow taken in busy)
        {
            if (taken.Overlaps(window) && (end is null || taken.Until > end.Value))
            {
                end = taken.Until;
            }
        }

        return end;
    }

    private static Timestamp Later(Timestamp left, Timestamp right) => left > right ? left : right;
}
