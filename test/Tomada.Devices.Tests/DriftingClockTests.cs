using Microsoft.Extensions.Time.Testing;

namespace Tomada.Devices.Tests;

public class DriftingClockTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-90, 0, -90)]
    [InlineData(0, 1_000, 3.6)]
    [InlineData(5, -1_000, 1.4)]
    public void After_an_hour_it_is_off_by_its_offset_and_its_drift(
        double offsetSeconds, int driftPpm, double offSeconds)
    {
        FakeTimeProvider right = new();
        DriftingClock wrong = new(right, TimeSpan.FromSeconds(offsetSeconds), driftPpm);
        right.Advance(TimeSpan.FromHours(1));
        Assert.Equal(
            offSeconds, (wrong.GetUtcNow() - right.GetUtcNow()).TotalSeconds, 0.000_001);
    }

    [Fact]
    public void Its_timers_are_right()
    {
        FakeTimeProvider right = new();
        DriftingClock wrong = new(right, TimeSpan.FromDays(1), 100_000);
        int rung = 0;
        using ITimer timer = wrong.CreateTimer(
            _ => rung++, null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        right.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal(0, rung);
        right.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(1, rung);
    }
}
