using Tomada.Network.Tests.Lan;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Network.Tests;

/// <summary>
/// Real nodes on three machines, under load: what happens to one of them, or to a cable, stops
/// nobody else and loses nothing.
/// </summary>
public sealed class FaultTests(ThreeMachines machines)
{
    /// <summary>Answers of each company before a fault, during it, and after it.</summary>
    private const int AnswersPerStage = 15;

    /// <summary>In the worst network each answer takes seconds.</summary>
    private const int AnswersWhenSlow = 3;

    /// <summary>
    /// Longest a test may take, in ms; far more than it needs on an idle machine.
    /// </summary>
    private const int TestMs = 300_000;

    [Fact(Timeout = TestMs)]
    public async Task A_leader_that_is_killed_under_load_stops_nobody_and_loses_nothing()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        Cluster cluster = await UpAsync();
        await using Load load = new(cluster, stop);
        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);

        Machine leader = await cluster.LeaderAsync(stop);
        await leader.KillAsync();
        await load.ProgressAsync(AnswersPerStage, Others(cluster, leader), stop);

        leader.Start();
        await leader.RunningAsync(stop);
        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);
        await Checker.CheckAsync(cluster, await load.EndAsync(), stop);
    }

    [Fact(Timeout = TestMs)]
    public async Task A_leader_that_is_frozen_is_passed_over_and_catches_up_when_it_thaws()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        Cluster cluster = await UpAsync();
        await using Load load = new(cluster, stop);
        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);

        Machine leader = await cluster.LeaderAsync(stop);
        leader.Freeze();
        try
        {
            await load.ProgressAsync(AnswersPerStage, Others(cluster, leader), stop);
        }
        finally
        {
            leader.Thaw();
        }

        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);
        await Checker.CheckAsync(cluster, await load.EndAsync(), stop);
    }

    [Fact(Timeout = TestMs)]
    public async Task A_leader_that_hears_everybody_and_reaches_nobody_is_passed_over()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        Cluster cluster = await UpAsync();
        await using Load load = new(cluster, stop);
        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);

        Machine leader = await cluster.LeaderAsync(stop);
        long before = cluster.Cables.Cut;
        foreach (Machine other in Others(cluster, leader))
        {
            cluster.Cables.CutOneWay(leader.Address, other.Address);
        }

        try
        {
            await load.ProgressAsync(AnswersPerStage, Others(cluster, leader), stop);
            await UntilAloneAsync(leader, stop);
        }
        finally
        {
            cluster.Cables.Mend();
        }

        Assert.True(cluster.Cables.Cut > before, "no packet met the cut");
        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);
        await Checker.CheckAsync(cluster, await load.EndAsync(), stop);
    }

    [Fact(Timeout = TestMs)]
    public async Task One_cable_that_is_cut_one_way_stops_neither_the_leader_nor_the_third()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        Cluster cluster = await UpAsync();
        await using Load load = new(cluster, stop);
        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);

        Machine leader = await cluster.LeaderAsync(stop);
        long before = cluster.Cables.Cut;
        Machine cutOff = Others(cluster, leader).First();
        cluster.Cables.CutOneWay(leader.Address, cutOff.Address);
        try
        {
            await load.ProgressAsync(AnswersPerStage, Others(cluster, cutOff), stop);
        }
        finally
        {
            cluster.Cables.Mend();
        }

        Assert.True(cluster.Cables.Cut > before, "no packet met the cut");
        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);
        await Checker.CheckAsync(cluster, await load.EndAsync(), stop);
    }

    [Fact(Timeout = TestMs)]
    public async Task Two_hundred_milliseconds_each_way_and_two_percent_loss_only_slow_it_down()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        Cluster cluster = await UpAsync();
        await using Load load = new(cluster, stop);
        long before = cluster.Cables.Lost;
        cluster.Cables.Worsen(TimeSpan.FromMilliseconds(200), lossPercent: 2);
        try
        {
            await load.ProgressAsync(AnswersWhenSlow, cluster.Machines, stop);
            // Until the fault was really there.
            await Waiting.UntilAsync(
                "a packet to get lost", () => cluster.Cables.Lost > before, stop);
        }
        finally
        {
            cluster.Cables.Mend();
        }

        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);
        await Checker.CheckAsync(cluster, await load.EndAsync(), stop);
    }

    [Fact(Timeout = 10 * TestMs)]
    public async Task Three_of_ten_that_are_killed_stop_nobody_and_lose_nothing()
    {
        const string Asked = "TOMADA_LONG";
        const int Companies = 10;
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable(Asked) == "1",
            "ten nodes are for a long check: ./check --long");
        Assert.SkipWhen(NetworkNamespace.Missing is not null, NetworkNamespace.Missing ?? "");
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using Cluster cluster = await Cluster.StartAsync(Companies, seed: 10, stop);
        await using Load load = new(cluster, stop);
        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);

        // Neighbours in the order of leaders, the present one among them.
        int first = cluster.Machines.ToList().IndexOf(await cluster.LeaderAsync(stop));
        Machine[] down =
            [.. Enumerable.Range(first, 3).Select(each => cluster.Machines[each % Companies])];
        await Task.WhenAll(down.Select(each => each.KillAsync()));
        Machine[] alive = [.. cluster.Machines.Except(down)];
        await load.ProgressAsync(AnswersPerStage, alive, stop);

        foreach (Machine each in down)
        {
            each.Start();
            await each.RunningAsync(stop);
        }

        await load.ProgressAsync(AnswersPerStage, cluster.Machines, stop);
        await Checker.CheckAsync(cluster, await load.EndAsync(), stop);
    }

    private async Task<Cluster> UpAsync()
    {
        Assert.SkipWhen(NetworkNamespace.Missing is not null, NetworkNamespace.Missing ?? "");
        return await machines.UpAsync();
    }

    private static IEnumerable<Machine> Others(Cluster cluster, Machine one) =>
        cluster.Machines.Where(each => each != one);

    /// <summary>The links are found dead, though one direction of each still works.</summary>
    private static Task<JsonNode?> UntilAloneAsync(Machine one, CancellationToken stop) =>
        Waiting.UntilAsync(
            $"{one.Id} to notice that it is alone",
            () => one.TryStatusAsync(stop),
            status => status is not null && status["reachable"]!.AsArray().Count == 0,
            stop);
}
