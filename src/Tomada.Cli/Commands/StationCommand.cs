using System.CommandLine;
using Tomada.Devices;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada station</c>: simulated stations as MQTT clients of their company.</summary>
internal static class StationCommand
{
    private const string Help = $"""
        Runs simulated stations until Ctrl-C; prints what happens as JSON lines. A station keeps its
        key, its meters and every signed reading in its folder, and delivers in their order what
        happened while it had no network.

        {TroubleOptions.Help}
        """;

    public static Command Create()
    {
        Option<FileInfo> config = new("--config")
        {
            Description =
                "A JSON file: company, broker, cables (a folder), "
                + "stations [{id, secret, folder, evses [{id, powerMaxW}]}].",
            Required = true,
        };
        Option<int> meterSeconds = new("--meter-seconds")
        {
            Description = "Ledger time between two signed readings of a session; 1 to 86400.",
            DefaultValueFactory = _ => 300,
        };
        meterSeconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 86_400)
            {
                result.AddError("--meter-seconds is 1 to 86400.");
            }
        });
        TroubleOptions trouble = new();
        Command command = new("station", Help) { config, meterSeconds };
        trouble.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            FleetConfig fleet =
                Texts.Read(parsed.GetRequiredValue(config).FullName, FleetConfig.Codec);
            try
            {
                DriftingClock wall = new(
                    TimeProvider.System,
                    trouble.OffsetOf(parsed),
                    parsed.GetValue(trouble.DriftPpm));
                TimeSpan interval = TimeSpan.FromSeconds(parsed.GetValue(meterSeconds));
                await StationFleet.RunAsync(
                    [.. fleet.ToOptions().Select(each => each with
                    {
                        Link = each.Link with { Wall = wall },
                        MeterInterval = interval,
                    })],
                    trouble.PlanOf(parsed),
                    new EventLines<StationEvent>(),
                    stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Being stopped is how stations end.
            }

            return ExitCodes.Passed;
        });
        return command;
    }
}
