using Xunit;

namespace Tomada.Audit.Tests.Fsck;

public class FsckTests
{
    [Fact]
    public void The_log_of_a_real_run_passes()
    {
        using TestMirror mirror = TestMirror.Of(Chains.Trip);
        AuditReport report = mirror.Fsck();
        Assert.Empty(report.Findings);
        Assert.Equal(0, report.ExitCode);
        Assert.Equal(
            Chains.Trip.Blocks.Length, report.Counts.Single(each => each.Id == "blocks").Measured);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(15)]
    public void The_log_of_whatever_happens_passes_and_replays(ulong seed)
    {
        using TestMirror mirror = TestMirror.Of(Simulation.Cluster.ClusterChain.Run(seed));
        Assert.Empty(mirror.Fsck().Findings);
        Assert.Empty(mirror.Replay().Findings);
    }
}
