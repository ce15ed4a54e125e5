using System.CommandLine;
using System.Globalization;
using Tomada.Cli.Demo;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada demo</c>: three companies, one trip, on this machine.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<bool> once = new("--once")
        {
            Description = "Exit after the table of criteria; 0 only if all passed.",
        };
        Option<string?> kill = new("--kill")
        {
            Description =
                "C: the node of company C is killed while it holds a leg, and comes back later.",
        };
        kill.AcceptOnlyFromAmong("C");
        Option<FileInfo?> json =
            new("--json") { Description = "Also write the criteria to this file as JSON." };
        Option<int> factor = new("--factor")
        {
            Description = "How much faster the ledger clock runs during the drive; 60 to 7,200.",
            DefaultValueFactory = _ => DemoOptions.DefaultClockFactor,
        };
        factor.Validators.Add(result =>
        {
            // What is no number is refused by the parser itself.
            if (result.Tokens is [{ } token]
                && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int given)
                && given is < 60 or > 7_200)
            {
                result.AddError("--factor is 60 to 7,200.");
            }
        });
        Option<bool> keep =
            new("--keep") { Description = "Keep the data directories and logs, and say where." };
        Command command = new("demo", """
        Runs three charging companies with stations and a car on this machine: they find each other,
        found a network, and a car of one drives and charges at all three. Every step is checked.
        """)
        {
            once, kill, json, factor, keep,
        };
        // Ctrl-C waits only for an action that has returned its task; processes start after that.
        command.SetAction((parsed, stop) => Task.Run(
            () => DemoRun.RunAsync(
                new DemoOptions(
                    parsed.GetValue(once),
                    parsed.GetValue(kill) is not null,
                    parsed.GetValue(json),
                    parsed.GetValue(factor),
                    parsed.GetValue(keep)),
                stop),
            CancellationToken.None));
        return command;
    }
}
