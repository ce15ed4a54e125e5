using System.Security.Cryptography;
using Spectre.Console;
using Tomada.Cli.Demo;

namespace Tomada.Cli.Bench;

/// <summary>Every system in turn, the same loads on each, one table at the end.</summary>
internal static class BenchRun
{
    private const int RedirectedColumns = 150;

    public static async Task<int> RunAsync(BenchOptions options, CancellationToken stop)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = RedirectedColumns;
        }

        string folder = Path.Combine(
            Path.GetTempPath(),
            $"tomada-bench-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        Directory.CreateDirectory(folder);
        try
        {
            if (options.Transactions is { } transactions)
            {
                return await WatchMemoryAsync(options, transactions, folder, stop);
            }

            List<Measured> all = [];
            Floor floor = await Floor.MeasureAsync(folder, stop);
            foreach (IBenchSystem system in Systems(options, folder))
            {
                await using (system)
                {
                    all.AddRange(await MeasureAsync(system, options, stop));
                }
            }

            BenchReport report = new(options, all, floor);
            report.Print(AnsiConsole.Console);
            if (options.JsonFile is { } file)
            {
                CriteriaFile.Write(
                    file.FullName, report.Criteria, report.Passed, "bench consensus");
            }

            return report.Passed ? ExitCodes.Passed : ExitCodes.Failed;
        }
        finally
        {
            if (options.KeepFolder)
            {
                await Console.Error.WriteLineAsync($"Kept: {folder}");
            }
            else
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static IEnumerable<IBenchSystem> Systems(BenchOptions options, string folder)
    {
        yield return new TomadaSystem(folder, options.Nodes);
        foreach (string peer in options.Peers)
        {
            string missing = "";
            IBenchSystem? found = peer switch
            {
                "etcd" => EtcdSystem.Find(folder, out missing),
                "dotnext" => DotNextSystem.Find(folder, out missing),
                _ => throw new System.Diagnostics.UnreachableException(peer),
            };
            if (found is null)
            {
                Say(missing);
                continue;
            }

            yield return found;
        }
    }

    private static async Task<List<Measured>> MeasureAsync(
        IBenchSystem system, BenchOptions options, CancellationToken stop)
    {
        List<Measured> all = [];
        await StartAsync(system, stop);
        Measurement measurement = new(system, options);
        await measurement.WarmAsync(stop);
        foreach (int submitters in options.Submitters)
        {
            all.Add(Told(await measurement.ClosedAsync(submitters, stop)));
        }

        foreach (int rate in options.Rates)
        {
            all.Add(Told(await measurement.OpenAsync(rate, stop)));
        }

        if (options.Down > 0)
        {
            all.Add(Told(await measurement.FailoverAsync(stop)));
        }

        return all;
    }

    private static async Task<int> WatchMemoryAsync(
        BenchOptions options, int transactions, string folder, CancellationToken stop)
    {
        await using TomadaSystem system = new(folder, options.Nodes);
        await StartAsync(system, stop);
        MemoryRun run = new(system, folder, transactions);
        await run.RunAsync(BenchOptions.MemorySubmitters, stop);
        if (options.JsonFile is { } file)
        {
            CriteriaFile.Write(
                file.FullName, [.. run.Criteria()], passed: true, "bench consensus");
        }

        return ExitCodes.Passed;
    }

    private static async Task StartAsync(IBenchSystem system, CancellationToken stop)
    {
        Say($"{system.Name}: starting {system.Nodes} processes");
        using CancellationTokenSource patience =
            CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(BenchOptions.StartMax);
        await system.StartAsync(patience.Token);
    }

    private static Measured Told(Measured measured)
    {
        Say($"{measured.System}, {measured.Load}: {BenchReport.Number(measured.PerSecond)}/s, "
            + $"p50 {BenchReport.Number(measured.P50)} ms");
        return measured;
    }

    private static void Say(string line) => AnsiConsole.Console.WriteLine(line);
}
