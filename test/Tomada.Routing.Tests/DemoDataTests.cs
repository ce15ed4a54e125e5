using System.Globalization;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Routing.Tests;

public class DemoDataTests
{
    [Fact]
    public void The_region_has_the_promised_size_and_three_owners()
    {
        Assert.InRange(DemoRegion.Places.Length, 25, 60);
        Assert.InRange(DemoRegion.Sites.Sites.Length, 12, 20);
        Assert.Equal(3, DemoRegion.Cars.Length);
        Assert.Equal(
            ["br-aaa", "br-bbb", "br-ccc"],
            DemoRegion.Sites.Sites.Select(site => site.Id.Company.Value).Distinct().Order());
    }

    [Fact]
    public void Every_place_can_be_reached_from_every_other() => Assert.All(
        DemoRegion.Places,
        place => Assert.NotNull(DemoRegion.Graph.FastestPath(DemoRegion.Places[0].Id, place.Id)));

    [Fact]
    public void No_road_is_shorter_than_the_great_circle_or_twice_as_long() => Assert.All(
        DemoRegion.Roads,
        road =>
        {
            double straightM = At(road.From).DistanceM(At(road.To));
            Assert.True(
                road.LengthM >= straightM && road.LengthM <= straightM * 2,
                $"{road.Highway} {road.From} {road.To}: {road.LengthM} m, "
                + $"straight {straightM:F0} m");
        });

    [Fact]
    public void Each_pair_of_places_has_one_road_at_most() => Assert.Distinct(
        DemoRegion.Roads.Select(
            road => road.From < road.To ? (road.From, road.To) : (road.To, road.From)));

    [Fact]
    public void Salvador_to_recife_is_as_long_as_maps_say()
    {
        RoutePath path = DemoRegion.Graph.FastestPath(DemoRegion.Query.From, DemoRegion.Query.To)!;
        Assert.InRange(path.LengthM, 780_000, 850_000);
    }

    [Fact]
    public void Every_site_stands_near_its_place_and_its_tariffs_are_its_owners() => Assert.All(
        DemoRegion.Sites.Sites,
        site =>
        {
            Assert.True(site.At.DistanceM(At(site.Place)) < 15_000, site.Id.ToString());
            Assert.Equal(site.Place, DemoRegion.Graph.Nearest(site.At).Id);
            Assert.All(site.Evses, evse =>
            {
                Assert.Equal(site.Id.Company, evse.Id.Company);
                Assert.Equal(site.Id.Company, evse.Tariff.Company);
                Assert.Contains(DemoRegion.Sites.Tariffs, tariff => tariff.Id == evse.Tariff);
            });
        });

    [Fact]
    public void Tariffs_cost_what_brazilian_ones_cost() => Assert.All(
        DemoRegion.Sites.Tariffs,
        tariff =>
        {
            Assert.Equal(Currency.Brl, tariff.Currency);
            Assert.Distinct(tariff.Components.Select(component => component.Type));
            Assert.All(
                tariff.Components.Where(component => component.Type == SiteTariffDimension.Energy),
                component => Assert.InRange(component.PriceMicros, 1_000_000, 3_500_000));
        });

    [Fact]
    public void Direct_current_comes_by_ccs2_and_alternating_by_type_2() => Assert.All(
        DemoRegion.Sites.Sites.SelectMany(site => site.Evses).SelectMany(evse => evse.Connectors),
        connector => Assert.Equal(
            connector.Standard == ConnectorStandard.Iec62196T2Combo
                ? PowerType.Dc
                : PowerType.Ac3Phase,
            connector.PowerType));

    [Fact]
    public void Every_car_charges_less_when_full_and_drives_a_plausible_distance() => Assert.All(
        DemoRegion.Cars,
        car =>
        {
            Assert.True(car.DcCurve[^1].PowerW < car.DcCurve.Max(point => point.PowerW) / 4);
            Assert.InRange(car.EnergyWh(1_000, 90), 110, 190);
            double hours = car.ChargingTime(
                car.WhAt(300), car.WhAt(800), PowerType.Dc, RoutingLimits.PowerMaxW).TotalHours;
            Assert.InRange(hours, 0.25, 0.7);
        });

    [Fact]
    public void A_wrong_field_is_refused_by_its_place_in_the_file()
    {
        const string Text =
            """[{"from": "salvador", "to": "recife", "highway": "BR-101", "lengthM": 0,"""
            + """ "speedKmh": 80}]""";
        using JsonDocument json = JsonDocument.Parse(Text);
        Assert.False(RegionFiles.Roads.TryReadJson(json.RootElement, out _, out string? why));
        Assert.Contains("[0].lengthM", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Cities_lie_where_the_list_of_municipalities_says()
    {
        string? file = FindMunicipalities();
        Assert.SkipWhen(
            file is null, "needs ../shared/data/places/br_municipios.csv beside the project");
        ILookup<string, GeoPoint> known = File.ReadLines(file!).Skip(1)
            .Select(line => line.Split(','))
            .ToLookup(
                fields => fields[1], fields => new GeoPoint(Micro(fields[2]), Micro(fields[3])));

        // Praia do Forte is a district of Mata de São João, so the list does not have it.
        Assert.All(
            DemoRegion.Places.Where(place => place.Id.Value != "praia-do-forte"),
            place => Assert.Contains(known[place.Name], at => at.DistanceM(place.At) < 5_000));
    }

    private static GeoPoint At(PlaceId place) => DemoRegion.Graph.Find(place)!.At;

    private static int Micro(string degrees) =>
        (int)(decimal.Parse(degrees, CultureInfo.InvariantCulture) * 1_000_000);

    private static string? FindMunicipalities()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            string file = Path.Combine(at, "..", "shared", "data", "places", "br_municipios.csv");
            if (File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }
}
