using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Import.Ocpi;

/// <summary>
/// Locations and tariffs of OCPI feeds as OCPI 2.2.1: each record is taken, corrected by a stated
/// rule, or refused with a reason, and all is counted.
/// </summary>
/// <param name="party">Whose records these are when they do not say it.</param>
internal sealed class OcpiImport(CompanyId? party)
{
    private readonly ImportReport _report = new("records");
    private readonly Dictionary<string, JsonObject> _locations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonObject> _tariffs = new(StringComparer.Ordinal);

    /// <summary>What was read, corrected and refused so far.</summary>
    public ImportReport Report => _report;

    /// <summary>Takes a feed.</summary>
    public void Add(OcpiFeed feed)
    {
        LocationMender locations = new(party, feed.Time);
        foreach (JsonNode? each in feed.Records)
        {
            _report.Read++;
            string name = string.Create(
                CultureInfo.InvariantCulture, $"record {_report.Read}");
            if (!JsonFields.IsWellFormed(each))
            {
                _report.Refuse("it has a field twice, or a text that is none", name);
                continue;
            }

            switch (each)
            {
                case JsonObject tariff when tariff["elements"] is JsonArray:
                    AddTariff(tariff.DeepClone().AsObject(), name);
                    break;
                case JsonObject location:
                    AddLocation(locations, location.DeepClone().AsObject(), name);
                    break;
                default:
                    _report.Refuse("it is no object", name);
                    break;
            }
        }
    }

    /// <summary>Everything that was taken, ready to be written; call it once.</summary>
    public (JsonArray Locations, JsonArray Tariffs) Finish()
    {
        FindZones();
        JsonArray locations = [.. Sorted(_locations)];
        JsonArray tariffs = [.. Sorted(_tariffs)];
        _report.Written = locations.Count + tariffs.Count;
        _report.Result("locations", locations.Count);
        _report.Result("EVSEs", locations.Sum(each => each!["evses"]!.AsArray().Count));
        _report.Result("connectors", locations.Sum(each => each!["evses"]!.AsArray()
            .Sum(evse => evse!["connectors"]!.AsArray().Count)));
        _report.Result("tariffs", tariffs.Count);
        return (locations, tariffs);
    }

    private static IEnumerable<JsonNode> Sorted(Dictionary<string, JsonObject> records) =>
        records.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => each.Value);

    private void AddLocation(LocationMender mender, JsonObject location, string name)
    {
        if (location.Text("id") is { } id)
        {
            name += $" ({id})";
        }

        mender.Mend(location, new Mending(_report, name), out string? refusal);
        if (refusal is not null)
        {
            _report.Refuse($"location: {refusal}", name);
            return;
        }

        Keep(_locations, location, name);
    }

    private void AddTariff(JsonObject tariff, string name)
    {
        string? id = tariff.Text("id")?.Trim();
        string code = $"{tariff.Text("country_code")}-{tariff.Text("party_id")}".ToLowerInvariant();
        if (!CompanyId.TryParse(code, out _) && party is { } known)
        {
            tariff["country_code"] = known.Value[..2].ToUpperInvariant();
            tariff["party_id"] = known.Value[3..].ToUpperInvariant();
            _report.Correct("tariff: whose it is was taken from --party", name);
            code = known.Value;
        }

        using JsonDocument document = JsonDocument.Parse(tariff.ToJsonString());
        string? why = string.IsNullOrEmpty(id) ? "it has no id"
            : !CompanyId.TryParse(code, out _) ? "it does not say whose it is; --party says it"
            : OcpiTariffJson.TryRead(document.RootElement, out _, out string? wrong) ? null
            : wrong;
        if (why is not null)
        {
            _report.Refuse("tariff: it cannot be priced exactly", $"{name} ({id}): {why}");
            return;
        }

        Keep(_tariffs, tariff, $"{name} ({id})");
    }

    /// <summary>Of two with one id the newer counts, or the first.</summary>
    private void Keep(Dictionary<string, JsonObject> kept, JsonObject record, string name)
    {
        string key = $"{record.Text("country_code")} {record.Text("party_id")} {record.Text("id")}";
        bool isKnown = kept.TryGetValue(key, out JsonObject? held);
        if (isKnown)
        {
            _report.Refuse("another record has the same id, and is newer or came first", name);
        }

        if (!isKnown || string.CompareOrdinal(
            record.Text("last_updated"), held!.Text("last_updated")) > 0)
        {
            kept[key] = record;
        }
    }

    /// <summary>A location without a zone gets that of the nearest one that has one.</summary>
    private void FindZones()
    {
        List<JsonObject> known =
            [.. _locations.Values.Where(each => each["time_zone"] is not null)];
        foreach ((string key, JsonObject location) in _locations
            .Where(each => each.Value["time_zone"] is null).ToList())
        {
            string name = location.Text("id")!;
            if (known.MinBy(each => Distance(each, location)) is { } nearest)
            {
                location["time_zone"] = nearest.Text("time_zone");
                _report.Correct(
                    "location: a time zone that is none became that of the nearest location", name);
            }
            else
            {
                _locations.Remove(key);
                _report.Refuse("location: its time zone is none, and no other one is near", name);
            }
        }
    }

    private static double Distance(JsonObject one, JsonObject other) =>
        PointOf(one).DistanceM(PointOf(other));

    private static GeoPoint PointOf(JsonObject location)
    {
        JsonObject at = location["coordinates"]!.AsObject();
        return new GeoPoint(
            (int)(at.Number("latitude")!.Value * 1_000_000),
            (int)(at.Number("longitude")!.Value * 1_000_000));
    }
}
