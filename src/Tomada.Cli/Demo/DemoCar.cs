using System.Text;
using System.Text.Json;
using Tomada.Cli.Cars;
using Tomada.Node;
using Tomada.Primitives;

namespace Tomada.Cli.Demo;

/// <summary>A car of the demo: a process that is told what to do and says what happens.</summary>
internal sealed class DemoCar
{
    private readonly ChildProcess _process;
    private readonly Action<JsonElement> _seen;

    private DemoCar(ChildProcess process, Action<JsonElement> seen)
    {
        _process = process;
        _seen = seen;
    }

    /// <param name="home">Its company.</param>
    /// <param name="id">Its name there.</param>
    /// <param name="data">Its model and state of charge.</param>
    /// <param name="cables">The folder that it shares with stations.</param>
    /// <param name="seen">Told every event, in order.</param>
    /// <param name="stop">Stops waiting for it.</param>
    public static async Task<DemoCar> StartAsync(
        DemoCompany home,
        string id,
        DemoData data,
        string cables,
        Action<JsonElement> seen,
        CancellationToken stop)
    {
        EnrolAnswer enrolled = await home.Control.EnrolAsync("car", id, stop);
        CarConfig config = new(
            home.Id,
            home.Endpoints.Mqtt!,
            id,
            enrolled.Secret,
            Path.Combine(home.Folder, id),
            cables,
            data.Car,
            data.Trip.StartSocPermille);
        string file = Path.Combine(home.Folder, $"{id}.json");
        await File.WriteAllTextAsync(
            file, Encoding.UTF8.GetString(CarConfig.Codec.EncodeJson(config)), stop);
        DemoCar car = new(home.StartDevices("car", file, "--events"), seen);
        await car.WaitForAsync("Ready", stop);
        return car;
    }

    /// <summary>Asks for plans of the demo's trip.</summary>
    public Task<JsonElement> PlanAsync(
        DemoData data, IEnumerable<CompanyId> avoid, CancellationToken stop)
    {
        string avoided = string.Concat(avoid.Select(each => $" --avoid {each}"));
        string reserve = CarWords.Percent(data.Trip.ReserveSocPermille).Replace(" ", "");
        return AskAsync(
            $"plan {data.Trip.From} {data.Trip.To} --reserve {reserve}{avoided}", "Plan", stop);
    }

    public Task<JsonElement> ReserveAsync(int decideWithinS, CancellationToken stop) =>
        AskAsync($"reserve --within {decideWithinS}", "Reserve", stop);

    /// <param name="legs">Each as EVSE,FROM,UNTIL,WH.</param>
    /// <param name="stop">Stops waiting.</param>
    public Task<JsonElement> ReserveLegsAsync(IEnumerable<string> legs, CancellationToken stop) =>
        AskAsync(
            $"reserve{string.Concat(legs.Select(each => $" --leg {each}"))}", "Reserve", stop);

    public async Task DriveAsync(CancellationToken stop)
    {
        JsonElement answer = await AskAsync("drive", "Drive", stop);
        if (!answer.GetProperty("ok").GetBoolean())
        {
            throw CommandException.Failed(
                $"the car could not go on: {answer.GetProperty("why").GetString()}");
        }
    }

    private async Task<JsonElement> AskAsync(string command, string answer, CancellationToken stop)
    {
        await _process.WriteLineAsync(command);
        return await WaitForAsync(answer, stop);
    }

    private async Task<JsonElement> WaitForAsync(string name, CancellationToken stop)
    {
        await foreach (string line in _process.Lines.ReadAllAsync(stop))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement happened = document.RootElement.Clone();
            _seen(happened);
            string @event = happened.GetProperty("event").GetString()!;
            if (@event == name)
            {
                return happened;
            }

            if (@event == "Command")
            {
                throw CommandException.Failed(
                    $"the car does not understand: {happened.GetProperty("why").GetString()}");
            }
        }

        throw CommandException.Failed("the car's process ended");
    }
}
