namespace Tomada.Cli.Demo;

/// <summary>What the demo was asked for.</summary>
/// <param name="Once">Exit after the table.</param>
/// <param name="Kill">Company C's node dies in the middle of a reservation.</param>
/// <param name="JsonFile">Where to write the results for programs.</param>
/// <param name="ClockFactor">Speed of the ledger clock during the drive.</param>
/// <param name="KeepFolder">Keep the data and logs for a look afterwards.</param>
internal sealed record DemoOptions(
    bool Once, bool Kill, FileInfo? JsonFile, int ClockFactor, bool KeepFolder)
{
    /// <summary>Speed of the drive: ten hours take about twenty seconds.</summary>
    public const int DefaultClockFactor = 1_800;

    /// <summary>
    /// From the first node's start to the last criterion; a run that takes longer has failed.
    /// </summary>
    public static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(60);
}
