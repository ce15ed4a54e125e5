using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using OsmSharp.Tags;
using Tomada.Routing;

namespace Tomada.Cli.Import.Osm;

/// <summary>
/// Whether and how cars use a way, by its tags (wiki.openstreetmap.org: Key:highway, Key:oneway,
/// Key:access, Key:maxspeed, Tag:route=ferry). Every decision not to is counted.
/// </summary>
/// <param name="isBrazil">Which limits hold where none is stated.</param>
/// <param name="report">Where what is left aside is counted.</param>
internal sealed class WayRules(bool isBrazil, ImportReport report)
{
    private const int FerryKmh = 20;

    // From the most special to the most general: the first that is stated decides.
    private static readonly string[] s_access = ["motorcar", "motor_vehicle", "vehicle", "access"];

    private static readonly FrozenSet<string> s_closed = FrozenSet.Create(
        StringComparer.Ordinal,
        "no", "private", "agricultural", "forestry", "military", "emergency", "bus", "psv", "taxi",
        "official", "employees", "residents");

    private static readonly FrozenSet<string> s_closedServices = FrozenSet.Create(
        StringComparer.Ordinal, "driveway", "emergency_access", "drive-through", "bus");

    // What stands in the way unless its own access tag opens it.
    private static readonly FrozenSet<string> s_closedBarriers = FrozenSet.Create(
        StringComparer.Ordinal,
        "bollard", "block", "jersey_barrier", "debris", "log", "cycle_barrier", "kissing_gate",
        "stile", "turnstile", "chain", "sump_buster", "bus_trap", "planter");

    /// <summary>How cars use the way; null where they do not, and that is counted.</summary>
    public WayUse? Use(long id, TagsCollectionBase tags)
    {
        if (Value(tags, "route") == "ferry")
        {
            return Ferry(id, tags);
        }

        if (Value(tags, "highway") is not { } highway)
        {
            report.Refuse("way that is no road", "way", id);
            return null;
        }

        if (!RoadClasses.TryFind(highway, out RoadClass found))
        {
            report.Refuse("road of a class that cars do not use", "way", id, highway);
            return null;
        }

        if (IsClosed(tags) || Value(tags, "area") == "yes")
        {
            report.Refuse("road closed to cars", "way", id);
            return null;
        }

        if (Value(tags, "service") is { } service && s_closedServices.Contains(service))
        {
            report.Refuse("driveway or other way of service to one place", "way", id, service);
            return null;
        }

        (bool forward, bool backward) = Directions(highway, tags);
        if (!forward && !backward)
        {
            report.Refuse("road that changes its direction by the hour", "way", id);
            return null;
        }

        if (tags.ContainsKey("maxspeed:conditional") || tags.ContainsKey("access:conditional")
            || tags.ContainsKey("oneway:conditional"))
        {
            report.Correct("condition by hour or weather not applied", "way", id);
        }

        return new WayUse(
            forward ? Kmh(id, found, tags, "maxspeed:forward") : 0,
            backward ? Kmh(id, found, tags, "maxspeed:backward") : 0,
            Label(tags, highway),
            Value(tags, "toll") == "yes" ? RoadTraits.Toll : RoadTraits.None);
    }

    /// <summary>Whether no car passes a node with these tags.</summary>
    public static bool IsClosedNode(TagsCollectionBase tags)
    {
        if (Value(tags, "barrier") is not { } barrier)
        {
            return false;
        }

        return First(tags, s_access) is { } access
            ? s_closed.Contains(access)
            : s_closedBarriers.Contains(barrier);
    }

    private WayUse? Ferry(long id, TagsCollectionBase tags)
    {
        string? motor = First(tags, s_access.AsSpan(0, 3));
        bool isForPeople = motor is null
            && (tags.ContainsKey("foot") || tags.ContainsKey("bicycle"));
        if (IsClosed(tags) || isForPeople)
        {
            report.Refuse("ferry that carries no cars", "way", id);
            return null;
        }

        TimeSpan? time = Duration(Value(tags, "duration"));
        if (time is null)
        {
            report.Correct(
                $"ferry without a duration: taken as {FerryKmh} km/h", "way", id);
        }

        (bool forward, bool backward) = Directions("ferry", tags);
        RoadTraits toll = Value(tags, "toll") == "yes" ? RoadTraits.Toll : RoadTraits.None;
        return new WayUse(
            forward ? FerryKmh : 0,
            backward ? FerryKmh : 0,
            Label(tags, "ferry"),
            RoadTraits.Ferry | toll,
            time);
    }

    private int Kmh(long id, RoadClass of, TagsCollectionBase tags, string directed)
    {
        double? limit = null;
        if ((Value(tags, directed) ?? Value(tags, "maxspeed")) is { } text)
        {
            limit = SpeedLimits.Parse(text, out bool isUnderstood);
            if (!isUnderstood)
            {
                report.Correct(
                    "maxspeed not understood: the class's own taken", "way", id, text);
            }
        }

        return RoadClasses.TypicalKmh(of, limit, Value(tags, "surface"), isBrazil);
    }

    private static bool IsClosed(TagsCollectionBase tags) =>
        First(tags, s_access) is { } access && s_closed.Contains(access);

    /// <summary>A roundabout and a motorway run one way unless they say otherwise.</summary>
    private static (bool Forward, bool Backward) Directions(
        string highway, TagsCollectionBase tags) =>
        (Value(tags, "oneway:motor_vehicle") ?? Value(tags, "oneway")) switch
        {
            "yes" or "true" or "1" => (true, false),
            "-1" or "reverse" => (false, true),
            "reversible" => (false, false),
            "no" or "false" or "0" or "alternating" => (true, true),
            _ => Value(tags, "junction") is "roundabout" or "circular" || highway == "motorway"
                ? (true, false)
                : (true, true),
        };

    /// <summary>hh:mm, hh:mm:ss, minutes, or PT1H30M.</summary>
    private static TimeSpan? Duration(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.StartsWith("PT", StringComparison.Ordinal))
        {
            try
            {
                return Positive(System.Xml.XmlConvert.ToTimeSpan(text));
            }
            catch (Exception unknown) when (unknown is FormatException or OverflowException)
            {
                return null;
            }
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int minutes))
        {
            return Positive(TimeSpan.FromMinutes(Math.Min(minutes, 100_000)));
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time)
            ? Positive(time)
            : null;
    }

    private static TimeSpan? Positive(TimeSpan time) => time > TimeSpan.Zero ? time : null;

    private static string Label(TagsCollectionBase tags, string otherwise)
    {
        string sign = Value(tags, "ref")?.Split(';')[0] ?? Value(tags, "name") ?? otherwise;
        StringBuilder label = new();
        int bytes = 0;
        foreach (Rune rune in sign.Trim().EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > RoutingLimits.HighwayBytesMax)
            {
                break;
            }

            label.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        string text = label.ToString().Trim();
        return text.Length == 0 ? otherwise : text;
    }

    private static string? First(TagsCollectionBase tags, ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (Value(tags, key) is { } value)
            {
                return value;
            }
        }

        return null;
    }

    private static string? Value(TagsCollectionBase tags, string key) =>
        tags.TryGetValue(key, out string value) ? value : null;
}
