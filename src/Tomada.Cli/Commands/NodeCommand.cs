using System.CommandLine;
using Tomada.Node;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada node</c>: runs one company's node until it is stopped.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> data = Options.Data();
        Command command =
            new("node", "Runs a company's node until Ctrl-C. Its addresses are in endpoints.json.")
        {
            data,
        };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(data).FullName, stop));
        return command;
    }

    private static async Task<int> RunAsync(string directory, CancellationToken stop)
    {
        await NodeHost.RunAsync(directory, stop);
        return ExitCodes.Passed;
    }
}
