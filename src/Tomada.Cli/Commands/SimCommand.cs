using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tomada.Cli.Sim;

namespace Tomada.Cli.Commands;

/// <summary>
/// <c>tomada sim</c>: whole networks in simulated time, each decided by one number, the seed.
/// </summary>
internal static class SimCommand
{
    private const int HistoriesMax = 10_000_000;
    private const int HistoriesDefault = 1_000;

    private const string About = """
        Runs simulated histories with crashes, partitions and lying members, and checks each.

        Examples:
          tomada sim --kind consensus --for 10m      explore for ten minutes
          tomada sim --seed 5000 --histories 200     two hundred histories of whole networks
          tomada sim --replay 77 --trace 77.txt      one history again, message by message
          tomada sim --mutants                       plant every known defect and find it
        """;

    public static Command Create()
    {
        Option<ulong> seed = new("--seed")
        {
            Description = "The first seed; the others follow it.",
            DefaultValueFactory = _ => 1,
        };
        Option<int?> histories = new("--histories")
        {
            Description = $"How many seeds to run; 1 to {HistoriesMax}, default"
                + $" {HistoriesDefault}, with --for as many as there is time for.",
        };
        histories.Validators.Add(RefuseOutside);
        Option<TimeSpan?> time = new("--for")
        {
            Description = "How long to run: a number with s, m or h, as in 90s or 10m.",
            CustomParser = result => Options.Parse<TimeSpan?>(result, text => ParseTime(text)),
        };
        Option<ulong?> replay = new("--replay")
        {
            Description = "Runs this one seed again and says what it met.",
        };
        Option<FileInfo?> trace = new("--trace")
        {
            Description = "With --replay: writes every message, crash, block and submission here.",
        };
        Option<string> kind = Kind();
        Option<bool> mutants = new("--mutants")
        {
            Description = "Plants each known defect in all honest members; tells what finds it.",
        };
        Option<FileInfo?> json = new("--json") { Description = "Writes the result here as JSON." };
        Command command = new("sim", About)
        {
            seed, histories, time, replay, trace, kind, mutants, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(trace) is not null && result.GetValue(replay) is null)
            {
                result.AddError("--trace belongs to --replay.");
            }
        });
        command.SetAction((parsed, stop) => RunAsync(
            new Asked(
                SimKind.Of(parsed.GetRequiredValue(kind)),
                parsed.GetRequiredValue(seed),
                parsed.GetValue(histories)
                    ?? (parsed.GetValue(time) is null ? HistoriesDefault : HistoriesMax),
                parsed.GetValue(time),
                parsed.GetValue(replay),
                parsed.GetValue(trace)?.FullName,
                parsed.GetValue(mutants),
                parsed.GetValue(json)?.FullName),
            stop));
        return command;
    }

    private static Option<string> Kind()
    {
        Option<string> kind = new("--kind")
        {
            Description = "cluster: companies, trips and money over real replicators; "
                + "consensus: the consensus core alone.",
            DefaultValueFactory = _ => SimKind.Cluster.Name,
        };
        return kind.AcceptOnlyFromAmong(SimKind.Cluster.Name, SimKind.Consensus.Name);
    }

    private static async Task<int> RunAsync(Asked asked, CancellationToken stop)
    {
        if (asked.Mutants)
        {
            return await SimMutants.RunAsync(asked.JsonFile, stop);
        }

        SimRun run = new(asked.Kind);
        if (asked.Replay is { } one)
        {
            run.Replay(one, asked.TraceFile);
        }
        else
        {
            await run.RunAsync(asked.Seed, asked.Histories, asked.Time, stop);
        }

        return run.Report(asked.JsonFile);
    }

    private static void RefuseOutside(OptionResult result)
    {
        if (result.GetValueOrDefault<int?>() is < 1 or > HistoriesMax)
        {
            result.AddError($"{result.Option.Name} is 1 to {HistoriesMax}.");
        }
    }

    private static TimeSpan ParseTime(string text)
    {
        double unit = text.Length == 0 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            _ => 0,
        };
        return unit > 0 && double.TryParse(
                text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out double number)
            && number * unit is >= 1 and <= 86_400
            ? TimeSpan.FromSeconds(number * unit)
            : throw new FormatException($"'{text}' is no time from 1s to 24h, such as 90s or 10m");
    }

    private sealed record Asked(
        SimKind Kind, ulong Seed, long Histories, TimeSpan? Time, ulong? Replay, string? TraceFile,
        bool Mutants, string? JsonFile);
}
