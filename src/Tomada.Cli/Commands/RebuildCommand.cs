using System.CommandLine;
using System.Globalization;
using Tomada.Node.Rebuilding;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada rebuild</c>: makes again what follows from blocks and log.</summary>
internal static class RebuildCommand
{
    private const int StepsSaid = 20;

    public static Command Create()
    {
        Option<DirectoryInfo> data = Options.Data();
        Option<string> what = new("--what")
        {
            Description = "state, index, devices, or all.",
            DefaultValueFactory = _ => "all",
        };
        what.AcceptOnlyFromAmong("state", "index", "devices", "all");
        Command command = new(
            "rebuild",
            "Deletes what a stopped node can make again (snapshots and past states, the index of "
            + "transactions, replies and reservations), makes it again from the blocks and the "
            + "log, and compares. Keys, votes, blocks and the log are never changed.")
        {
            data,
            what,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(data).FullName,
            Enum.Parse<RebuildParts>(parsed.GetRequiredValue(what), ignoreCase: true)));
        return command;
    }

    private static int Run(string directory, RebuildParts parts)
    {
        IReadOnlyList<Rebuilt> results = Rebuild.Run(directory, parts, Say);
        foreach (Rebuilt each in results)
        {
            string verdict = each.IsIdentical ? "identical" : "DIFFERENT";
            Console.WriteLine($"{Name(each.Part)}: {verdict}: {each.Detail}");
        }

        return results.All(each => each.IsIdentical) ? ExitCodes.Passed : ExitCodes.Failed;
    }

    private static void Say(RebuildParts part, long done, long of)
    {
        if (done == of || done % Math.Max(1, of / StepsSaid) == 0)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Name(part)}: {done} of {of}"));
        }
    }

    private static string Name(RebuildParts part) => part switch
    {
        RebuildParts.State => "state",
        RebuildParts.Index => "index",
        RebuildParts.Devices => "devices",
        _ => throw new System.Diagnostics.UnreachableException(part.ToString()),
    };
}
