using Tomada.Devices;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>A charging site with two fast chargers, as its company publishes it.</summary>
/// <param name="Name">Of the location; its chargers are name-1 and name-2.</param>
/// <param name="City">Where.</param>
/// <param name="LatitudeE6">In millionths of a degree.</param>
/// <param name="LongitudeE6">In millionths of a degree.</param>
/// <param name="PowerMaxW">Of each connector, in W.</param>
internal sealed record Site(
    string Name, string City, int LatitudeE6, int LongitudeE6, int PowerMaxW)
{
    public const int Chargers = 2;
    private const int DaysOffered = 20;

    /// <summary>A driver from Salvador to Recife needs one stop at each.</summary>
    public static IReadOnlyList<Site> OnTheWay { get; } =
    [
        new("indiaroba", "Indiaroba", -11_519_000, -37_521_000, 120_000),
        new("propria", "Propriá", -10_221_000, -36_829_000, 120_000),
        new("messias", "Messias", -9_386_000, -35_842_000, 150_000),
    ];

    public string Evse(Company owner, int number) => $"{owner.Id}/{Name}-{number}";

    /// <summary>Puts the site on the ledger and starts its station.</summary>
    public async Task<OutsideProcess> OpenAsync(
        Company owner, string cables, CancellationToken stop)
    {
        string tariff = $"{owner.Id}/dc";
        string location = $"{owner.Id}/{Name}";
        await Task.WhenAll(
            owner.PublishAsync("PutTariff", TariffOf(tariff), stop),
            owner.PublishAsync("PutLocation", LocationOf(location), stop));
        string stationFolder = Path.Combine(owner.Folder, "station");
        using StationKey key = StationKey.LoadOrCreate(stationFolder);
        await Task.WhenAll(Enumerable.Range(1, Chargers).Select(async number =>
        {
            await owner.PublishAsync("PutEvse", EvseOf(owner, number, key.Public.ToString()), stop);
            await owner.PublishAsync("SetEvseAvailability", OfferOf(owner, number), stop);
        }));
        string secret = await owner.EnrolAsync("station", Name, stop);
        string file = Path.Combine(owner.Folder, "stations.json");
        await File.WriteAllTextAsync(
            file, Fleet(owner, cables, stationFolder, secret).ToJsonString(), stop);
        return OutsideProcess.Tomada("station", "--config", file);
    }

    private static JsonObject TariffOf(string id) => new()
    {
        ["id"] = id,
        ["tariff"] = new JsonObject
        {
            ["currency"] = "BRL",
            ["elements"] = new JsonArray(new JsonObject
            {
                ["components"] = new JsonArray(new JsonObject
                {
                    ["type"] = "ENERGY",
                    ["priceMicros"] = 2_090_000,
                    ["stepSize"] = 1,
                }),
            }),
        },
    };

    private JsonObject LocationOf(string id) => new()
    {
        ["location"] = id,
        ["name"] = Name,
        ["address"] = "BR-101",
        ["city"] = City,
        ["latitudeE6"] = LatitudeE6,
        ["longitudeE6"] = LongitudeE6,
        ["timeZone"] = "America/Maceio",
    };

    public JsonObject EvseOf(Company owner, int number, string stationKey) => new()
    {
        ["evse"] = Evse(owner, number),
        ["location"] = $"{owner.Id}/{Name}",
        ["stationKey"] = stationKey,
        ["connectors"] = new JsonArray(new JsonObject
        {
            ["number"] = 1,
            ["standard"] = "IEC_62196_T2_COMBO",
            ["powerType"] = "DC",
            ["maxPowerW"] = PowerMaxW,
        }),
        ["tariff"] = $"{owner.Id}/dc",
    };

    public JsonObject OfferOf(Company owner, int number) => new()
    {
        ["evse"] = Evse(owner, number),
        ["availability"] = "AVAILABLE",
        ["validUntil"] = Moment.Text(DateTimeOffset.UtcNow.AddDays(DaysOffered)),
    };

    private JsonObject Fleet(Company owner, string cables, string folder, string secret) => new()
    {
        ["company"] = owner.Id,
        ["broker"] = owner.Endpoints!["mqtt"]!.GetValue<string>(),
        ["cables"] = cables,
        ["stations"] = new JsonArray(new JsonObject
        {
            ["id"] = Name,
            ["secret"] = secret,
            ["folder"] = folder,
            ["evses"] = new JsonArray([.. Enumerable.Range(1, Chargers).Select(number =>
                (JsonNode)new JsonObject
                {
                    ["id"] = Evse(owner, number),
                    ["powerMaxW"] = PowerMaxW,
                })]),
        }),
    };
}

/// <summary>Times as the interfaces write them.</summary>
internal static class Moment
{
    private const long GridMs = 5 * 60 * 1000;

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(
        "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A window on the ledger's grid, some minutes from now.</summary>
    public static JsonObject Window(int minutesFromNow, int minutes)
    {
        long asked = DateTimeOffset.UtcNow.AddMinutes(minutesFromNow).ToUnixTimeMilliseconds();
        DateTimeOffset start = DateTimeOffset.FromUnixTimeMilliseconds(asked / GridMs * GridMs);
        DateTimeOffset end = start.AddMinutes(minutes);
        return new JsonObject { ["from"] = Text(start), ["until"] = Text(end) };
    }
}
