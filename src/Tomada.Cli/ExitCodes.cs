namespace Tomada.Cli;

/// <summary>What the process tells its caller; the same for every command.</summary>
internal static class ExitCodes
{
    public const int Passed = 0;

    /// <summary>A check failed, or a transaction was refused.</summary>
    public const int Failed = 1;

    public const int Usage = 2;

    /// <summary>Configuration, data directory, or something missing on this machine.</summary>
    public const int Configuration = 3;

    public const int Unreachable = 4;

    /// <summary>A write did not reach the disk: full, or failing.</summary>
    public const int Disk = 5;

    public const int Interrupted = 130;
}

/// <summary>Ends a command with one line on standard error.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;

    public static CommandException Configuration(string message) =>
        new(ExitCodes.Configuration, message);

    public static CommandException Unreachable(string message) =>
        new(ExitCodes.Unreachable, message);

    public static CommandException Failed(string message) => new(ExitCodes.Failed, message);
}
