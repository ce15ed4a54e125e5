using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Demo;

/// <summary>
/// The piece of Brazil that the demo plays in, from the files beside the program.
/// </summary>
internal sealed record DemoData(
    ImmutableArray<Place> Places,
    SitesFile Sites,
    ImmutableArray<VehicleModel> Cars,
    ExampleTrip Trip)
{
    /// <summary>The folder of the files.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "DemoData");

    public VehicleModel Car => Cars.Single(car => car.Id == Trip.Vehicle);

    public static DemoData Load() => new(
        Texts.Read(Path.Combine(Folder, "cities.json"), RegionFiles.Places),
        Texts.Read(Path.Combine(Folder, "sites.json"), RegionFiles.Sites),
        Texts.Read(Path.Combine(Folder, "cars.json"), RegionFiles.Cars),
        Texts.Read(Path.Combine(Folder, "trips.json"), RegionFiles.Trips)[0]);

    /// <summary>What the company publishes of its price lists.</summary>
    public IEnumerable<PutTariff> TariffsOf(CompanyId company) =>
        Sites.Tariffs.Where(each => each.Id.Company == company).Select(each => new PutTariff(
            each.Id,
            new Tariff(
                each.Currency, [new TariffElement([.. each.Components.Select(ToComponent)])])));

    public IEnumerable<ChargingSite> SitesOf(CompanyId company) =>
        Sites.Sites.Where(site => site.Id.Company == company);

    public PutLocation LocationOf(ChargingSite site)
    {
        Place place = Places.Single(each => each.Id == site.Place);
        return new PutLocation(
            site.Id,
            site.Name,
            $"{place.Name}, {place.State}",
            place.Name,
            site.At.LatitudeMicrodegrees,
            site.At.LongitudeMicrodegrees,
            TimeZoneOf(place.State));
    }

    public static PutEvse EvseOf(ChargingSite site, PlannerEvse evse, PublicKey stationKey) => new(
        evse.Id,
        site.Id,
        stationKey,
        [.. evse.Connectors.Select((each, index) => new Connector(
            index + 1, each.Standard, each.PowerType, each.PowerMaxW))],
        evse.Tariff);

    // IANA's zones of these states; all of them lie three hours behind UTC, without summer time.
    private static string TimeZoneOf(string state) => state switch
    {
        "BA" => "America/Bahia",
        "SE" or "AL" => "America/Maceio",
        "PE" => "America/Recife",
        _ => "America/Fortaleza",
    };

    private static PriceComponent ToComponent(SiteTariffComponent component) => new(
        component.Type switch
        {
            SiteTariffDimension.Energy => TariffDimension.Energy,
            SiteTariffDimension.Time => TariffDimension.Time,
            _ => TariffDimension.Flat,
        },
        component.PriceMicros,
        StepSize: 1);
}
