using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Devices;
using Tomada.Primitives;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada car</c>: a simulated car that does what its script says.</summary>
internal static class CarCommand
{
    private const string PlanExample =
        """plan {"from": "salvador", "to": "recife", "reserveSocPermille": 120,"""
        + """ "avoidCompanies": ["br-ccc"]}""";

    private const string Help = $$"""
    Runs a simulated car. It reads one command a line and prints what happens as JSON lines:
      {{PlanExample}}
      reserve {"decideWithinMs": 20000}        reserves the best plan of the last answer
      reserve-legs {"legs": [{"evse": "br-aaa/x", "window": {…}, "energyWh": 20000}]}
      drive                                    drives the plan that is reserved, charging on the way
      history
      quit
    """;

    public static Command Create()
    {
        Option<FileInfo> config = new("--config")
        {
            Description =
                "A JSON file: company, broker, id, secret, folder, cables, vehicle, "
                + "startSocPermille.",
            Required = true,
        };
        Option<string> script = new("--script")
        {
            Description = "A file of commands, or - for standard input.",
            DefaultValueFactory = _ => "-",
        };
        Command command = new("car", Help) { config, script };
        command.SetAction(async (parsed, stop) =>
        {
            CarConfig car = Texts.Read(parsed.GetRequiredValue(config).FullName, CarConfig.Codec);
            string file = parsed.GetRequiredValue(script);
            using TextReader lines = file == "-" ? Console.In : File.OpenText(file);
            await new CarScript(car).RunAsync(lines, stop);
            return ExitCodes.Passed;
        });
        return command;
    }
}

/// <summary>Carries out a car's commands, one after the other.</summary>
internal sealed class CarScript(CarConfig config)
{
    private PlanBody? _plan;
    private ImmutableArray<ReservedLegBody> _legs = [];

    public async Task RunAsync(TextReader lines, CancellationToken stop)
    {
        await using CarClient car = new(config.ToOptions(), new EventLines<CarEvent>());
        using CancellationTokenSource ending =
            CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task running = car.RunAsync(ending.Token);
        await car.WaitForNetworkAsync(stop);
        EventLines.Write("Ready", new { config.Id });
        while (await lines.ReadLineAsync(stop) is { } line && line.Trim() != "quit")
        {
            if (line.Trim().Length > 0)
            {
                await ExecuteAsync(car, line.Trim(), stop);
            }
        }

        await ending.CancelAsync();
        await running;
    }

    private async Task ExecuteAsync(CarClient car, string line, CancellationToken stop)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        string name = space < 0 ? line : line[..space];
        string json = space < 0 ? "{}" : line[space..];
        try
        {
            using JsonDocument arguments = JsonDocument.Parse(json);
            await ExecuteAsync(car, name, arguments.RootElement, stop);
        }
        catch (Exception refused) when (refused
            is JsonException or FormatException or DriveFailedException
            or InvalidOperationException or KeyNotFoundException)
        {
            EventLines.Write("Failed", new { Command = name, Why = refused.Message });
        }
    }

    private async Task ExecuteAsync(
        CarClient car, string name, JsonElement arguments, CancellationToken stop)
    {
        switch (name)
        {
            case "plan":
                await PlanAsync(car, arguments, stop);
                break;
            case "reserve" when _plan is { } plan:
                await ReserveAsync(car, Legs(plan), arguments, stop);
                break;
            case "reserve-legs":
                ReserveRequest request = arguments.Deserialize(ReserveRequest.Json)!;
                await ReserveAsync(car, request.Legs, arguments, stop);
                break;
            case "drive" when _plan is { } plan && !_legs.IsEmpty:
                await car.DriveAsync(plan, _legs, stop);
                EventLines.Write("TripDriven", new { car.SocPermille });
                break;
            case "receipt":
                Answer("Receipt", await car.ReceiptAsync(
                    new TripId(Digest.Parse(arguments.GetProperty("trip").GetString()!)), stop));
                break;
            case "history":
                Answer("History", await car.HistoryAsync(stop));
                break;
            default:
                throw new FormatException(
                    $"'{name}' cannot be done now; commands are plan, reserve (after plan), "
                    + "reserve-legs, drive (after reserve), receipt, history, quit.");
        }
    }

    private async Task PlanAsync(CarClient car, JsonElement arguments, CancellationToken stop)
    {
        PlanRequest request = new(
            arguments.GetProperty("from").GetString()!,
            arguments.GetProperty("to").GetString()!,
            car.SocPermille,
            CarClient.DescribeVehicle(config.Vehicle),
            Departure: null,
            ReserveSocPermille: Number(arguments, "reserveSocPermille"),
            AvoidCompanies: arguments.TryGetProperty("avoidCompanies", out JsonElement avoid)
                ? [.. avoid.EnumerateArray().Select(each => each.GetString()!)]
                : null);
        Reply reply = await car.PlanAsync(request, stop);
        _plan = reply.Ok && reply.TryRead(out PlanReply? plans, out _) ? plans.Plans[0] : null;
        Answer("Plan", reply);
    }

    private async Task ReserveAsync(
        CarClient car, ImmutableArray<LegBody> legs, JsonElement arguments, CancellationToken stop)
    {
        ReserveRequest request = new(legs, Number(arguments, "decideWithinMs"));
        Reply reply = await car.ReserveAsync(
            request, stop, () => EventLines.Write("Pending", new { Command = "reserve" }));
        if (reply.Ok && reply.TryRead(out ReserveReply? reserved, out _)
            && reserved.Legs is { } confirmed)
        {
            _legs = confirmed;
        }

        Answer("Reserve", reply);
    }

    private static ImmutableArray<LegBody> Legs(PlanBody plan) =>
        [.. plan.Stops.Select(stop => new LegBody(stop.Evse, stop.Window, stop.EnergyWh))];

    private static int? Number(JsonElement arguments, string name) =>
        arguments.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : null;

    private static void Answer(string name, Reply reply) =>
        EventLines.Write(
            name, new { reply.Ok, Code = reply.Code.ToString(), reply.Why, reply.Body });
}
