using System.Collections.Immutable;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Node.Trips;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Plan;

/// <summary>
/// Sites and prices out of OCPI 2.2.1 files: locations.json, and tariffs.json beside it. What
/// cannot be planned with is left out and counted by its reason.
/// </summary>
internal sealed class OcpiStations
{
    private const string LocationsFile = "locations.json";
    private const string TariffsFile = "tariffs.json";
    private const long BytesMax = 1L << 29;

    private readonly RoadGraph _roads;
    private readonly RoadSnap _snap;
    private readonly decimal? _priceOfUnknown;
    private readonly SortedDictionary<string, int> _leftOut = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Party, string Id), OcpiTariff> _tariffs = [];
    private readonly Dictionary<EvseId, (OcpiTariff Tariff, string Zone)> _priced = [];
    private readonly Dictionary<EvseId, Outlook> _outlooks = [];
    private readonly List<ChargingSite> _sites = [];
    private Currency _currency = Currency.Brl;

    private OcpiStations(RoadGraph roads, decimal? priceOfUnknown)
    {
        (_roads, _snap, _priceOfUnknown) = (roads, new RoadSnap(roads), priceOfUnknown);
    }

    /// <summary>Reads a directory with both files, or a file of locations.</summary>
    /// <param name="roads">Where the sites stand.</param>
    /// <param name="path">The directory or file.</param>
    /// <param name="priceOfUnknown">Price per kWh of EVSEs without a tariff; null leaves them
    /// out.</param>
    public static OfflineWorld Read(RoadGraph roads, string path, decimal? priceOfUnknown)
    {
        FileInfo locations = new(Directory.Exists(path) ? Path.Combine(path, LocationsFile) : path);
        FileInfo tariffs = new(Path.Combine(locations.DirectoryName!, TariffsFile));
        OcpiStations stations = new(roads, priceOfUnknown);
        if (tariffs.Exists)
        {
            stations.ReadTariffs(Files.ReadList(tariffs, BytesMax));
        }

        foreach (JsonElement location in Files.ReadList(locations, BytesMax))
        {
            stations.ReadLocation(location);
        }

        return stations._sites.Count > 0
            ? stations.World()
            : throw CommandException.Configuration(
                $"{locations}: nothing to plan with is left: "
                + string.Join("; ", stations._leftOut.Select(each => $"{each.Value} {each.Key}"))
                + (priceOfUnknown is null ? "; --price takes EVSEs without a tariff in" : ""));
    }

    private OfflineWorld World() => new(
        _roads,
        [.. _sites],
        (evse, wh, window) => OcpiPricing.Price(
            _priced[evse].Tariff,
            new PricedSession(
                [new ChargingPeriod(window, Activity.Charging, wh)], false, _priced[evse].Zone))
            .AfterTaxes,
        _currency,
        _leftOut)
    {
        Outlook = evse => _outlooks[evse],
    };

    private void ReadTariffs(List<JsonElement> all)
    {
        foreach (JsonElement each in all)
        {
            if (each.ValueKind == JsonValueKind.Object && Text(each, "id") is { } id
                && OcpiTariffJson.TryRead(each, out OcpiTariff? tariff, out _)
                && !tariff.Elements.Any(element => element.Restrictions is { NeedsCurrent: true }))
            {
                _tariffs[(PartyOf(each), id)] = tariff;
            }
            else
            {
                Files.Count(_leftOut, "tariff: cannot be priced before the charge");
            }
        }

        // Prices in several currencies are not compared: the one of most tariffs is planned in.
        _currency = _tariffs.Values.GroupBy(each => each.Currency)
            .OrderByDescending(each => each.Count()).Select(each => each.Key)
            .FirstOrDefault(Currency.Brl);
    }

    private void ReadLocation(JsonElement json)
    {
        string? wrong = json.ValueKind != JsonValueKind.Object ? "location: no object" : null;
        if (wrong is null && !CompanyId.TryParse(PartyOf(json), out _))
        {
            wrong = "location: country_code and party_id are no company";
        }

        GeoPoint? at = wrong is null ? PointOf(json) : null;
        string? id = wrong is null ? Name(Text(json, "id")) : null;
        string zone = (wrong is null ? Text(json, "time_zone") : null) ?? "";
        wrong ??= at is null ? "location: coordinates are none"
            : id is null ? "location: no id"
            : !LocalClock.IsZone(zone) ? "location: time_zone is none of IANA's"
            : null;
        Place? place = wrong is null
            ? _snap.Nearest(at!.Value, TripPlanLimits.SiteDistanceMaxM)
            : null;
        wrong ??= place is null ? Files.FarFromRoads : null;
        if (wrong is not null)
        {
            Files.Count(_leftOut, wrong);
            return;
        }

        CompanyId company = CompanyId.Parse(PartyOf(json));
        ImmutableArray<PlannerEvse> evses =
        [
            .. Items(json, "evses").Select(each => ReadEvse(each, company, zone))
                .OfType<PlannerEvse>().Take(RoutingLimits.EvsesPerSiteMax),
        ];
        if (!evses.IsEmpty)
        {
            _sites.Add(new ChargingSite(
                new LocationId(company, id!), Text(json, "name") ?? id!, place!.Id, at!.Value,
                evses));
        }
    }

    private PlannerEvse? ReadEvse(JsonElement json, CompanyId company, string zone)
    {
        ImmutableArray<PlannerConnector> connectors =
        [
            .. Items(json, "connectors").Select(ConnectorOf).OfType<PlannerConnector>()
                .Take(RoutingLimits.ConnectorsPerEvseMax),
        ];
        OcpiTariff? tariff = TariffOf(json, company);
        string? name = Name(Text(json, "uid"));
        string? wrong = name is null ? "EVSE: no uid"
            : _priced.ContainsKey(new EvseId(company, name)) ? "EVSE: its uid is there twice"
            : connectors.IsEmpty ? "EVSE: no connector that a car here has"
            : tariff is null ? "EVSE: no price is known"
            : null;
        if (wrong is not null)
        {
            Files.Count(_leftOut, wrong);
            return null;
        }

        EvseId id = new(company, name!);
        _priced[id] = (tariff!, zone);
        _outlooks[id] = Text(json, "status") switch
        {
            "AVAILABLE" or "CHARGING" or "RESERVED" => Outlook.Good,
            "INOPERATIVE" or "OUTOFORDER" or "PLANNED" or "REMOVED" => Outlook.Unusable,
            _ => Outlook.Unknown,
        };
        return new PlannerEvse(id, new TariffId(company, "offline"), connectors);
    }

    /// <summary>The first known tariff of its connectors, or the price of unknown ones.</summary>
    private OcpiTariff? TariffOf(JsonElement evse, CompanyId company)
    {
        foreach (JsonElement id in Items(evse, "connectors").SelectMany(
            each => Items(each, "tariff_ids")))
        {
            if (id.ValueKind == JsonValueKind.String
                && _tariffs.GetValueOrDefault((company.Value, id.GetString()!)) is { } known)
            {
                return known;
            }
        }

        return _priceOfUnknown is not { } price ? null : new OcpiTariff(
            _currency,
            TaxIncluded.Yes,
            [new OcpiElement(
                [new OcpiPrice(PriceDimension.Energy, (long)(price * 1_000_000), null, 1)])],
            null,
            null,
            LocalClock.Version);
    }

    private static PlannerConnector? ConnectorOf(JsonElement json)
    {
        PowerType? type = Text(json, "power_type") switch
        {
            "DC" => PowerType.Dc,
            "AC_3_PHASE" => PowerType.Ac3Phase,
            "AC_1_PHASE" or "AC_2_PHASE" or "AC_2_PHASE_SPLIT" => PowerType.Ac1Phase,
            _ => null,
        };
        string? named = Text(json, "standard");
        ConnectorStandard standard = Enum.GetValues<ConnectorStandard>()
            .FirstOrDefault(each => ConnectorStandards.OcpiName(each) == named);

        // OCPI 2.2.1: the voltage of three phases is that between line and neutral.
        long phases = type == PowerType.Ac3Phase ? 3 : 1;
        long? power = Number(json, "max_electric_power")
            ?? Number(json, "max_voltage") * Number(json, "max_amperage") * phases;
        return type is { } known && standard != default
            && power is >= 1_000 and <= RoutingLimits.PowerMaxW
            ? new PlannerConnector(standard, known, (int)power)
            : null;
    }

    private static GeoPoint? PointOf(JsonElement json) =>
        json.TryGetProperty("coordinates", out JsonElement at)
        && at.ValueKind == JsonValueKind.Object
        && PlanPlaces.TryReadPoint(Text(at, "latitude"), Text(at, "longitude"), out GeoPoint point)
            ? point
            : null;

    private static string PartyOf(JsonElement json) =>
        $"{Text(json, "country_code")}-{Text(json, "party_id")}".ToLowerInvariant();

    /// <summary>Our ids have fewer letters than OCPI's: others become hyphens.</summary>
    private static string? Name(string? id)
    {
        string name = new([.. (id ?? "").ToLowerInvariant().Take(IdRules.NameMax)
            .Select(each => char.IsAsciiLetterOrDigit(each) ? each : '-')]);
        return IdRules.IsName(name) ? name : null;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(field, out JsonElement list)
        && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    private static string? Text(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(field, out JsonElement text)
        && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static long? Number(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(field, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number)
        && number is > 0 and < 10_000_000 ? (long)number : null;
}
