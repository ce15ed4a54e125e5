using NodaTime;
using NodaTime.TimeZones;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Local time by the IANA time zones that NodaTime carries in itself. The machine's own are never
/// asked: two machines would price a session differently.
/// </summary>
public static class LocalClock
{
    private const long MsPerDay = 24L * 60 * 60 * 1_000;

    /// <summary>The version of the time zones that this program reads, as 2026a.</summary>
    public static string Version { get; } = TzdbDateTimeZoneSource.Default.TzdbVersion;

    /// <summary>Whether a name is one of the IANA zones.</summary>
    public static bool IsZone(string name) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not null;

    /// <summary>The local date and time; a name that is no zone counts as UTC.</summary>
    internal static DateTime At(string zone, Timestamp time) =>
        Instant.FromUnixTimeMilliseconds(time.UnixMs).InZone(ZoneOf(zone)).ToDateTimeUnspecified();

    /// <summary>
    /// Adds every instant inside the window at which the local clock shows one of the times of day,
    /// or is put forward or back.
    /// </summary>
    internal static void AddCuts(
        string zone, TimeWindow window, SortedSet<TimeOnly> times, SortedSet<long> cuts)
    {
        Interval interval = new(
            Instant.FromUnixTimeMilliseconds(window.From.UnixMs),
            Instant.FromUnixTimeMilliseconds(window.Until.UnixMs));
        foreach (ZoneInterval piece in ZoneOf(zone).GetZoneIntervals(interval))
        {
            long from = Math.Max(
                window.From.UnixMs, piece.HasStart ? piece.Start.ToUnixTimeMilliseconds() : 0);
            long until = Math.Min(
                window.Until.UnixMs,
                piece.HasEnd ? piece.End.ToUnixTimeMilliseconds() : long.MaxValue);
            long offset = piece.WallOffset.Milliseconds;
            cuts.Add(from);
            for (long day = Floor(from + offset); day <= until + offset; day += MsPerDay)
            {
                foreach (TimeOnly time in times)
                {
                    long at = day + (time.Ticks / TimeSpan.TicksPerMillisecond) - offset;
                    if (at > from && at < until)
                    {
                        cuts.Add(at);
                    }
                }
            }
        }
    }

    private static long Floor(long localMs) =>
        localMs - (((localMs % MsPerDay) + MsPerDay) % MsPerDay);

    private static DateTimeZone ZoneOf(string name) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) ?? DateTimeZone.Utc;
}
