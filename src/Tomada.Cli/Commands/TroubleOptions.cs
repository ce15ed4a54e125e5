using System.Collections.Immutable;
using System.CommandLine;
using Tomada.Devices;

namespace Tomada.Cli.Commands;

/// <summary>What goes wrong at simulated stations: options of station and fleet.</summary>
internal sealed class TroubleOptions
{
    /// <summary>For --help.</summary>
    public const string Help = """
        What can go wrong, by chance (--trouble) or at its time (--script):
          fault      an EVSE shows OUTOFORDER; a running session ends
          offline    no network and no goodbye; sessions start, run on and are delivered later
          reboot     a goodbye and a new start (bs + 1); a running session ends
          power-cut  off in the middle of anything; the next start ends what was running
          suspend    power is held back from a running session (SUSPENDED_EVSE)
        """;

    private const int OffsetMsMax = 3_600_000;
    private const int PpmMax = 100_000;

    public Option<TroubleRate[]> Rates { get; } = new("--trouble")
    {
        Description = $"Trouble by chance: {TroubleRate.Allowed}. May be given several times.",
        CustomParser = result => [.. result.Tokens.Select(
            each => Options.Parse(result, TroubleRate.Parse, each.Value)!)],
    };

    public Option<FileInfo?> Script { get; } = new("--script")
    {
        Description = $"A file with trouble at its time, one a line: {ScriptedTrouble.Allowed}. "
            + "A station in it has no other trouble.",
    };

    public Option<int> Seed { get; } = new("--seed")
    {
        Description = "Of everything that comes by chance; the same seed makes the same.",
        DefaultValueFactory = _ => 1,
    };

    public Option<int> ClockOffsetMs { get; } = Bounded(
        "--clock-offset-ms", "How far ahead the stations' clocks are, in ms; behind when "
            + "negative.", OffsetMsMax);

    public Option<int> DriftPpm { get; } = Bounded(
        "--drift-ppm", "How much too fast they run, in millionths; too slow when negative.",
        PpmMax);

    public void AddTo(Command command)
    {
        command.Add(Rates);
        command.Add(Script);
        command.Add(Seed);
        command.Add(ClockOffsetMs);
        command.Add(DriftPpm);
    }

    /// <exception cref="CommandException">The script cannot be read.</exception>
    public TroublePlan PlanOf(ParseResult parsed)
    {
        ImmutableArray<ScriptedTrouble> script = [];
        if (parsed.GetValue(Script) is { } file)
        {
            try
            {
                script = ScriptedTrouble.ParseAll(File.ReadLines(file.FullName));
            }
            catch (Exception unreadable) when (unreadable
                is IOException or UnauthorizedAccessException or FormatException)
            {
                throw CommandException.Configuration($"{file}: {unreadable.Message}");
            }
        }

        return new TroublePlan(
            parsed.GetValue(Seed), [.. parsed.GetValue(Rates) ?? []], script);
    }

    public TimeSpan OffsetOf(ParseResult parsed) =>
        TimeSpan.FromMilliseconds(parsed.GetValue(ClockOffsetMs), 0);

    private static Option<int> Bounded(string name, string what, int max)
    {
        Option<int> option = new(name) { Description = $"{what} Up to {max}; default 0." };
        option.Validators.Add(result =>
        {
            if (Math.Abs((long)result.GetValueOrDefault<int>()) > max)
            {
                result.AddError($"{name} is -{max} to {max}.");
            }
        });
        return option;
    }
}
