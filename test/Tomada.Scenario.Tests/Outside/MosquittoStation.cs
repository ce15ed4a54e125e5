using System.Net;
using System.Threading.Channels;
using Tomada.Devices;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>
/// A station whose every message goes through the Mosquitto clients: it takes every window that it
/// is asked to keep, and shows what the test says.
/// </summary>
internal sealed class MosquittoStation : IAsyncDisposable
{
    private readonly Company _owner;
    private readonly string _id;
    private readonly string _secret;
    private readonly StationKey _key;
    private readonly OutsideProcess _ears;
    private readonly Channel<JsonNode> _replies = Channel.CreateUnbounded<JsonNode>();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Digest> _network =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task _listening = Task.CompletedTask;
    private int _sequence;

    private MosquittoStation(Company owner, string id, string secret, StationKey key)
    {
        _owner = owner;
        _id = id;
        _secret = secret;
        _key = key;
        _ears = OutsideProcess.Start(
            "mosquitto_sub",
            [.. Options("ear"), "-V", "mqttv5", "-q", "1", "-t", Topic("dn/#"), "-F", "%t %p"]);
    }

    /// <summary>Puts EVSEs beside those of a site on the ledger, and connects.</summary>
    public static async Task<MosquittoStation> OpenAsync(
        Company owner, Site beside, string id, int evses, CancellationToken stop)
    {
        StationKey key = StationKey.LoadOrCreate(Path.Combine(owner.Folder, id));
        Site site = beside with { Name = id };
        for (int number = 1; number <= evses; number++)
        {
            JsonObject evse = site.EvseOf(owner, number, key.Public.ToString());
            evse["location"] = $"{owner.Id}/{beside.Name}";
            await owner.PublishAsync("PutEvse", evse, stop);
            await owner.PublishAsync("SetEvseAvailability", site.OfferOf(owner, number), stop);
        }

        string secret = await owner.EnrolAsync("station", id, stop);
        MosquittoStation station = new(owner, id, secret, key);
        station._listening = station.ListenAsync();
        await station._network.Task.WaitAsync(stop);
        JsonObject boot = new()
        {
            ["model"] = "raw",
            ["firmware"] = "1.0",
            ["evses"] = new JsonArray([.. Enumerable.Range(1, evses).Select(
                number => (JsonNode)$"{owner.Id}/{id}-{number}")]),
        };
        JsonNode reply = await station.AskAsync("boot", boot, stop);
        Assert.Equal("OK", reply["code"]!.GetValue<string>());
        return station;
    }

    public string Evse(int number) => $"{_owner.Id}/{_id}-{number}";

    /// <summary>Sends a request and waits for its reply.</summary>
    public async Task<JsonNode> AskAsync(string operation, JsonObject body, CancellationToken stop)
    {
        string id = MosquittoCar.NewId();
        await PublishAsync($"up/request/{operation}", body, stop, id);
        while (true)
        {
            JsonNode reply = await _replies.Reader.ReadAsync(stop);
            if (reply["re"]!.GetValue<string>() == id)
            {
                return reply;
            }
        }
    }

    /// <summary>Shows a fault at the EVSE, signed for the leg whose turn it is.</summary>
    public async Task ShowFaultAsync(
        int number, LegId leg, Timestamp since, CancellationToken stop)
    {
        LegBreak word = new(leg, EvseId.Parse(Evse(number)), BreakReason.Faulted, since);
        byte[] signature = _key.Sign(word.SignedMessage(await _network.Task.WaitAsync(stop)));
        await PublishAsync(
            $"up/evse/{_id}-{number}/state",
            new JsonObject
            {
                ["status"] = "OUTOFORDER",
                ["phase"] = "IDLE",
                ["since"] = since.ToString(),
                ["validUntil"] = Moment.Text(DateTimeOffset.UtcNow.AddHours(1)),
                ["reservation"] = leg.ToString(),
                ["error"] = "over temperature",
                ["signature"] = Convert.ToHexStringLower(signature),
            },
            stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _ears.DisposeAsync();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _key.Dispose();
    }

    private async Task ListenAsync()
    {
        await foreach (string line in _ears.Lines.ReadAllAsync(_stop.Token))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            string path = line[Topic("dn/").Length..space];
            JsonNode envelope = JsonNode.Parse(line[(space + 1)..])!;
            if (path == "node" && envelope["body"]!["network"] is { } network)
            {
                _network.TrySetResult(Digest.Parse(network.GetValue<string>()));
            }
            else if (path.StartsWith("reply/", StringComparison.Ordinal))
            {
                await _replies.Writer.WriteAsync(envelope["body"]!, _stop.Token);
            }
            else if (path.StartsWith("command/", StringComparison.Ordinal))
            {
                JsonObject ack = new()
                {
                    ["re"] = envelope["id"]!.GetValue<string>(),
                    ["ok"] = true,
                    ["code"] = "OK",
                };
                await PublishAsync($"up/ack/{path["command/".Length..]}", ack, _stop.Token);
            }
        }
    }

    private async Task PublishAsync(
        string path, JsonObject body, CancellationToken stop, string? id = null)
    {
        int sequence = Interlocked.Increment(ref _sequence);
        string payload = $$"""
            {"v":1,"id":"{{id ?? MosquittoCar.NewId()}}","bs":1,"seq":{{sequence}},
             "ts":"{{Moment.Text(DateTimeOffset.UtcNow)}}","body":{{body.ToJsonString()}}}
            """;
        await using OutsideProcess mouth = OutsideProcess.Start(
            "mosquitto_pub",
            [
                .. Options($"mouth-{sequence % 2}"), "-V", "mqttv5", "-q", "1", "-t", Topic(path),
                "-s",
            ]);
        await mouth.WriteAsync(payload, stop);
        Ended sent = await mouth.EndAsync(stop);
        Assert.True(sent.ExitCode == 0, sent.Errors);
    }

    private string Topic(string path) => $"tomada/1/{_owner.Id}/station/{_id}/{path}";

    private string[] Options(string session)
    {
        IPEndPoint broker = IPEndPoint.Parse(_owner.Endpoints!["mqtt"]!.GetValue<string>());
        return
        [
            "-h", broker.Address.ToString(), "-p", $"{broker.Port}", "-u", $"station/{_id}",
            "-P", _secret, "-i", $"station/{_id}/{session}",
        ];
    }
}
