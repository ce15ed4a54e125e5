namespace Tomada.Devices;

/// <summary>
/// A device's wall clock that is wrong: off from the start, and ever more. Timers are right; a
/// quartz that loses a second in a day does not make a minute longer that anybody would notice.
/// </summary>
/// <param name="right">The clock that is right.</param>
/// <param name="offset">How far ahead this one is at the start; behind when negative.</param>
/// <param name="driftPpm">Millionths that it runs too fast; too slow when negative.</param>
public sealed class DriftingClock(TimeProvider right, TimeSpan offset, int driftPpm) : TimeProvider
{
    private const long Million = 1_000_000;
    private readonly long _started = right.GetTimestamp();

    public override TimeZoneInfo LocalTimeZone => right.LocalTimeZone;

    public override long TimestampFrequency => right.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        long elapsedTicks = right.GetElapsedTime(_started).Ticks;
        long driftTicks = (long)((Int128)elapsedTicks * driftPpm / Million);
        return right.GetUtcNow() + offset + TimeSpan.FromTicks(driftTicks);
    }

    public override long GetTimestamp() => right.GetTimestamp();

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        right.CreateTimer(callback, state, dueTime, period);
}
