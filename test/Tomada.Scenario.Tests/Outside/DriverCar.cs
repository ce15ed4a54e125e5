namespace Tomada.Scenario.Tests.Outside;

/// <summary>A car of <c>tomada car</c>: its file, and the program that a driver starts.</summary>
internal sealed class DriverCar
{
    private const int StartSocPermille = 900;

    private DriverCar(string folder) => Folder = folder;

    public string Folder { get; }

    public string Config => System.IO.Path.Combine(Folder, "car.json");

    /// <summary>Enrols a car at a company and writes its file.</summary>
    public static async Task<DriverCar> EnrolAsync(
        OutsideNetwork network, Company home, string id, CancellationToken stop)
    {
        DriverCar car = new(network.NewFolder());
        JsonObject config = new()
        {
            ["company"] = home.Id,
            ["broker"] = home.Endpoints!["mqtt"]!.GetValue<string>(),
            ["id"] = id,
            ["secret"] = await home.EnrolAsync("car", id, stop),
            ["folder"] = Path.Combine(car.Folder, "car"),
            ["cables"] = network.Cables,
            ["vehicle"] = JsonNode.Parse(TripTests.Vehicle),
            ["startSocPermille"] = StartSocPermille,
        };
        await File.WriteAllTextAsync(car.Config, config.ToJsonString(), stop);
        return car;
    }

    /// <summary>Runs a script to its end.</summary>
    public async Task<ScriptEnded> ScriptAsync(
        string[] lines, CancellationToken stop, params string[] more)
    {
        string script = Path.Combine(Folder, "script.txt");
        string json = Path.Combine(Folder, "results.json");
        await File.WriteAllLinesAsync(script, lines, stop);
        File.Delete(json);
        Ended ended = await OutsideProcess.RunAsync(
            stop, ["car", "--config", Config, "--script", script, "--json", json, .. more]);
        return new ScriptEnded(
            ended, File.Exists(json) ? JsonNode.Parse(File.ReadAllText(json)) : null);
    }

    /// <summary>The program with what it says as JSON lines.</summary>
    public OutsideProcess Start() =>
        OutsideProcess.Tomada("car", "--config", Config, "--events");

    /// <summary>Waits for an event of a started program.</summary>
    public static async Task<JsonNode> HearAsync(
        OutsideProcess car, string name, CancellationToken stop)
    {
        await foreach (string line in car.Lines.ReadAllAsync(stop))
        {
            JsonNode said = JsonNode.Parse(line)!;
            if (said["event"]!.GetValue<string>() == name)
            {
                return said;
            }
        }

        throw new InvalidOperationException($"the car ended without {name}: {car.Errors}");
    }
}

/// <summary>How a script went.</summary>
internal sealed record ScriptEnded(Ended Process, JsonNode? Json)
{
    public JsonArray Results => Json!["results"]!.AsArray();

    public void Passed()
    {
        Assert.True(Process.ExitCode == 0, Process.ToString());
        Assert.True(Json!["passed"]!.GetValue<bool>());
    }
}
