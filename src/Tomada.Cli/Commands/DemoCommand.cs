using System.CommandLine;
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
            Description = "C: the node of company C is killed while it holds a leg, and comes back later.",
        };
        kill.AcceptOnlyFromAmong("C");
        Option<FileInfo?> json = new("--json") { Description = "Also write the criteria to this file as JSON." };
        Option<int> factor = new("--factor")
        {
            Description = "How much faster the ledger clock runs during the drive; 60 to 7,200.",
            DefaultValueFactory = _ => DemoOptions.DefaultClockFactor,
        };
        factor.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 60 or > 7_200)
            {
                result.AddError("--factor is 60 to 7,200.");
            }
        });
        Option<bool> keep = new("--keep") { Description = "Keep the data directories and logs, and say where." };
        Command command = new("demo", """
            Runs three charging companies with stations and a car on this machine: they find each other,
            found a network, and a car of one drives and charges at all three. Every step is checked.
            """)
        {
            once, kill, json, factor, keep,
        };
        command.SetAction((parsed, stop) => DemoRun.RunAsync(
            new DemoOptions(
                parsed.GetValue(once),
                parsed.GetValue(kill) is not null,
                parsed.GetValue(json),
                parsed.GetValue(factor),
                parsed.GetValue(keep)),
            stop));
        return command;
    }
}
