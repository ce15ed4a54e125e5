using System.Globalization;
using System.Net;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>
/// Nodes are killed again and again while transactions go in, at moments that a seed draws: while
/// they work, and while they start. Set TOMADA_KILLS for more of it, TOMADA_KILL_SEED for others.
/// </summary>
public sealed class KillTests(OutsideNetwork network)
{
    /// <summary>Kills in one run, unless TOMADA_KILLS says otherwise.</summary>
    private const int Kills = 5;

    /// <summary>Most transactions that are acknowledged between two kills.</summary>
    private const int AnswersBetweenMax = 40;

    /// <summary>Most lines that a starting node prints before it is killed again.</summary>
    private const int LinesMax = 12;

    private const int Never = 60 * 60 * 1_000;

    [Fact(Timeout = Never)]
    public async Task Nodes_killed_at_any_moment_contradict_nobody_and_lose_nothing_acknowledged()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        int seed = Number("TOMADA_KILL_SEED", 20_261_123);
        TestContext.Current.TestOutputHelper?.WriteLine($"TOMADA_KILL_SEED={seed}");
#pragma warning disable CA5394 // The draw is repeatable on purpose; nothing secret hangs on it.
        Random random = new(seed);
        using CancellationTokenSource enough =
            CancellationTokenSource.CreateLinkedTokenSource(stop);
        Submitter[] submitters = [.. network.All.Select(each => new Submitter(each))];
        Task[] submitting = [.. submitters.Select(each => each.RunAsync(enough.Token))];
        for (int i = 0; i < Number("TOMADA_KILLS", Kills); i++)
        {
            // One at a time: two of three must go on.
            Company victim = network.All[random.Next(network.All.Count)];
            await victim.KillAsync();
            victim.Start();
            if (random.Next(3) == 0)
            {
                int lines = random.Next(LinesMax);
                await Waiting.UntilAsync(
                    "a start to come so far",
                    () => victim.Node.Output.Count(each => each == '\n') >= lines
                        || victim.Endpoints?["http"] is not null,
                    stop);
                await victim.Node.KillAsync();
                // What waits for the next process must not see this one's addresses.
                File.Delete(Path.Combine(victim.Data, "endpoints.json"));
                victim.Start();
            }

            await victim.RunningAsync(stop);
            int answers = Count() + random.Next(AnswersBetweenMax);
            await Waiting.UntilAsync("more to be decided", () => Count() >= answers, stop);
        }
#pragma warning restore CA5394

        int Count() => submitters.Sum(each => each.Count);

        await enough.CancelAsync();
        await Task.WhenAll(submitting);
        await network.OneRootAsync(stop);
        Acknowledged[] all = [.. submitters.SelectMany(each => each.Answers)];
        Assert.NotEmpty(all);
        foreach (Company company in network.All)
        {
            await EverythingOnceAsync(company, all, stop);
            Answer evidence = await company.GetAsync("/v1/evidence", stop);
            Assert.Equal(HttpStatusCode.OK, evidence.Status);
            Assert.True(evidence.Json["items"]!.AsArray().Count == 0, evidence.Text);
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(
            Environment.GetEnvironmentVariable(variable),
            CultureInfo.InvariantCulture,
            out int number)
            ? number
            : otherwise;

    /// <summary>Each answer that somebody got is the one entry of the log that it said.</summary>
    private static async Task EverythingOnceAsync(
        Company at, Acknowledged[] answers, CancellationToken stop)
    {
        ILookup<string, JsonNode> log = (await at.ListAsync("/v1/transactions", stop))
            .ToLookup(each => each["id"]!.GetValue<string>());
        Assert.All(log, each => Assert.Single(each));
        foreach (Acknowledged answer in answers)
        {
            JsonNode entry = Assert.Single(log[answer.Id]);
            Assert.Equal(answer.Height, entry["height"]!.GetValue<long>());
            Assert.Equal(answer.Index, entry["index"]!.GetValue<long>());
        }
    }

    private sealed record Acknowledged(string Id, long Height, long Index);

    /// <summary>Publishes locations one by one, and forgives its node for dying.</summary>
    private sealed class Submitter(Company at)
    {
        private int _count;
        private int _answered;

        public List<Acknowledged> Answers { get; } = [];

        /// <summary>Answers so far; from any thread.</summary>
        public int Count => Volatile.Read(ref _answered);

        public async Task RunAsync(CancellationToken stop)
        {
            using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(20));
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    if (at.Endpoints?["control"] is not null)
                    {
                        await SubmitAsync(stop);
                    }
                }
                catch (Exception gone) when (gone
                    is HttpRequestException or IOException or OperationCanceledException
                    or System.Text.Json.JsonException or NullReferenceException)
                {
                    // Its node died: nobody knows what became of the transaction.
                }

                await pause.WaitForNextTickAsync(CancellationToken.None);
            }
        }

        private async Task SubmitAsync(CancellationToken stop)
        {
            Answer answer = await at.SubmitAsync("PutLocation", Location(), stop);
            if (answer.Status == HttpStatusCode.OK)
            {
                JsonNode json = answer.Json;
                Answers.Add(new Acknowledged(
                    json["id"]!.GetValue<string>(),
                    json["height"]!.GetValue<long>(),
                    json["index"]!.GetValue<long>()));
                Volatile.Write(ref _answered, Answers.Count);
            }
        }

        private JsonObject Location() => new()
        {
            ["location"] = $"{at.Id}/killed-{++_count}",
            ["name"] = "Posto",
            ["address"] = "BR-324",
            ["city"] = "Salvador",
            ["latitudeE6"] = -12_971_111,
            ["longitudeE6"] = -38_510_833,
            ["timeZone"] = "America/Bahia",
        };
    }
}
