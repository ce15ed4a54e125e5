using System.Collections.Immutable;
using System.Text.Json;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Xunit;

namespace Tomada.Routing.Tests;

/// <summary>The demo's region, read from its data files as the command line does.</summary>
internal static class DemoRegion
{
    public static string Folder { get; } = FindFolder();

    public static ImmutableArray<Place> Places { get; } = Load("cities.json", RegionFiles.Places);

    public static ImmutableArray<Road> Roads { get; } = Load("roads.json", RegionFiles.Roads);

    public static SitesFile Sites { get; } = Load("sites.json", RegionFiles.Sites);

    public static ImmutableArray<VehicleModel> Cars { get; } = Load("cars.json", RegionFiles.Cars);

    public static ExampleTrip Trip { get; } = Load("trips.json", RegionFiles.Trips)[0];

    public static Timestamp Departure { get; } = Timestamp.Parse("2026-11-23T09:02:00Z");

    public static VehicleModel Car { get; } = Cars.Single(car => car.Id == Trip.Vehicle);

    public static TripQuery Query { get; } = Trip.At(Departure, Car);

    public static RoadGraph Graph { get; } = BuildGraph();

    public static TripPlanner Planner { get; } = BuildPlanner();

    private static readonly Dictionary<EvseId, SiteTariff> s_tariffs = Sites.Sites
        .SelectMany(site => site.Evses)
        .ToDictionary(
            evse => evse.Id, evse => Sites.Tariffs.Single(each => each.Id == evse.Tariff));

    public static Money Price(EvseId evse, long energyWh, TimeWindow charging)
    {
        SiteTariff tariff = s_tariffs[evse];
        decimal micros = tariff.Components.Sum(each => each.Type switch
        {
            SiteTariffDimension.Energy => each.PriceMicros * energyWh / 1000m,
            SiteTariffDimension.Time => each.PriceMicros * (decimal)charging.Length.TotalHours,
            _ => each.PriceMicros,
        });
        return new Money((long)Math.Ceiling(micros / 10_000), tariff.Currency);
    }

    public static IReadOnlyList<TimeWindow> AllFree(EvseId evse) => [];

    public static TripPlan Best(TripQuery query, BusyWindows? busy = null) =>
        Assert.IsType<PlanResult.Found>(Planner.Plan(query, busy ?? AllFree, Price)).Best;

    private static T Load<T>(string name, Codec<T> codec)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name)));
        Assert.True(
            codec.TryReadJson(json.RootElement, out T? value, out string? why), $"{name}: {why}");
        return value;
    }

    private static RoadGraph BuildGraph()
    {
        Assert.True(RoadGraph.TryBuild(Places, Roads, out RoadGraph? graph, out string? why), why);
        return graph;
    }

    private static TripPlanner BuildPlanner()
    {
        Assert.True(
            TripPlanner.TryCreate(
                Graph, Sites.Sites, out TripPlanner? planner, out string? why), why);
        return planner;
    }

    private static string FindFolder()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            string folder = Path.Combine(at, "src", "Tomada.Cli", "DemoData");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("src/Tomada.Cli/DemoData");
    }
}
