using System.CommandLine;
using Tomada.Devices;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada station</c>: simulated stations as MQTT clients of their company.</summary>
internal static class StationCommand
{
    public static Command Create()
    {
        Option<FileInfo> config = new("--config")
        {
            Description =
                "A JSON file: company, broker, cables (a folder), "
                + "stations [{id, secret, folder, evses [{id, powerMaxW}]}].",
            Required = true,
        };
        Command command = new(
            "station", "Runs simulated stations until Ctrl-C; prints what happens as JSON lines.")
        {
            config,
        };
        command.SetAction(async (parsed, stop) =>
        {
            FleetConfig fleet =
                Texts.Read(parsed.GetRequiredValue(config).FullName, FleetConfig.Codec);
            try
            {
                await StationFleet.RunAsync(
                    fleet.ToOptions(), new EventLines<StationEvent>(), stop);
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
