using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Tomada.Cli.Demo;

namespace Tomada.Cli.Bench;

/// <summary>
/// Submits a given number of transactions and looks at every node's memory and disk on the way: a
/// ledger grows on disk, and a node in memory only by its indexes.
/// </summary>
internal sealed class MemoryRun(TomadaSystem system, string folder, int transactions)
{
    /// <summary>How often memory is looked at on the way.</summary>
    private const int Looks = 20;

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);
    private readonly List<Look> _looks = [];

    /// <summary>What was seen, and how much each transaction adds in memory.</summary>
    public IEnumerable<Criterion> Criteria()
    {
        foreach (Look look in _looks)
        {
            string at = $"memory-after-{look.Decided.ToString(CultureInfo.InvariantCulture)}";
            yield return new Criterion(
                $"{at}-own", Math.Round(look.OwnMb, 1), null, "MB", true, "largest node");
            yield return new Criterion(
                $"{at}-disk", Math.Round(look.DiskMb, 1), null, "MB", true, "largest node");
        }

        yield return new Criterion(
            "memory-growth", Math.Round(BytesPerTransaction(), 1), null, "B/transaction", true,
            "own memory of the largest node over the last three quarters");
    }

    public async Task RunAsync(int submitters, CancellationToken stop)
    {
        using Load load = await Load.StartAsync(
            system, [.. Enumerable.Range(0, system.Nodes)], submitters, null, stop);
        long started = Stopwatch.GetTimestamp();
        for (int look = 0; look <= Looks; look++)
        {
            long due = (long)transactions * look / Looks;
            while (load.Decided < due)
            {
                await Task.Delay(s_poll, stop);
                if (load.HasEnded)
                {
                    throw CommandException.Failed(
                        $"every submitter ended: {load.FirstFailure ?? "no answer"}");
                }
            }

            _looks.Add(Now(load.Decided, Stopwatch.GetElapsedTime(started)));
            AnsiConsole.Console.WriteLine(Line(_looks[^1]));
        }

        await load.EndAsync();
        AnsiConsole.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"own memory grows by {BytesPerTransaction():F0} bytes a transaction"));
    }

    private static string Line(Look look) => string.Create(
        CultureInfo.InvariantCulture,
        $"{look.Decided,9} decided, {look.After.TotalSeconds,7:F0} s: resident "
        + $"{look.ResidentMb,6:F0} MB, of it own {look.OwnMb,6:F0} MB, disk {look.DiskMb,7:F0} MB");

    private Look Now(long decided, TimeSpan after)
    {
        int[] processes = [.. Enumerable.Range(0, system.Nodes).Select(system.ProcessId)];
        double disk = Directory.EnumerateDirectories(folder).Max(company =>
            new DirectoryInfo(company).EnumerateFiles("*", SearchOption.AllDirectories)
                .Sum(file => file.Length)) / 1e6;
        return new Look(
            decided,
            after,
            processes.Max(ProcessUse.ResidentMb),
            processes.Max(ProcessUse.OwnMb),
            disk);
    }

    /// <summary>
    /// From the first quarter on: before it heaps and caches take the size that they keep.
    /// </summary>
    private double BytesPerTransaction()
    {
        Look from = _looks[Looks / 4];
        Look until = _looks[^1];
        return (until.OwnMb - from.OwnMb) * 1e6 / Math.Max(1, until.Decided - from.Decided);
    }

    private sealed record Look(
        long Decided, TimeSpan After, double ResidentMb, double OwnMb, double DiskMb);
}
