using System.Globalization;
using System.Text.Json.Nodes;
using NodaTime;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Cli.Import.Ocpi;

/// <summary>Makes an OCPI 2.2.1 Location of what feeds call one, or says why it is none.</summary>
/// <param name="party">Whose locations these are when they do not say it.</param>
/// <param name="feedTime">When the feed was made; null when it does not say.</param>
internal sealed class LocationMender(CompanyId? party, string? feedTime)
{
    private const int IdMax = 36;

    /// <summary>Lengths of OCPI 2.2.1, module locations.</summary>
    private static readonly (string Name, int Max)[] s_texts =
        [("name", 255), ("address", 45), ("city", 45), ("postal_code", 10), ("state", 20)];

    private static readonly ILookup<string, string> s_zoneOfCity =
        DateTimeZoneProviders.Tzdb.Ids.Where(each => each.Contains('/'))
            .ToLookup(each => each[(each.LastIndexOf('/') + 1)..], StringComparer.Ordinal);

    /// <summary>Corrects a location.</summary>
    /// <param name="location">Changed in place.</param>
    /// <param name="mending">Counts.</param>
    /// <param name="refusal">Why it is none; null when it is one.</param>
    public void Mend(JsonObject location, Mending mending, out string? refusal)
    {
        Cut(location, mending);
        string? id = location.Text("id")?.Trim();
        refusal = string.IsNullOrEmpty(id) ? "it has no id"
            : id.Length > IdMax ? $"its id has more than {IdMax} characters"
            : Party(location, mending)
            ?? Point(location, mending);
        if (refusal is not null)
        {
            return;
        }

        location["id"] = id;
        if (location["publish"] is not JsonValue published
            || !published.TryGetValue(out bool _))
        {
            location["publish"] = true;
            mending.Did("location: without 'publish' it is public");
        }

        Parking(location, mending);
        Zone(location, mending);
        refusal = Evses(location, mending);
    }

    private static void Cut(JsonObject location, Mending mending)
    {
        foreach ((string name, int max) in s_texts)
        {
            if (location.Text(name) is not { } text)
            {
                continue;
            }

            string plain = text.Trim();
            if (plain.Length < text.Length)
            {
                mending.Did("location: blanks around a text were cut", name);
            }

            if (plain.Length > max)
            {
                plain = plain[..max].TrimEnd();
                mending.Did("location: a text longer than OCPI allows was cut", name);
            }

            location[name] = plain;
        }
    }

    /// <summary>Whose it is: two letters and three, and the country's three.</summary>
    private string? Party(JsonObject location, Mending mending)
    {
        string? code = location.Text("country_code")?.Trim().ToUpperInvariant();
        string? name = location.Text("party_id")?.Trim().ToUpperInvariant();
        if ((code is not { Length: 2 } || name is not { Length: 3 }) && party is { } known)
        {
            code ??= known.Value[..2].ToUpperInvariant();
            name ??= known.Value[3..].ToUpperInvariant();
            mending.Did("location: whose it is was taken from --party");
        }

        if (!CompanyId.TryParse($"{code}-{name}".ToLowerInvariant(), out _))
        {
            return "it does not say whose it is (country_code, party_id); --party says it for all";
        }

        (location["country_code"], location["party_id"]) = (code, name);
        string? country = location.Text("country")?.Trim();
        if (Countries.Two(country) is null)
        {
            string? three =
                Countries.Three(country?.ToUpperInvariant()) ?? Countries.Three(code);
            if (three is not null)
            {
                mending.Did(
                    "location: a country that is no code of three letters was corrected", country);
                country = three;
            }
            else if (country is not { Length: 3 })
            {
                return "its country is not known";
            }
        }

        location["country"] = country;
        return null;
    }

    private static string? Point(JsonObject location, Mending mending)
    {
        if (location["coordinates"] is not JsonObject at
            || at.Number("latitude") is not { } latitude
            || at.Number("longitude") is not { } longitude)
        {
            return "it has no coordinates";
        }

        if (latitude is < -90 or > 90 || longitude is < -180 or > 180
            || (latitude == 0 && longitude == 0))
        {
            return "its coordinates are nowhere";
        }

        Write(at, "latitude", latitude, mending);
        Write(at, "longitude", longitude, mending);
        return null;
    }

    private static void Write(JsonObject at, string name, decimal degrees, Mending mending)
    {
        string text = Math.Round(degrees, 6).ToString("0.000000", CultureInfo.InvariantCulture);
        if (at[name]!.GetValueKind() != System.Text.Json.JsonValueKind.String)
        {
            mending.Did("location: coordinates that were numbers became texts");
        }

        at[name] = text;
    }

    private static void Parking(JsonObject location, Mending mending)
    {
        if (location.Text("type") is { } type)
        {
            location.Remove("type");
            if (type is "ON_STREET" or "PARKING_GARAGE" or "UNDERGROUND_GARAGE" or "PARKING_LOT")
            {
                location["parking_type"] ??= type;
            }

            mending.Did("location: 'type' of OCPI 2.1.1 became 'parking_type' where it says one");
        }
    }

    /// <summary>Leaves it out when it is none; the feed's other locations may know.</summary>
    private static void Zone(JsonObject location, Mending mending)
    {
        string? zone = location.Text("time_zone")?.Trim();
        if (zone is not null && LocalClock.IsZone(zone))
        {
            location["time_zone"] = zone;
            return;
        }

        location.Remove("time_zone");
        string city = zone?[(zone.LastIndexOf('/') + 1)..].Replace(' ', '_') ?? "";
        if (s_zoneOfCity[city].FirstOrDefault() is { } named)
        {
            location["time_zone"] = named;
            mending.Did(
                "location: a time zone that is none became that of the city it names", zone);
        }
    }

    private string? Evses(JsonObject location, Mending mending)
    {
        List<JsonObject> all = location.Objects("evses", mending);
        string? updated = OcpiTimes.Mend(location.Text("last_updated"), mending)
            ?? all.Select(each => each.Text("last_updated")).Order(StringComparer.Ordinal)
                .LastOrDefault(each => each is not null)
            ?? feedTime;
        if (OcpiTimes.Mend(updated, mending) is not { } time)
        {
            return "nothing says when it changed";
        }

        location["last_updated"] = time;
        JsonArray evses = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (JsonObject each in all)
        {
            if (EvseMender.Mend(each.DeepClone().AsObject(), evses.Count + 1, time, mending)
                is not { } sound)
            {
                continue;
            }

            if (!ids.Add(sound.Text("uid")!))
            {
                mending.Did("EVSE left out: another one has its uid", sound.Text("uid"));
                continue;
            }

            evses.Add((JsonNode)sound);
        }

        location["evses"] = evses;
        return evses.Count > 0 ? null : "no EVSE of it can be used";
    }
}
