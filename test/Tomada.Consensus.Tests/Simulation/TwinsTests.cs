using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Consensus.Tests.Simulation;

public class TwinsTests
{
    private const int Ballots = 3;

    [Fact]
    public void Every_cut_of_every_ballot_with_one_twin_of_four_agrees_and_decides()
    {
        string?[] violations = new string?[TwinsSchedules.Count(Ballots)];
        Parallel.For(
            0, violations.Length, i => violations[i] = TwinsSchedules.Run(i, Ballots));
        int first = Array.FindIndex(violations, each => each is not null);
        Assert.True(first < 0, first < 0 ? "" : $"schedule {first}: {violations[first]}");
    }

    [Theory]
    [InlineData("QuorumLessOne")]
    [InlineData("EndorseTwice")]
    [InlineData("SkipPromiseCheck")]
    public void The_schedules_catch(string mutation)
    {
        ProtocolMutation planted = Enum.Parse<ProtocolMutation>(mutation);
        Assert.Contains(
            Enumerable.Range(0, TwinsSchedules.Count(Ballots)),
            i => TwinsSchedules.Run(i, Ballots, planted) is not null);
    }
}
