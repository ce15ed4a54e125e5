using System.Globalization;
using System.Text.RegularExpressions;

namespace Tomada.Cli.Import.Osm;

/// <summary>
/// The values of OSM's <c>maxspeed</c>: a number in km/h, mph or knots, or the name of a zone.
/// </summary>
internal static partial class SpeedLimits
{
    private const double KmhPerMph = 1.609344;
    private const double KmhPerKnot = 1.852;
    private const double HighestKmh = 250;

    /// <summary>Where a country sets no limit, cars are taken to drive as under this one.</summary>
    private const double NoLimitKmh = 130;

    private const double WalkKmh = 7;

    /// <summary>The limit in km/h, or null where the text says none; of several the lowest.
    /// </summary>
    /// <param name="text">The value.</param>
    /// <param name="isUnderstood">False where it says something that is not known.</param>
    public static double? Parse(string text, out bool isUnderstood)
    {
        double? lowest = null;
        isUnderstood = true;
        foreach (string part in text.Split(';', '|'))
        {
            double? one = ParseOne(part.Trim(), out bool isKnown);
            isUnderstood = isUnderstood && isKnown;
            lowest = lowest is null || one < lowest ? one ?? lowest : lowest;
        }

        return lowest;
    }

    private static double? ParseOne(string text, out bool isKnown)
    {
        isKnown = true;
        switch (text)
        {
            case "none":
                return NoLimitKmh;
            case "walk":
                return WalkKmh;
            case "signals" or "variable" or "":
                return null;
        }

        if (Number().Match(text) is { Success: true } number)
        {
            double value = double.Parse(number.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            double kmh = number.Groups[2].Value switch
            {
                "mph" => value * KmhPerMph,
                "knots" => value * KmhPerKnot,
                _ => value,
            };
            isKnown = kmh is > 0 and <= HighestKmh;
            return isKnown ? kmh : null;
        }

        double? zone = Zone(text);
        isKnown = zone is not null;
        return zone;
    }

    private static double? Zone(string text)
    {
        if (ZoneName().Match(text) is not { Success: true } zone)
        {
            return null;
        }

        bool isBrazil = zone.Groups[1].Value == "BR";
        return zone.Groups[2].Value switch
        {
            "urban" => isBrazil ? 60 : 50,
            "rural" => isBrazil || zone.Groups[1].Value == "DE" ? 100 : 90,
            "trunk" => 100,
            "motorway" => isBrazil ? 110 : 130,
            "living_street" => isBrazil ? 20 : 10,
            "walk" => WalkKmh,
            string limited when limited.StartsWith("zone", StringComparison.Ordinal) =>
                double.Parse(limited.AsSpan(4).TrimStart(':'), CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    [GeneratedRegex(@"^(\d{1,3}(?:\.\d{1,2})?) ?(km/h|kmh|kph|mph|knots)?$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^([A-Z]{2}):(zone:?\d{2}|[a-z_]+)$")]
    private static partial Regex ZoneName();
}
