using Tomada.Simulation;
using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Consensus.Tests.Simulation;

public class SimulationTests
{
    /// <summary>Histories of one test run; SEEDS=n explores more, from SEED on.</summary>
    private static int Count { get; } =
        int.Parse(Environment.GetEnvironmentVariable("SEEDS") ?? "20000", null);

    private static ulong First { get; } =
        ulong.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1", null);

    [Fact]
    public void No_history_breaks_a_rule_and_all_recover()
    {
        ConsensusHistory[] histories = new ConsensusHistory[Count];
        Parallel.For(
            0, Count, i => histories[i] = ConsensusSimulation.Run(First + (ulong)i));
        foreach (ConsensusHistory history in histories)
        {
            Assert.True(
                history.Violation is null,
                $"{history.Violation}\n{history.Plan}\nReplay: {history.ReplayCommand}");
        }

        FaultTable met = new();
        foreach (ConsensusHistory history in histories)
        {
            met.Add(history.Faults);
        }

        if (Count >= 2_000)
        {
            Assert.All(ConsensusFaults.Kinds, kind => Assert.True(
                met.Counts.ContainsKey(kind), $"no history met: {kind}"));
        }

        Assert.True(histories.All(history => history.Heights >= 2), "every history decides");
        Assert.True(
            Count < 100 || histories.Max(history => history.HighestBallot) >= 3,
            "ballots are really changed");
    }

    [Fact]
    public void A_seed_replays_the_same_history()
    {
        ConsensusSimulationOptions options = new() { KeepsLog = true };
        Assert.Equal(
            ConsensusSimulation.Run(77, options).Log, ConsensusSimulation.Run(77, options).Log);
    }
}
