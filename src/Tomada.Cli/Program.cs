using System.CommandLine;
using Tomada.Cli;
using Tomada.Cli.Audit;
using Tomada.Cli.Commands;
using Tomada.Cli.Import;
using Tomada.Cli.Plan;
using Tomada.Node;
using Tomada.Node.Storage;

RootCommand root = new(
    """
    Tomada lets electric cars roam between charging companies that do not trust one another.

    Start with:  tomada demo          three companies, one trip, on this machine
                 tomada demo --once   the same, and exit when every criterion is measured

    Exit codes: 0 passed, 1 a check failed or a transaction was refused, 2 wrong usage,
    3 configuration or data directory, 4 unreachable, 5 disk full or failing, 130 interrupted.
    'tomada audit' ends with the class of what it found, 10 to 22: see its --help.
    """)
{
    DemoCommand.Create(),
    InitCommand.Create(),
    NodeCommand.Create(),
    NetworkCommand.Create(),
    KeysCommand.Create(),
    DoctorCommand.Create(),
    CompanyCommand.Create(),
    DeviceCommand.Create(),
    BrokerCommand.Create(),
    RebuildCommand.Create(),
    StationCommand.Create(),
    CarCommand.Create(),
    FleetCommand.Create(),
    TripCommand.Create(),
    SimCommand.Create(),
    AuditCommand.Create(),
    BenchCommand.Create(),
    PriceCommand.Create(),
    PlanCommand.Create(),
    ImportCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    string command =
        parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
    await Console.Error.WriteLineAsync($"tomada: {OneLine(parsed)} See 'tomada{command} --help'.");
    return ExitCodes.Usage;
}

try
{
    return await parsed.InvokeAsync(
        new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            // After Ctrl-C, time for what was started to be stopped; beyond it the process just
            // ends.
            ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
        });
}
catch (CommandException refused)
{
    await Console.Error.WriteLineAsync($"tomada: {refused.Message}");
    return refused.ExitCode;
}
catch (StoreFailedException failed)
{
    await Console.Error.WriteLineAsync($"tomada: {failed.Message}");
    return ExitCodes.Disk;
}
catch (Exception refused) when (refused is DataDirectoryException or StoreCorruptException)
{
    await Console.Error.WriteLineAsync($"tomada: {refused.Message}");
    return ExitCodes.Configuration;
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}

// What was not understood says more than what is missing because of it.
static string OneLine(ParseResult parsed)
{
    string? unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
    string message = parsed.Errors
        .Select(each => each.Message)
        .FirstOrDefault(each => unknown is not null
            && each.Contains($"'{unknown}'", StringComparison.Ordinal))
        ?? parsed.Errors[0].Message;
    return string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
