using System.Net;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>
/// A car whose every message goes through the Mosquitto clients, in MQTT 3.1.1: none of this
/// project's code is between the test and the company's broker.
/// </summary>
internal sealed class MosquittoCar : IAsyncDisposable
{
    private readonly Company _home;
    private readonly string _secret;
    private readonly OutsideProcess _ears;
    private int _sequence;

    private MosquittoCar(Company home, string id, string secret)
    {
        _home = home;
        Id = id;
        _secret = secret;
        _ears = OutsideProcess.Start(
            "mosquitto_sub",
            [
                .. Options("ear"), "-V", "mqttv311", "-c", "-q", "1", "-t", Topic("dn/#"),
                "-F", "%t %p",
            ]);
    }

    public string Id { get; }

    /// <summary>What makes a test that needs the clients skip.</summary>
    public static string Missing =>
        "mosquitto_pub is missing; the package mosquitto-clients has it";

    public static bool CanRun { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "mosquitto_pub")));

    /// <summary>Enrols a car and listens for what its company says.</summary>
    public static async Task<MosquittoCar> EnrolAsync(
        Company home, string id, CancellationToken stop)
    {
        MosquittoCar car = new(home, id, await home.EnrolAsync("car", id, stop));
        try
        {
            // The node's presence is the first thing that a subscriber hears.
            (string topic, _) = await car.HearAsync(stop);
            Assert.Equal(car.Topic("dn/node"), topic);
            return car;
        }
        catch
        {
            await car.DisposeAsync();
            throw;
        }
    }

    public string Topic(string path) => $"tomada/1/{_home.Id}/car/{Id}/{path}";

    /// <summary>Sends a request and waits for its last reply.</summary>
    public async Task<JsonNode> AskAsync(
        string operation, string bodyJson, CancellationToken stop, string? id = null)
    {
        string request = id ?? NewId();
        Ended sent = await PublishAsync(
            Topic($"up/request/{operation}"), Envelope(bodyJson, request), stop);
        Assert.True(sent.ExitCode == 0, sent.Errors);
        while (true)
        {
            (string topic, JsonNode envelope) = await HearAsync(stop);
            JsonNode? body = envelope["body"];
            if (topic == Topic($"dn/reply/{operation}")
                && body!["re"]!.GetValue<string>() == request
                && body["code"]!.GetValue<string>() != "PENDING")
            {
                return body;
            }
        }
    }

    /// <summary>Waits for the next message on a topic of the car's: its body.</summary>
    public async Task<JsonNode> HearAsync(string path, CancellationToken stop)
    {
        while (true)
        {
            (string topic, JsonNode envelope) = await HearAsync(stop);
            if (topic == Topic(path))
            {
                return envelope["body"]!;
            }
        }
    }

    public static string NewId() => Guid.CreateVersion7().ToString();

    /// <summary>
    /// The envelope with a body given as text, so that a repeated request is the same.
    /// </summary>
    public string Envelope(string bodyJson, string id) => $$"""
        {"v":1,"id":"{{id}}","ts":"{{Moment.Text(DateTimeOffset.UtcNow)}}","bs":1,
         "seq":{{++_sequence}},"body":{{bodyJson}}}
        """;

    /// <summary>Publishes a payload as it is.</summary>
    /// <param name="topic">Any.</param>
    /// <param name="payload">Any.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <param name="password">Another than the car's.</param>
    /// <param name="version">Of MQTT: 5 gives a reason for a refusal, 3.1.1 has none.</param>
    public async Task<Ended> PublishAsync(
        string topic,
        string payload,
        CancellationToken stop,
        string? password = null,
        string version = "mqttv311")
    {
        await using OutsideProcess mouth = OutsideProcess.Start(
            "mosquitto_pub",
            [.. Options("mouth", password), "-V", version, "-q", "1", "-t", topic, "-s"]);
        await mouth.WriteAsync(payload, stop);
        return await mouth.EndAsync(stop);
    }

    public ValueTask DisposeAsync() => _ears.DisposeAsync();

    private string[] Options(string session, string? password = null)
    {
        IPEndPoint broker = IPEndPoint.Parse(_home.Endpoints!["mqtt"]!.GetValue<string>());
        return
        [
            "-h", broker.Address.ToString(), "-p", $"{broker.Port}", "-u", $"car/{Id}",
            "-P", password ?? _secret, "-i", $"car/{Id}/{session}",
        ];
    }

    private async Task<(string Topic, JsonNode Envelope)> HearAsync(CancellationToken stop)
    {
        if (!await _ears.Lines.WaitToReadAsync(stop) || !_ears.Lines.TryRead(out string? line))
        {
            throw new InvalidOperationException($"mosquitto_sub ended: {_ears.Errors}");
        }

        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return (line[..space], JsonNode.Parse(line[(space + 1)..])!);
    }
}
