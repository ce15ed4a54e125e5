namespace Tomada.Node;

/// <summary>The clock that never goes back, as the core counts it.</summary>
internal static class MonotonicTime
{
    /// <summary>Milliseconds since some fixed moment; right for thousands of years.</summary>
    public static long MonotonicMs(this TimeProvider wall)
    {
        // Not ticks times 1,000: with ticks of 1 ns that overflows after 106 days.
        (long seconds, long ticks) =
            Math.DivRem(wall.GetTimestamp(), wall.TimestampFrequency);
        return (seconds * 1_000) + (ticks * 1_000 / wall.TimestampFrequency);
    }
}
