using System.Collections.Immutable;
using System.Globalization;

namespace Tomada.Devices;

/// <summary>What goes wrong at a simulated station.</summary>
public enum TroubleKind
{
    /// <summary>An EVSE fails: OUTOFORDER, and a running session ends.</summary>
    Fault = 1,

    /// <summary>The network is gone without a goodbye; sessions start and run on.</summary>
    Offline = 2,

    /// <summary>It stops with a goodbye and starts again: bs + 1.</summary>
    Reboot = 3,

    /// <summary>It loses power in the middle of anything, and starts again: bs + 1.</summary>
    PowerCut = 4,

    /// <summary>Power is held back from running sessions (OCPP SuspendedEVSE).</summary>
    Suspend = 5,
}

/// <summary>One trouble.</summary>
/// <param name="After">Wall time since the end of the one before.</param>
/// <param name="Kind">Which.</param>
/// <param name="Lasts">Wall time.</param>
public sealed record Trouble(TimeSpan After, TroubleKind Kind, TimeSpan Lasts);

/// <summary>How often a kind of trouble comes, by chance.</summary>
/// <param name="Kind">Which.</param>
/// <param name="PerHour">Times in an hour of wall time, on average; above 0, up to 3,600.</param>
/// <param name="Lasts">Wall time, 0 to an hour.</param>
public sealed record TroubleRate(TroubleKind Kind, double PerHour, TimeSpan Lasts)
{
    /// <summary>What <see cref="Parse"/> reads.</summary>
    public const string Allowed =
        "KIND=PER_HOUR[:SECONDS], as offline=6:20; kinds are fault, offline, reboot, power-cut, "
        + "suspend; 0 to 3600 times an hour; 0 to 3600 seconds, 10 when not said";

    /// <summary>Reads KIND=PER_HOUR[:SECONDS].</summary>
    /// <exception cref="FormatException">It is written otherwise.</exception>
    public static TroubleRate Parse(string text)
    {
        string[] parts = text.Split('=', ':');
        return parts.Length is 2 or 3
            && TroubleText.TryKind(parts[0], out TroubleKind kind)
            && double.TryParse(
                parts[1],
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double perHour)
            && perHour is > 0 and <= 3_600
            && TroubleText.TrySeconds(parts.Length == 3 ? parts[2] : "10", out TimeSpan lasts)
            ? new TroubleRate(kind, perHour, lasts)
            : throw new FormatException($"'{text}' is not {Allowed}.");
    }
}

/// <summary>One line of a script: at a time, at a station.</summary>
/// <param name="At">Wall time since the station's start.</param>
/// <param name="Kind">Which.</param>
/// <param name="Station">The station's id.</param>
/// <param name="Lasts">Wall time.</param>
public sealed record ScriptedTrouble(
    TimeSpan At, TroubleKind Kind, string Station, TimeSpan Lasts)
{
    /// <summary>What <see cref="Parse"/> reads.</summary>
    public const string Allowed =
        "SECONDS KIND STATION [SECONDS], as '30 power-cut posto-1 5'; kinds are fault, offline, "
        + "reboot, power-cut, suspend";

    /// <summary>Reads SECONDS KIND STATION [SECONDS].</summary>
    /// <exception cref="FormatException">It is written otherwise.</exception>
    public static ScriptedTrouble Parse(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length is 3 or 4
            && TroubleText.TrySeconds(words[0], out TimeSpan at)
            && TroubleText.TryKind(words[1], out TroubleKind kind)
            && TroubleText.TrySeconds(words.Length == 4 ? words[3] : "10", out TimeSpan lasts)
            ? new ScriptedTrouble(at, kind, words[2], lasts)
            : throw new FormatException($"'{line}' is not {Allowed}.");
    }

    /// <summary>Reads a script: one a line; empty lines and those with # say nothing.</summary>
    /// <exception cref="FormatException">A line is written otherwise.</exception>
    public static ImmutableArray<ScriptedTrouble> ParseAll(IEnumerable<string> lines) =>
        [.. lines.Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];
}

/// <summary>Words and numbers that rates and scripts share.</summary>
internal static class TroubleText
{
    private const double SecondsMax = 3_600;

    public static bool TryKind(string word, out TroubleKind kind)
    {
        kind = word switch
        {
            "fault" => TroubleKind.Fault,
            "offline" => TroubleKind.Offline,
            "reboot" => TroubleKind.Reboot,
            "power-cut" => TroubleKind.PowerCut,
            "suspend" => TroubleKind.Suspend,
            _ => 0,
        };
        return kind != 0;
    }

    public static bool TrySeconds(string word, out TimeSpan span)
    {
        bool isNumber = double.TryParse(
            word,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out double seconds) && seconds <= SecondsMax;
        span = isNumber ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        return isNumber;
    }
}
