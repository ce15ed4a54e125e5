using System.Globalization;

namespace Tomada.Cli.Import.Ocpi;

/// <summary>Times as OCPI wants them: RFC 3339 in UTC.</summary>
internal static class OcpiTimes
{
    /// <summary>The time with a Z; null when there is none.</summary>
    public static string? Mend(string? text, Mending mending)
    {
        string? plain = text?.Trim();
        if (string.IsNullOrEmpty(plain))
        {
            return null;
        }

        if (!DateTimeOffset.TryParse(
            plain, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset time))
        {
            mending.Did("a time that is none was left out", plain);
            return null;
        }

        if (plain[^1] != 'Z')
        {
            mending.Did("a time without Z was taken as UTC, or brought to it", plain);
        }

        return time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
    }
}
