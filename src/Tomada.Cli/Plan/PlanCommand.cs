using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Tomada.Cli.Cars;
using Tomada.Cli.Commands;
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

    private static readonly Option<decimal?> s_price = Decimal(
        "--price", "Price per kWh of EVSEs without a tariff; without it they are left out.");

    private static readonly Option<string> s_car = new("--car")
    {
        Description = "A car model by its id, or a JSON file with one.",
        DefaultValueFactory = _ => "byd-dolphin",
    };

    private static readonly Option<string[]> s_via = Several("--via", "Places to pass, in order.");

    private static readonly Option<Timestamp?> s_departure = new("--departure")
    {
        Description = "As 2026-11-23T14:00:00.000Z; default now.",
        CustomParser = result => Options.Parse<Timestamp?>(result, x => Timestamp.Parse(x)),
    };

    private static readonly Option<int?> s_start = Percent("--start", "Charge at the start; 90 %.");

    private static readonly Option<int?> s_reserve =
        Percent("--reserve", "Never below this; default 10 %.");

    private static readonly Option<int?> s_arrival =
        Percent("--arrival", "Left at the end; default as --reserve.");

    private static readonly Option<int?> s_most =
        Percent("--charge-max", "Never charged above this; default 100 %.");

    private static readonly Option<PlanObjective?> s_objective = new("--objective")
    {
        Description = "fastest (default), cheapest, fewestStops or greenest.",
    };

    private static readonly Option<string[]> s_prefer =
        Several("--prefer", "Companies that are liked, as br-aaa.");

    private static readonly Option<string[]> s_avoid =
        Several("--avoid", "Companies whose EVSEs are not used.");

    private static readonly Option<decimal?> s_priceMax =
        Decimal("--price-max", "Most that the plan may cost.");

    private static readonly Option<int?> s_payload =
        new("--payload") { Description = "Kilograms beside the driver; default 0." };

    private static readonly Option<int?> s_temperature =
        new("--temperature") { Description = "Degrees Celsius outside; default 20." };

    private static readonly Option<int?> s_plans =
        new("--plans") { Description = "Most plans: 1 to 5; default 3." };

    private static readonly Option<FileInfo?> s_json =
        new("--json") { Description = "Also write the plans to this file as JSON." };

    public static Command Create()
    {
        Command command = new("plan", Help)
        {
            s_from, s_to, s_via, s_departure, s_car, s_start, s_reserve, s_arrival, s_most,
            s_objective, s_prefer, s_avoid, s_priceMax, s_payload, s_temperature, s_plans,
            s_roads, s_stations, s_price, s_json,
        };
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
        return new TripQuery
        {
            From = places.Find("from", parsed.GetRequiredValue(s_from)),
            To = places.Find("to", parsed.GetRequiredValue(s_to)),
            Vias = [.. Words(parsed, s_via).Select(
                each => new ViaPlace(places.Find("--via", each), TimeSpan.Zero))],
            Departure = parsed.GetValue(s_departure)
                ?? new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            Vehicle = Car(parsed.GetRequiredValue(s_car)),
            StartSocPermille = parsed.GetValue(s_start) ?? 900,
            ReserveSocPermille = parsed.GetValue(s_reserve) ?? 100,
            ArrivalSocPermille = parsed.GetValue(s_arrival),
            ChargeMaxPermille = parsed.GetValue(s_most) ?? 1000,
            Objective = parsed.GetValue(s_objective) switch
            {
                PlanObjective.Cheapest => Objective.Cheapest,
                PlanObjective.FewestStops => Objective.FewestStops,
                PlanObjective.Greenest => Objective.Greenest,
                _ => Objective.Fastest,
            },
            Currency = world.Currency,
            PreferCompanies = Companies(parsed, s_prefer),
            AvoidCompanies = Companies(parsed, s_avoid),
            PriceMax = parsed.GetValue(s_priceMax) is { } most
                ? new Money(Minor(most, world.Currency), world.Currency)
                : null,
            PayloadKg = parsed.GetValue(s_payload) ?? 0,
            TemperatureC = parsed.GetValue(s_temperature) ?? 20,
            PlansMax = parsed.GetValue(s_plans) ?? 3,
        };
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

    private static IEnumerable<string> Words(ParseResult parsed, Option<string[]> option) =>
        (parsed.GetValue(option) ?? []).AsEnumerable();

    private static ImmutableSortedSet<CompanyId> Companies(
        ParseResult parsed, Option<string[]> option) =>
        [.. Words(parsed, option).SelectMany(each => each.Split(',')).Select(each =>
            CompanyId.TryParse(each, out CompanyId company)
                ? company
                : throw new CommandException(
                    ExitCodes.Usage,
                    $"{option.Name}: '{each}'; allowed are {CompanyId.Allowed}"))];

    private static long Minor(decimal amount, Currency currency) =>
        (long)decimal.Round(amount * currency.Exponent switch { 0 => 1, 2 => 100, _ => 1_000 });

    private static Option<int?> Percent(string name, string what) => new(name)
    {
        Description = what,
        CustomParser = result => Options.Parse<int?>(result, text => CarWords.Permille(text)),
    };

    private static Option<string[]> Several(string name, string what) => new(name)
    {
        Description = what,
        AllowMultipleArgumentsPerToken = true,
    };

    private static Option<decimal?> Decimal(string name, string what) => new(name)
    {
        Description = what,
        CustomParser = result => Options.Parse<decimal?>(
            result,
            text => decimal.TryParse(
                text,
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out decimal value) && value <= 1_000_000
                ? value
                : throw new FormatException($"'{text}'; allowed is 0 to 1000000, as 2.19")),
    };
}
