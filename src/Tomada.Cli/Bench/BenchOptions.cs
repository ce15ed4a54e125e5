namespace Tomada.Cli.Bench;

/// <summary>What <c>tomada bench consensus</c> was asked for.</summary>
/// <param name="Nodes">Companies; 1 to 10.</param>
/// <param name="Down">How many of them are killed while load runs; 0 measures no failover.</param>
/// <param name="Peers">Which other systems run the same load.</param>
/// <param name="Submitters">Closed loops, each of so many submitters.</param>
/// <param name="Rates">Open loops, each of so many submissions a second.</param>
/// <param name="Window">How long each load is measured.</param>
/// <param name="Warmup">Load before the first measurement, so that code is compiled and files have
/// their size.</param>
/// <param name="Transactions">How many are submitted while memory is watched, instead of loads of a
/// time; null for loads.</param>
/// <param name="JsonFile">Where the results go for programs.</param>
/// <param name="KeepFolder">Whether data directories and logs stay.</param>
internal sealed record BenchOptions(
    int Nodes,
    int Down,
    IReadOnlyList<string> Peers,
    IReadOnlyList<int> Submitters,
    IReadOnlyList<int> Rates,
    TimeSpan Window,
    TimeSpan Warmup,
    int? Transactions,
    FileInfo? JsonFile,
    bool KeepFolder)
{
    public const int NodesMax = 10;
    public const int SubmittersMax = 2_048;
    public const int RateMax = 100_000;
    public const int SecondsMax = 3_600;
    public const int TransactionsMax = 10_000_000;

    /// <summary>Submitters while memory is watched.</summary>
    public const int MemorySubmitters = 256;

    /// <summary>Submitters before the first measurement.</summary>
    public const int WarmupSubmitters = 32;

    /// <summary>
    /// Submitters that share an open loop; beyond them a submission waits its turn.
    /// </summary>
    public const int OpenSubmitters = 256;

    /// <summary>
    /// Submitters while nodes are killed: enough that every moment has one waiting.
    /// </summary>
    public const int FailoverSubmitters = 16;


    /// <summary>Load before each measurement.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>The time after the kill until latency counts as steady again.</summary>
    public static readonly TimeSpan FailoverMax = TimeSpan.FromSeconds(5);

    /// <summary>For a system to start; three processes share two cores.</summary>
    public static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
}
