using System.Diagnostics;

namespace Tomada.Cli.Bench;

/// <summary>Puts loads on one started system and measures each.</summary>
internal sealed class Measurement(IBenchSystem system, BenchOptions options)
{
    /// <summary>The load of a single submitter.</summary>
    public const string OneClient = "1 client";

    private IReadOnlyList<int> AllNodes => [.. Enumerable.Range(0, system.Nodes)];

    /// <summary>
    /// Load that nobody looks at, until code is compiled and files have their size.
    /// </summary>
    public async Task WarmAsync(CancellationToken stop)
    {
        using Load load = await Load.StartAsync(
            system, AllNodes, BenchOptions.WarmupSubmitters, null, stop);
        await Task.Delay(options.Warmup, stop);
        Sample[] samples = await load.EndAsync();
        if (samples.Length == 0)
        {
            throw CommandException.Failed(
                $"{system.Name} decided nothing: {load.FirstFailure ?? "no answer"}");
        }
    }

    /// <summary>
    /// So many submitters, each waiting for its answer. One submits at the leader, where latency is
    /// shortest; more are spread over all nodes.
    /// </summary>
    public async Task<Measured> ClosedAsync(int submitters, CancellationToken stop) =>
        await WindowAsync(
            submitters == 1 ? OneClient : $"{submitters} clients",
            submitters == 1 ? [await system.LeaderAsync(stop)] : AllNodes,
            submitters,
            null,
            stop);

    /// <summary>A fixed rate, spread over all nodes.</summary>
    public Task<Measured> OpenAsync(int perSecond, CancellationToken stop) =>
        WindowAsync($"{perSecond}/s", AllNodes, BenchOptions.OpenSubmitters, perSecond, stop);

    /// <summary>
    /// Kills the leader and those after it in turn, all at once, while the others' submitters go
    /// on: how long nothing is decided, and what latency is afterwards.
    /// </summary>
    public async Task<Measured> FailoverAsync(CancellationToken stop)
    {
        int leader = await system.LeaderAsync(stop);
        // A peer of three survives one.
        int down = Math.Min(options.Down, (system.Nodes - 1) / 2);
        int[] killed = [.. Enumerable.Range(leader, down).Select(node => node % system.Nodes)];
        int[] survivors = [.. AllNodes.Except(killed)];
        using Load load = await Load.StartAsync(
            system, survivors, BenchOptions.FailoverSubmitters, null, stop);
        await Task.Delay(BenchOptions.Settling, stop);
        long killedAt = Stopwatch.GetTimestamp();
        await Task.WhenAll(killed.Select(node => Task.Run(() => system.KillAsync(node), stop)));
        await Task.Delay(BenchOptions.FailoverMax, stop);
        Counters before = await CountAsync(survivors, stop);
        await Task.Delay(options.Window, stop);
        Counters after = await CountAsync(survivors, stop);
        Sample[] samples = await load.EndAsync();
        Measured steady = Of($"{down} down", samples, before, after, load);
        return steady with { FailoverMs = LongestSilence(samples, killedAt, before.At) };
    }

    private async Task<Measured> WindowAsync(
        string name,
        IReadOnlyList<int> nodes,
        int submitters,
        double? perSecond,
        CancellationToken stop)
    {
        using Load load = await Load.StartAsync(system, nodes, submitters, perSecond, stop);
        await Task.Delay(BenchOptions.Settling, stop);
        Counters before = await CountAsync(AllNodes, stop);
        await Task.Delay(options.Window, stop);
        Counters after = await CountAsync(AllNodes, stop);
        return Of(name, await load.EndAsync(), before, after, load);
    }

    private Measured Of(
        string name, Sample[] samples, Counters before, Counters after, Load load)
    {
        double[] sorted = [.. samples
            .Where(each => each.Ended >= before.At && each.Ended < after.At)
            .Select(each => each.Ms)
            .Order()];
        double seconds = Stopwatch.GetElapsedTime(before.At, after.At).TotalSeconds;
        double thousands = Math.Max(1, sorted.Length) / 1_000.0;
        return new Measured(
            system.Name,
            name,
            sorted.Length,
            sorted.Length / seconds,
            Measured.Quantile(sorted, 0.50),
            Measured.Quantile(sorted, 0.95),
            Measured.Quantile(sorted, 0.99),
            Measured.Quantile(sorted, 1),
            (after.Height - before.Height) / seconds,
            (after.NodesCpu - before.NodesCpu) / thousands,
            (after.OwnCpu - before.OwnCpu) / thousands,
            after.ResidentMb,
            load.Failed,
            load.FirstFailure,
            null);
    }

    private static double LongestSilence(Sample[] samples, long from, long until)
    {
        long last = from;
        long longest = 0;
        foreach (Sample sample in samples.Where(each => each.Ended > from && each.Ended < until))
        {
            longest = Math.Max(longest, sample.Ended - last);
            last = sample.Ended;
        }

        // What never came back is no short silence.
        longest = Math.Max(longest, until - last);
        return longest * 1_000.0 / Stopwatch.Frequency;
    }

    private async Task<Counters> CountAsync(IReadOnlyList<int> nodes, CancellationToken stop)
    {
        long? height = await system.HeightAsync(nodes[0], stop);
        int[] processes = [.. nodes.Select(system.ProcessId)];
        return new Counters(
            Stopwatch.GetTimestamp(),
            height,
            processes.Sum(ProcessUse.CpuSeconds),
            ProcessUse.CpuSeconds(Environment.ProcessId),
            processes.Max(ProcessUse.ResidentMb));
    }

    private sealed record Counters(
        long At, long? Height, double NodesCpu, double OwnCpu, double ResidentMb);
}
