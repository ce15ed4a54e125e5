using System.Collections.Immutable;
using System.CommandLine;
using Tomada.Cli.Demo;
using Tomada.DeviceApi;
using Tomada.Node.Trips;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Plan;

/// <summary><c>tomada plan</c>: plans a journey over files, without any node.</summary>
internal static class PlanCommand
{
    private const string Help =
        """
        Plans a journey over files: roads, stations, prices. No node is asked, so every EVSE counts
        as free, and nothing can be reserved; 'tomada car' plans over what is free now.

        Examples:
          tomada plan salvador recife                            in the demo's region
          tomada plan salvador recife --objective cheapest --start 60% --plans 5
          tomada plan salvador recife --via maceio --arrival 40% --price-max 150
          tomada plan -22.91,-43.17 -22.51,-43.18 --roads roads.graph --stations ocpi/
              --car byd-dolphin --json plan.json
        """;

    private static readonly Argument<string> s_from = new("from")
    {
        Description = "A place: its id, its name, or LAT,LON near it.",
    };

    private static readonly Argument<string> s_to = new("to") { Description = "Another." };

    private static readonly Option<FileInfo?> s_roads = new("--roads")
    {
        Description = "A road graph, as 'tomada import osm' writes it; default the demo's.",
    };

    private static readonly Option<string?> s_stations = new("--stations")
    {
        Description = "A folder with OCPI 2.2.1 locations.json and tariffs.json, or a file of "
            + "locations; default the demo's.",
    };

    private static readonly Option<decimal?> s_price = PlanWishes.Decimal(
        "--price", "Price per kWh of EVSEs without a tariff; without it they are left out.");

    private static readonly Option<string> s_car = new("--car")
    {
        Description = "A car model by its id, or a JSON file with one.",
        DefaultValueFactory = _ => "byd-dolphin",
    };

    private static readonly PlanWishes s_wishes = new();

    private static readonly Option<int?> s_start =
        PlanWishes.Percent("--start", "Charge at the start; 90 %.");

    private static readonly Option<FileInfo?> s_json =
        new("--json") { Description = "Also write the plans to this file as JSON." };

    public static Command Create()
    {
        Command command = new("plan", Help)
        {
            s_from, s_to, s_car, s_start, s_roads, s_stations, s_price, s_json,
        };
        s_wishes.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        RoadGraph roads = OfflineWorld.ReadRoads(parsed.GetValue(s_roads));
        OfflineWorld world = parsed.GetValue(s_stations) is { } stations
            ? OcpiStations.Read(roads, stations, parsed.GetValue(s_price))
            : OfflineWorld.OfDemo(roads);
        if (!TripPlanner.TryCreate(roads, world.Sites, out TripPlanner? planner, out string? why))
        {
            throw CommandException.Configuration(why);
        }

        PlanResult result = planner.Plan(Query(parsed, world), world.View());
        ImmutableArray<PlanBody> plans = result is PlanResult.Found found
            ? [.. found.Plans.Select(PlanBodies.Of)]
            : [];
        PlanOutput.Show(world, plans);
        if (parsed.GetValue(s_json) is { } target)
        {
            PlanOutput.Write(target, plans, PlanOutput.WhyNot(result), world.LeftOut);
        }

        return PlanOutput.WhyNot(result) is not { } reason ? ExitCodes.Passed
            : throw new CommandException(
                result is PlanResult.InvalidQuery ? ExitCodes.Usage : ExitCodes.Failed, reason);
    }

    private static TripQuery Query(ParseResult parsed, OfflineWorld world)
    {
        PlanPlaces places = new(world.Roads);
        PlanRequest request = s_wishes.Read(
            parsed,
            places.Find("from", parsed.GetRequiredValue(s_from)).Value,
            places.Find("to", parsed.GetRequiredValue(s_to)).Value,
            parsed.GetValue(s_start) ?? 900,
            Car(parsed.GetRequiredValue(s_car)),
            world.Currency,
            via => places.Find("--via", via).Value);
        Timestamp now = new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return PlanReading.TryRead(request, now, out TripQuery? query, out string? why)
            ? query with
            {
                Currency = world.Currency,
                Departure = request.Departure ?? query.Departure,
            }
            : throw new CommandException(ExitCodes.Usage, why);
    }

    private static VehicleModel Car(string named)
    {
        if (File.Exists(named))
        {
            return Texts.Read(named, VehicleModel.Codec);
        }

        ImmutableArray<VehicleModel> cars = DemoData.Load().Cars;
        return cars.FirstOrDefault(each => each.Id == named) ?? throw new CommandException(
            ExitCodes.Usage,
            $"--car: '{named}'; allowed are a file with a car model, or "
            + string.Join(", ", cars.Select(each => each.Id)));
    }
}
