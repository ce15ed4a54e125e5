using Tomada.Devices;

namespace Tomada.Cli.Fleet;

/// <summary>What <c>tomada fleet</c> was asked for.</summary>
internal sealed record FleetOptions
{
    /// <summary>Most stations, and most cars, of one process.</summary>
    public const int DevicesMax = 10_000;

    /// <summary>The data directory of the company's node.</summary>
    public required string Data { get; init; }

    public required int Stations { get; init; }

    public required int Cars { get; init; }

    /// <summary>Of everything that comes by chance.</summary>
    public required int Seed { get; init; }

    public required TroublePlan Troubles { get; init; }

    /// <summary>Where the devices keep their files.</summary>
    public required string Folder { get; init; }

    /// <summary>Stop after so many charged cars; null: not by that.</summary>
    public int? Charges { get; init; }

    /// <summary>Stop after so much wall time; null: not by that.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Off from the right time at the start.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>How fast the devices' clocks go wrong.</summary>
    public int DriftPpm { get; init; }

    /// <summary>
    /// Of a simulated network whose only member this is: how fast the ledger clock runs meanwhile;
    /// null leaves it alone.
    /// </summary>
    public int? ClockFactor { get; init; }

    public FileInfo? JsonFile { get; init; }
}
