using System.Globalization;
using Tomada.Node.Trips;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Plan;

/// <summary>Finds what a person calls a place: its id, its name, or LAT,LON near it.</summary>
internal sealed class PlanPlaces(RoadGraph roads)
{
    private readonly RoadSnap _snap = new(roads);

    /// <exception cref="CommandException">There is none.</exception>
    public PlaceId Find(string option, string text)
    {
        if (IdRules.IsName(text) && roads.Find(PlaceId.Parse(text)) is { } known)
        {
            return known.Id;
        }

        string[] parts = text.Split(',');
        if (parts.Length == 2 && TryReadPoint(parts[0], parts[1], out GeoPoint point))
        {
            return _snap.Nearest(point, TripPlanLimits.SiteDistanceMaxM)?.Id
                ?? throw Usage(option, text, "no place of the roads lies within 60 km");
        }

        Place[] named = [.. roads.StopPlaces.Where(
            each => string.Equals(each.Name, text, StringComparison.OrdinalIgnoreCase)).Take(2)];
        return named switch
        {
            [var one] => one.Id,
            [] => throw Usage(option, text, "no such place"),
            _ => throw Usage(option, text, "several places have this name"),
        };
    }

    /// <summary>Reads degrees with up to six decimals that count.</summary>
    public static bool TryReadPoint(string? latitude, string? longitude, out GeoPoint point)
    {
        bool isRead = Degrees(latitude, 90, out int north) & Degrees(longitude, 180, out int east);
        point = isRead ? new GeoPoint(north, east) : default;
        return isRead;
    }

    private static bool Degrees(string? text, int most, out int microdegrees)
    {
        bool isRead = decimal.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out decimal degrees) && Math.Abs(degrees) <= most;
        microdegrees = isRead ? (int)decimal.Round(degrees * 1_000_000) : 0;
        return isRead;
    }

    private static CommandException Usage(string option, string text, string why) => new(
        ExitCodes.Usage,
        $"{option}: '{text}': {why}; allowed are the id or the name of a place of the roads, or "
        + "LAT,LON as -12.97,-38.50");
}
