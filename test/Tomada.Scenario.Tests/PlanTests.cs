using System.Collections.Immutable;
using Tomada.Routing;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>Plans over files, and a node whose roads come from one.</summary>
public sealed class PlanTests(OutsideNetwork network)
{
    /// <summary>Two sites on a road of 400 km; around them what real feeds have too.</summary>
    private const string Locations =
        """
        {"status_code": 1000, "data": [
          {"country_code": "BR", "party_id": "AAA", "id": "One", "name": "One",
           "coordinates": {"latitude": "-12.00", "longitude": "-38.00"},
           "time_zone": "America/Bahia", "evses": [
             {"uid": "A*1", "status": "AVAILABLE", "connectors": [
               {"id": "1", "standard": "IEC_62196_T2_COMBO", "power_type": "DC",
                "max_voltage": 400, "max_amperage": 150, "tariff_ids": ["day"]}]},
             {"uid": "broken", "status": "OUTOFORDER", "connectors": [
               {"id": "1", "standard": "IEC_62196_T2_COMBO", "power_type": "DC",
                "max_electric_power": 350000, "tariff_ids": ["day"]}]},
             {"uid": "odd", "status": "AVAILABLE", "connectors": [
               {"id": "1", "standard": "TESLA_R", "power_type": "DC",
                "max_electric_power": 150000, "tariff_ids": ["day"]}]},
             {"uid": "dear", "status": "AVAILABLE", "connectors": [
               {"id": "1", "standard": "IEC_62196_T2_COMBO", "power_type": "DC",
                "max_electric_power": 250000}]}]},
          {"country_code": "BR", "party_id": "AAA", "id": "far",
           "coordinates": {"latitude": "48.0", "longitude": "2.0"},
           "time_zone": "Europe/Paris", "evses": []},
          {"country_code": "BR", "party_id": "AAA", "id": "no-place", "coordinates": 7,
           "time_zone": "America/Bahia"},
          17]}
        """;

    private const string Tariffs =
        """
        [{"country_code": "BR", "party_id": "AAA", "id": "day", "currency": "BRL",
          "tax_included": "YES", "elements": [
            {"price_components": [{"type": "ENERGY", "price": 2.0, "step_size": 1}]}]},
         {"id": "no-tariff"}]
        """;

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_journey_in_the_demos_region_is_planned_without_any_node()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        string json = Path.Combine(network.NewFolder(), "plan.json");
        Ended ended = await OutsideProcess.RunAsync(
            stop, "plan", "salvador", "recife", "--reserve", "12%", "--json", json);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Contains("br-ccc", ended.Output, StringComparison.Ordinal);
        JsonNode plans = JsonNode.Parse(await File.ReadAllTextAsync(json, stop))!;
        Assert.True(plans["passed"]!.GetValue<bool>());
        Assert.Equal(
            ["br-aaa", "br-bbb", "br-ccc"],
            plans["plans"]![0]!["stops"]!.AsArray().Select(
                each => each!["evse"]!.GetValue<string>()[..6]));

        Ended cannot = await OutsideProcess.RunAsync(
            stop, "plan", "salvador", "recife", "--price-max", "5", "--json", json);
        Assert.Equal(1, cannot.ExitCode);
        Assert.Contains("pay up to", cannot.Errors, StringComparison.Ordinal);
        JsonNode none = JsonNode.Parse(await File.ReadAllTextAsync(json, stop))!;
        Assert.False(none["passed"]!.GetValue<bool>());
        Assert.Empty(none["plans"]!.AsArray());
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task Roads_and_stations_of_others_are_planned_with_and_what_is_odd_is_counted()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        string folder = network.NewFolder();
        string roads = Path.Combine(folder, RoadGraphFile.Name);
        string json = Path.Combine(folder, "plan.json");
        await File.WriteAllBytesAsync(roads, Graph(), stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "locations.json"), Locations, stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "tariffs.json"), Tariffs, stop);
        string[] line =
        [
            "plan", "north", "-13.82,-38", "--roads", roads, "--stations", folder, "--json", json,
        ];
        Ended ended = await OutsideProcess.RunAsync(stop, line);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        JsonNode plan = JsonNode.Parse(await File.ReadAllTextAsync(json, stop))!;
        JsonNode charged = plan["plans"]![0]!["stops"]!.AsArray().Single()!;
        Assert.Equal("br-aaa/a-1", charged["evse"]!.GetValue<string>());
        Assert.Equal(60_000, charged["powerMaxW"]!.GetValue<int>());
        long wh = charged["energyWh"]!.GetValue<long>();
        Assert.InRange(charged["price"]!["amount"]!.GetValue<long>(), wh / 5, (wh / 5) + 1);
        Assert.Equal(6, plan["leftOut"]!.AsObject().Sum(each => each.Value!.GetValue<int>()));

        // With a price for the rest, the strongest EVSE is one whose tariff nobody knows.
        Ended priced = await OutsideProcess.RunAsync(stop, [.. line, "--price", "1.5"]);
        Assert.True(priced.ExitCode == 0, priced.ToString());
        JsonNode other = JsonNode.Parse(await File.ReadAllTextAsync(json, stop))!;
        Assert.Equal(
            "br-aaa/dear", other["plans"]![0]!["stops"]![0]!["evse"]!.GetValue<string>());
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_node_with_a_road_graph_in_its_data_directory_plans_on_it()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using OutsideNetwork own = new();
        await own.UpAsync();
        DriverCar car = await DriverCar.EnrolAsync(own, own.A, "on-other-roads", stop);
        await own.A.KillAsync();
        string roads = Path.Combine(own.A.Data, RoadGraphFile.Name);
        await File.WriteAllBytesAsync(roads, Graph(), stop);
        own.A.Start();
        await own.A.RunningAsync(stop);
        ScriptEnded ended = await car.ScriptAsync(
            ["plan north middle", "expect plans = 1", "expect NOT_FOUND plan salvador recife"],
            stop);
        Assert.Equal(1, ended.Process.ExitCode);
        Assert.Contains("salvador", ended.Process.Errors, StringComparison.Ordinal);
        Assert.Equal(
            "north",
            ended.Results[0]!["body"]!["plans"]![0]!["drives"]![0]!["from"]!.GetValue<string>());
    }

    private static byte[] Graph()
    {
        ImmutableArray<Place> places =
        [
            new(PlaceId.Parse("north"), "North", "BA", new GeoPoint(-10_180_000, -38_000_000)),
            new(PlaceId.Parse("middle"), "Middle", "BA", new GeoPoint(-12_000_000, -38_000_000)),
            new(PlaceId.Parse("south"), "South", "BA", new GeoPoint(-13_820_000, -38_000_000)),
        ];
        ImmutableArray<Road> roads =
        [
            new(places[0].Id, places[1].Id, "BR-101", 200_000, 90),
            new(places[1].Id, places[2].Id, "BR-101", 200_000, 90),
        ];
        return RoadGraph.TryBuild(places, roads, out RoadGraph? graph, out string? why)
            ? RoadGraphFile.Write(graph).ToArray()
            : throw new InvalidOperationException(why);
    }
}
