using System.CommandLine;
using Tomada.Cli.Cars;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada car</c>: a simulated car that a person or a script drives.</summary>
internal static class CarCommand
{
    private static string Help =>
        $"""
        A car as its driver has it: plans, reserves, drives by the ledger clock, charges over the
        cable, and keeps receipts that need nobody to be believed. Commands, typed or in a script:

        {CarGrammar.Summary}

        Examples:
          tomada car --config car.json                      type commands; 'plan' alone asks
          tomada car --config car.json --script trip.txt    stops at the first line that fails
          echo 'receipts verify' | tomada car --config car.json --script -

        A script, one command a line:
          plan salvador recife --reserve 12%     # plans; the best is number 1
          expect owners = 3
          reserve 1 --within 20                  # all stops or none
          expect OCCUPIED reserve 1              # a second time the windows are taken
          wait receipts = 1
          drive
          wait state = COMPLETED --within 120
          receipts trust http://127.0.0.1:8090   # whose signatures count; then offline:
          receipts verify

        The car keeps its battery, its trips with their secrets and its receipts in its folder. A
        reservation whose answer was lost is asked for again at the next start, by the same id.
        """;

    public static Command Create()
    {
        Option<FileInfo> config = new("--config")
        {
            Description =
                "A JSON file: company, broker, id, secret, folder, cables, vehicle, "
                + "startSocPermille.",
            Required = true,
        };
        Option<string?> script = new("--script")
        {
            Description =
                "A file of commands, or - for standard input; ends with 1 at the first line "
                + "that fails, with 4 when the company is not reached.",
        };
        Option<bool> events = new("--events")
        {
            Description = "Prints what happens as JSON lines, for programs.",
        };
        Option<FileInfo?> json = new("--json")
        {
            Description = "Writes how each command ended to this file, for programs.",
        };
        Option<int> patience = new("--patience")
        {
            Description = "Seconds that a script waits for its company at the first command that "
                + "needs it; 1 to 3,600.",
            DefaultValueFactory = _ => 60,
        };
        patience.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3_600)
            {
                result.AddError("--patience is 1 to 3,600.");
            }
        });
        Command command = new("car", Help) { config, script, events, json, patience };
        command.SetAction((parsed, stop) => new CarRun(new CarRunOptions(
            Texts.Read(parsed.GetRequiredValue(config).FullName, CarConfig.Codec),
            parsed.GetValue(script),
            parsed.GetValue(events),
            parsed.GetValue(json),
            TimeSpan.FromSeconds(parsed.GetRequiredValue(patience)))).RunAsync(stop));
        return command;
    }
}
