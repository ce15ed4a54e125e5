using Tomada.Simulation;
using Tomada.Simulation.Cluster;
using Xunit;

namespace Tomada.Replication.Tests.Cluster;

public class ClusterSimulationTests
{
    /// <summary>Histories of one test run; SEEDS=n explores more, from SEED on.</summary>
    private static int Count { get; } =
        int.Parse(Environment.GetEnvironmentVariable("SEEDS") ?? "500", null);

    private static ulong First { get; } =
        ulong.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1", null);

    /// <summary>4·T0 of ignoring, and the change to ballot 1.</summary>
    private const int ServedWithinMs = 2_000;

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

        if (Count >= 500)
        {
            Assert.All(ClusterFaults.Kinds, kind => Assert.True(
                met.Counts.ContainsKey(kind), $"no history met: {kind}"));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void A_leader_that_ignores_a_company_under_load_is_replaced(int members)
    {
        ClusterHistory history = ClusterSimulation.Run(1, Censoring(members));
        Assert.Null(history.Violation);
        Assert.True(history.Faults.Counts.ContainsKey(ClusterFaults.CensorReplaced));
        Assert.InRange(history.CensoredWaitMaxMs, 800, ServedWithinMs);
    }

    [Fact]
    public void Without_complaints_it_ignores_the_company_as_long_as_it_likes()
    {
        ClusterOptions options = Censoring(4) with { Mutation = ReplicationMutation.NoComplaints };
        Assert.True(ClusterSimulation.Run(1, options).CensoredWaitMaxMs > 2 * ServedWithinMs);
    }

    [Theory]
    [InlineData(ClusterChangeKind.Replace, "Replace", 0)]
    [InlineData(ClusterChangeKind.Replace, "Replace", 100_000)]
    [InlineData(ClusterChangeKind.Remove, "Remove", 0)]
    [InlineData(ClusterChangeKind.Remove, "Remove", 100_000)]
    public void While_one_of_three_is_down_nobody_joins_but_the_dead_one_goes(
        ClusterChangeKind later, string kind, int lossPerMillion)
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            ClusterHistory history = ClusterSimulation.Run(
                seed,
                new() { Plan = ClusterPlan.JoiningWhileDown(later, lossPerMillion) });
            Assert.Null(history.Violation);
            Assert.Equal(kind, history.Changes[0].Kind);
            Assert.True(history.Changes[0].IsNodeDown);

            // Once the dead one is out, the newcomer joins the two that are left.
            Assert.Equal(
                later == ClusterChangeKind.Replace ? [] : ["Admit"],
                history.Changes.Skip(1).Select(each => each.Kind));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public void Who_cosigns_two_logs_is_convicted_by_everybody_and_ends_on_the_ledger(int members)
    {
        ClusterHistory history = ClusterSimulation.Run(
            1, new ClusterOptions { Plan = ClusterPlan.TwoHeads(members) });
        Assert.Null(history.Violation);
        Assert.True(history.Faults.Counts[ClusterFaults.LiarTwoHeadsFound] >= members - 1);
        Assert.True(history.Faults.Counts[ClusterFaults.LiarTwoHeadsReported] > 0);
    }

    [Fact]
    public void Who_cosigns_what_others_say_is_provably_guilty()
    {
        string? violation = ClusterSimulation.Run(1, new ClusterOptions
        {
            Plan = ClusterPlan.TwoHeads(4),
            Mutation = ReplicationMutation.CosignWhatIsHeard,
        }).Violation;
        Assert.Contains("is provably guilty of TwoHeads", violation, StringComparison.Ordinal);
    }

    private static ClusterOptions Censoring(int members) =>
        new() { Plan = ClusterPlan.Censoring(members, censor: 0, censored: 1) };

    [Fact]
    public void A_seed_replays_the_same_history()
    {
        Assert.Equal(
            ClusterSimulation.Run(7, new ClusterOptions { KeepsLog = true }).Log,
            ClusterSimulation.Run(7, new ClusterOptions { KeepsLog = true }).Log);
    }
}
