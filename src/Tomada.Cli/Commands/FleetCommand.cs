using System.CommandLine;
using Tomada.Cli.Fleet;
using Tomada.Ledger;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada fleet</c>: very many simulated devices against one node.</summary>
internal static class FleetCommand
{
    private const string Help = $"""
        Runs simulated stations, and cars that reserve and charge at them, against a running node of
        this machine: publishes an EVSE for each station, enrols them all, and shows what happens
        until Ctrl-C, or until --charges or --for. Then it waits for every session to reach the
        ledger and holds the ledger against the stations' own journals.

        {TroubleOptions.Help}

        Example: tomada fleet --data aratu --stations 1000 --cars 200 --for 180 \
                   --trouble power-cut=2:3 --trouble offline=6:20 --json fleet.json
        """;

    private const int SecondsMax = 7 * 24 * 3_600;

    public static Command Create()
    {
        Option<DirectoryInfo> data = Options.Data();
        Option<int> stations = Bounded("--stations", "How many stations", 10, 1);
        Option<int> cars = Bounded("--cars", "How many cars", 2, 0);
        Option<int?> charges = new("--charges")
        {
            Description = "No more trips once so many cars have charged.",
        };
        Option<int?> seconds = new("--for")
        {
            Description = $"No more trips after so many seconds; 1 to {SecondsMax}.",
        };
        seconds.Validators.Add(result => Check(result, "--for", 1, SecondsMax));
        Option<int?> factor = new("--clock-factor")
        {
            Description = "How fast the ledger clock runs meanwhile, where the network is "
                + "simulated and has this one member; at the end as fast as it can, until every "
                + "reservation has its end.",
        };
        factor.Validators.Add(
            result => Check(result, "--clock-factor", 1, LedgerLimits.ClockFactorMax));
        Option<DirectoryInfo?> folder = new("--folder")
        {
            Description = "Where the devices keep their keys and journals; default: a new one.",
        };
        Option<FileInfo?> json =
            new("--json") { Description = "Also write the results to this file as JSON." };
        TroubleOptions trouble = new();
        Command command = new("fleet", Help)
        {
            data, stations, cars, charges, seconds, factor, folder, json,
        };
        trouble.AddTo(command);
        command.SetAction((parsed, stop) => Task.Run(
            () => new FleetRun(new FleetOptions
            {
                Data = parsed.GetRequiredValue(data).FullName,
                Stations = parsed.GetValue(stations),
                Cars = parsed.GetValue(cars),
                Seed = parsed.GetValue(trouble.Seed),
                Troubles = trouble.PlanOf(parsed),
                Folder = parsed.GetValue(folder)?.FullName
                    ?? Directory.CreateTempSubdirectory("tomada-fleet-").FullName,
                Charges = parsed.GetValue(charges),
                For = parsed.GetValue(seconds) is { } given ? TimeSpan.FromSeconds(given) : null,
                ClockFactor = parsed.GetValue(factor),
                ClockOffset = trouble.OffsetOf(parsed),
                DriftPpm = parsed.GetValue(trouble.DriftPpm),
                JsonFile = parsed.GetValue(json),
            }).RunAsync(stop),
            CancellationToken.None));
        return command;
    }

    private static Option<int> Bounded(string name, string what, int otherwise, int min)
    {
        Option<int> option = new(name)
        {
            Description = $"{what}; {min} to {FleetOptions.DevicesMax}.",
            DefaultValueFactory = _ => otherwise,
        };
        option.Validators.Add(result => Check(result, name, min, FleetOptions.DevicesMax));
        return option;
    }

    private static void Check(
        System.CommandLine.Parsing.OptionResult result, string name, int min, int max)
    {
        // What is no number is refused by the parser itself.
        if (result.Tokens is [{ } token] && int.TryParse(token.Value, out int given)
            && (given < min || given > max))
        {
            result.AddError($"{name} is {min} to {max}.");
        }
    }
}
