using System.Net;
using System.Security.Cryptography;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>One of three nodes loses its power while the others are at work.</summary>
public sealed class CrashTests(OutsideNetwork network)
{
    /// <summary>
    /// Trips of each submitter before the kill, while it is down, and while it returns.
    /// </summary>
    private const int TripsPerStage = 4;

    private const int WindowMinutes = 15;
    private const int FirstWindowAfterMinutes = 3 * 24 * 60;

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_killed_node_stops_nobody_and_returns_with_nothing_lost_and_nothing_twice()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        Submitter[] submitters =
            [new(network, network.A, charger: 1), new(network, network.B, charger: 2)];
        await SubmitAsync(submitters, stop);

        // The kill falls among submissions that wait for their block.
        Task down = SubmitAsync(submitters, stop);
        await network.C.KillAsync();
        await down;
        Assert.True(network.C.Node.HasExited);
        await SubmitAsync(submitters, stop);

        network.C.Start();
        Task back = SubmitAsync(submitters, stop);
        await network.C.RunningAsync(stop);
        await back;

        await network.OneRootAsync(stop);
        List<Acknowledged> answers = [.. submitters.SelectMany(each => each.Answers)];
        Assert.Equal(submitters.Length * 4 * TripsPerStage, answers.Count);
        await EverythingOnceAsync(network.C, answers, stop);
        await EveryTripEndsConfirmedAsync(network.C, answers, stop);
        await network.OneRootAsync(stop);
    }

    private static Task SubmitAsync(Submitter[] submitters, CancellationToken stop) =>
        Task.WhenAll(submitters.Select(each => each.SubmitAsync(TripsPerStage, stop)));

    /// <summary>Each answer that somebody got is the one entry of the log that it said.</summary>
    private static async Task EverythingOnceAsync(
        Company at, List<Acknowledged> answers, CancellationToken stop)
    {
        ILookup<string, JsonNode> log = (await at.ListAsync("/v1/transactions", stop))
            .ToLookup(each => each["id"]!.GetValue<string>());
        Assert.All(log, each => Assert.Single(each));
        foreach (Acknowledged answer in answers)
        {
            JsonNode entry = Assert.Single(log[answer.Id]);
            Assert.Equal("APPLIED", entry["outcome"]!["code"]!.GetValue<string>());
            Assert.Equal(answer.Height, entry["height"]!.GetValue<long>());
            Assert.Equal(answer.Index, entry["index"]!.GetValue<long>());
        }
    }

    private static Task<string[]> EveryTripEndsConfirmedAsync(
        Company at, List<Acknowledged> answers, CancellationToken stop) => Waiting.UntilAsync(
        "every trip to be confirmed",
        async () => (await at.ListAsync("/v1/trips", stop))
            .Where(each => answers.Exists(answer => answer.Id == each["id"]!.GetValue<string>()))
            .Select(each => each["state"]!.GetValue<string>()).Order().ToArray(),
        states => states.Length == answers.Count && states.All(each => each == "CONFIRMED"),
        stop);

    /// <summary>What a company's node said of a submission.</summary>
    private sealed record Acknowledged(string Id, long Height, long Index);

    /// <summary>Proposes trips over chargers of the companies that stay, one by one.</summary>
    private sealed class Submitter(OutsideNetwork network, Company at, int charger)
    {
        private int _trips;

        public List<Acknowledged> Answers { get; } = [];

        public async Task SubmitAsync(int count, CancellationToken stop)
        {
            for (int i = 0; i < count; i++)
            {
                Answer answer =
                    await at.SubmitAsync("ProposeTrip", await NextTripAsync(stop), stop);
                Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
                JsonNode json = answer.Json;
                Answers.Add(new Acknowledged(
                    json["id"]!.GetValue<string>(),
                    json["height"]!.GetValue<long>(),
                    json["index"]!.GetValue<long>()));
            }
        }

        private async Task<JsonNode> NextTripAsync(CancellationToken stop)
        {
            int start = FirstWindowAfterMinutes + (_trips++ * 2 * WindowMinutes);
            return new JsonObject
            {
                ["driver"] = Hex(),
                ["priority"] = "NORMAL",
                ["decideWithinMs"] = 60_000,
                ["legs"] = new JsonArray(
                    await LegAsync(network.A, 0, start, stop),
                    await LegAsync(network.B, 1, start + WindowMinutes, stop)),
            };
        }

        private async Task<JsonNode> LegAsync(
            Company owner, int site, int start, CancellationToken stop)
        {
            JsonNode tariff = (await at.ListAsync("/v1/tariffs", stop))
                .Single(each => each["id"]!.GetValue<string>() == $"{owner.Id}/dc");
            return new JsonObject
            {
                ["evse"] = OutsideNetwork.SiteOf(site).Evse(owner, charger),
                ["window"] = Moment.Window(start, WindowMinutes),
                ["energyWh"] = 1_000,
                ["tariff"] = tariff["hash"]!.GetValue<string>(),
                ["priceCap"] = new JsonObject { ["amount"] = 1_000, ["currency"] = "BRL" },
                ["secretHash"] = Hex(),
            };
        }

        private static string Hex() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    }
}
