namespace Tomada.Node.Tests.Hosting;

public class MonotonicTimeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(107)]
    [InlineData(36_500)]
    public void A_machine_may_run_for_a_century(int days)
    {
        Running wall = new(days);
        Assert.Equal((days * 86_400_000L) + 1_234, wall.MonotonicMs());
    }

    /// <summary>Counts nanoseconds, as Linux does.</summary>
    private sealed class Running(int days) : TimeProvider
    {
        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => (days * 86_400_000_000_000L) + 1_234_999_999;
    }
}
