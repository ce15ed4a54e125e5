using Tomada.Simulation.Cluster;
using Xunit;

namespace Tomada.Replication.Tests.Cluster;

public class ClusterSimulationTests
{
    /// <summary>Histories of one test run; SEEDS=n explores more, from SEED on.</summary>
    private static int Count { get; } =
        int.Parse(Environment.GetEnvironmentVariable("SEEDS") ?? "1000", null);

    private static ulong First { get; } =
        ulong.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1", null);

    [Fact]
    public void Every_history_of_the_scenario_keeps_all_rules_and_comes_to_its_end()
    {
        ClusterHistory[] histories = new ClusterHistory[Count];
        Parallel.For(
            0, Count, i => histories[i] = ClusterSimulation.Run(First + (ulong)i));
        FaultTable met = new();
        foreach (ClusterHistory history in histories)
        {
            Assert.True(
                history.Violation is null,
                $"{history.Violation}\n{history.Plan}\nReplay: {history.ReplayCommand}");
            met.Add(history.Faults);
        }

        if (Count >= 1_000)
        {
            Assert.All(FaultTable.Kinds, kind => Assert.True(
                met.Counts.ContainsKey(kind), $"no history met: {kind}"));
        }
    }

    [Fact]
    public void A_seed_replays_the_same_history()
    {
        Assert.Equal(
            ClusterSimulation.Run(7, keepsLog: true).Log,
            ClusterSimulation.Run(7, keepsLog: true).Log);
    }
}
