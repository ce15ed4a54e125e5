using System.CommandLine;
using Tomada.Cli;
using Tomada.Cli.Commands;
using Tomada.Node;
using Tomada.Node.Storage;

RootCommand root = new(
    """
    Tomada lets electric cars roam between charging companies that do not trust one another.

    Start with:  tomada demo          three companies, one trip, on this machine
                 tomada demo --once   the same, and exit when every criterion is measured

    Exit codes: 0 passed, 1 a check failed or a transaction was refused, 2 wrong usage,
    3 configuration or data directory, 4 unreachable, 130 interrupted.
    """)
{
    DemoCommand.Create(),
    InitCommand.Create(),
    NodeCommand.Create(),
    NetworkCommand.Create(),
    CompanyCommand.Create(),
    StationCommand.Create(),
    CarCommand.Create(),
    SimCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    string command =
        parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
    await Console.Error.WriteLineAsync(
        $"tomada: {parsed.Errors[0].Message} See 'tomada{command} --help'.");
    return ExitCodes.Usage;
}

try
{
    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (CommandException refused)
{
    await Console.Error.WriteLineAsync($"tomada: {refused.Message}");
    return refused.ExitCode;
}
catch (Exception refused) when (refused is DataDirectoryException or StoreCorruptException or StoreFailedException)
{
    await Console.Error.WriteLineAsync($"tomada: {refused.Message}");
    return ExitCodes.Configuration;
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
