using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Spectre.Console;
using Tomada.Cli.Demo;
using Tomada.Simulation;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;

namespace Tomada.Cli.Commands;

/// <summary>
/// <c>tomada sim</c>: whole networks in simulated time, each decided by one number, the seed.
/// </summary>
internal static class SimCommand
{
    private const string ClusterKind = "cluster";
    private const string ConsensusKind = "consensus";
    private const int HistoriesMax = 1_000_000;
    private const int ShownMax = 10;

    public static Command Create()
    {
        Option<ulong> seed = new("--seed")
        {
            Description = "The first seed; the others follow it.",
            DefaultValueFactory = _ => 1,
        };
        Option<int> histories = new("--histories")
        {
            Description = $"How many seeds to run; 1 to {HistoriesMax}.",
            DefaultValueFactory = _ => 1_000,
        };
        histories.Validators.Add(result => RefuseOutside(result, 1, HistoriesMax));
        Option<ulong?> replay = new("--replay")
        {
            Description = "Runs this one seed again and says what it met.",
        };
        Option<bool> trace = new("--trace")
        {
            Description = "With --replay: every message, crash, block and submission.",
        };
        Option<string> kind = new("--kind")
        {
            Description = "cluster: companies, trips and money over real replicators; "
                + "consensus: the consensus core alone, with liars.",
            DefaultValueFactory = _ => ClusterKind,
        };
        kind.AcceptOnlyFromAmong(ClusterKind, ConsensusKind);
        Option<FileInfo?> json = new("--json") { Description = "Writes the result here as JSON." };
        Command command = new(
            "sim", "Runs simulated histories with lost messages and crashes, and checks each.")
        {
            seed, histories, replay, trace, kind, json,
        };
        command.SetAction(async (parsed, stop) =>
        {
            Func<ulong, bool, Told> run =
                parsed.GetRequiredValue(kind) == ClusterKind ? Cluster : Consensus;
            IReadOnlyList<Told> told = parsed.GetValue(replay) is { } one
                ? [Replay(run, one, parsed.GetValue(trace))]
                : await RunAsync(
                    run, parsed.GetRequiredValue(seed), parsed.GetRequiredValue(histories), stop);
            return Report(told, parsed.GetValue(json)?.FullName);
        });
        return command;
    }

    private static void RefuseOutside(OptionResult result, int from, int to)
    {
        if (result.GetValueOrDefault<int>() is var value && (value < from || value > to))
        {
            result.AddError($"{result.Option.Name} is {from} to {to}, not {value}.");
        }
    }

    private static Told Cluster(ulong seed, bool keepsLog)
    {
        ClusterHistory history = ClusterSimulation.Run(
            seed, new ClusterOptions { KeepsLog = keepsLog });
        return new Told(
            history.Violation, history.Plan, history.ReplayCommand, history.Height,
            history.Faults, history.Log);
    }

    private static Told Consensus(ulong seed, bool keepsLog)
    {
        ConsensusHistory history = ConsensusSimulation.Run(
            seed, new ConsensusSimulationOptions { KeepsLog = keepsLog });
        return new Told(
            history.Violation, history.Plan, history.ReplayCommand, history.Heights,
            history.Faults, history.Log);
    }

    private static Told Replay(Func<ulong, bool, Told> run, ulong seed, bool trace)
    {
        Told told = run(seed, trace);
        foreach (string line in told.Log)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(told.Plan);
        return told;
    }

    private static async Task<IReadOnlyList<Told>> RunAsync(
        Func<ulong, bool, Told> run, ulong first, int count, CancellationToken stop)
    {
        Told[] all = new Told[count];
        await AnsiConsole.Progress().StartAsync(async progress =>
        {
            ProgressTask bar = progress.AddTask("histories", maxValue: count);
            ParallelOptions options = new() { CancellationToken = stop };
            await Task.Run(
                () => Parallel.For(0, count, options, i =>
                {
                    all[i] = run(unchecked(first + (ulong)i), false);
                    bar.Increment(1);
                }),
                stop);
        });
        return all;
    }

    private static int Report(IReadOnlyList<Told> told, string? jsonFile)
    {
        FaultTable met = new();
        foreach (Told each in told)
        {
            met.Add(each.Faults);
        }

        Told[] broken = [.. told.Where(each => each.Violation is not null)];
        if (met.Counts.Count > 0)
        {
            Table table = new Table().AddColumns("met", "times");
            table.Columns[1].RightAligned();
            foreach (string kind in ClusterFaults.Kinds)
            {
                table.AddRow(kind, Text(met.Counts.GetValueOrDefault(kind)));
            }

            AnsiConsole.Write(table);
        }

        foreach (Told each in broken.Take(ShownMax))
        {
            Console.WriteLine($"violation: {each.Violation}");
            Console.WriteLine($"  {each.Plan}");
            Console.WriteLine($"  replay: {each.ReplayCommand}");
        }

        if (jsonFile is not null)
        {
            CriteriaFile.Write(
                jsonFile, Criteria(told.Count, broken.Length, met), broken.Length == 0, "sim");
        }

        Console.WriteLine($"{Text(told.Count)} histories, {Text(told.Sum(each => each.Height))}"
            + $" blocks, {Text(broken.Length)} violations");
        return broken.Length == 0 ? ExitCodes.Passed : ExitCodes.Failed;
    }

    private static List<Criterion> Criteria(int histories, int broken, FaultTable met) =>
    [
        new Criterion("histories", histories, null, "histories", true, "run"),
        Criterion.Exactly("violations", broken, 0, "histories", "that broke a rule"),
        .. met.Counts.Select(each => new Criterion(
            "met-" + each.Key.ToLowerInvariant().Replace(' ', '-').Replace(
                "'", "", StringComparison.Ordinal),
            each.Value, null, "times", true, each.Key)),
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A history of either kind.</summary>
    private sealed record Told(
        string? Violation, string Plan, string ReplayCommand, long Height, FaultTable Faults,
        IReadOnlyList<string> Log);
}
