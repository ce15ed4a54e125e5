using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>
/// The whole scenario from outside: HTTP for the companies, Mosquitto for the car, and every check
/// made at another company than the car's own.
/// </summary>
public sealed class TripTests(OutsideNetwork network)
{
    internal const string Vehicle = """
        {"id":"byd-dolphin","name":"BYD Dolphin","batteryWh":44900,
         "consumption":{"rollingWhPerKm":46,"airWhPerKmAt100":96,"auxiliaryW":1000},
         "acPowerMaxW":7000,"connectors":["IEC_62196_T2_COMBO"],
         "dcCurve":[{"socPermille":0,"powerW":48000},{"socPermille":300,"powerW":60000},
                    {"socPermille":800,"powerW":40000},{"socPermille":1000,"powerW":6000}]}
        """;

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_trip_is_confirmed_at_all_its_companies_and_a_taken_window_at_none()
    {
        Assert.SkipUnless(MosquittoCar.CanRun, MosquittoCar.Missing);
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        await using MosquittoCar car = await MosquittoCar.EnrolAsync(network.A, "first", stop);
        JsonNode boot =
            await car.AskAsync("boot", """{"model":"BYD Dolphin","firmware":"1.0"}""", stop);
        Assert.Equal("OK", boot["code"]!.GetValue<string>());

        JsonArray stops = await PlanAsync(car, stop);
        Assert.Equal(
            network.All.Select(each => each.Id),
            stops.Select(each => each!["evse"]!.GetValue<string>()[..6]));

        string wish = Reserve(stops);
        string request = MosquittoCar.NewId();
        JsonNode confirmed = await car.AskAsync("reserve", wish, stop, request);
        Assert.True(confirmed["ok"]!.GetValue<bool>(), confirmed.ToJsonString());
        string trip = confirmed["body"]!["trip"]!.GetValue<string>();
        await ConfirmedAsync(trip, stop);

        await ProvenAsync(car, trip, stop);
        await AskedAgainAsync(car, wish, request, confirmed, stop);
        await TakenAsync(stops, stop);
        await SameStoryAsync(trip, stop);
    }

    private static async Task<JsonArray> PlanAsync(MosquittoCar car, CancellationToken stop)
    {
        // A loaded machine may miss an owner's deadline: its stops are uncertain then.
        JsonNode plan = await Waiting.UntilAsync(
            "a plan by the word of every owner",
            () => car.AskAsync(
                "plan",
                $$"""
                {"from":"salvador","to":"recife","startSocPermille":900,"reserveSocPermille":120,
                 "vehicle":{{Vehicle}}}
                """,
                stop),
            each => each["ok"]!.GetValue<bool>()
                && each["body"]!["plans"]![0]!["stops"]!.AsArray().All(
                    at => at!["confidencePermille"]!.GetValue<int>() > 900),
            stop);
        return plan["body"]!["plans"]![0]!["stops"]!.AsArray();
    }

    /// <summary>What a car asks for to have these stops.</summary>
    private static string Reserve(IEnumerable<JsonNode?> stops) => new JsonObject
    {
        ["legs"] = new JsonArray([.. stops.Select(each => (JsonNode)new JsonObject
        {
            ["evse"] = each!["evse"]!.GetValue<string>(),
            ["window"] = each["window"]!.DeepClone(),
            ["energyWh"] = each["energyWh"]!.GetValue<long>(),
        })]),
    }.ToJsonString();

    /// <summary>At the companies that the car has never spoken to.</summary>
    private async Task ConfirmedAsync(string trip, CancellationToken stop)
    {
        foreach (Company other in (Company[])[network.B, network.C])
        {
            JsonNode seen = await Waiting.UntilAsync(
                $"{other.Id} to have the confirmed trip",
                async () => (await other.GetAsync($"/v1/trips/{trip}", stop)).Json,
                each => each["state"]?.GetValue<string>() == "CONFIRMED",
                stop);
            Assert.Equal(network.A.Id, seen["home"]!.GetValue<string>());
            Assert.Equal(
                ["CONFIRMED", "CONFIRMED", "CONFIRMED"],
                seen["legs"]!.AsArray().Select(each => each!["state"]!.GetValue<string>()));
        }
    }

    /// <summary>The car's proof is one by the word of the others, and needs none of them.</summary>
    private async Task ProvenAsync(MosquittoCar car, string trip, CancellationToken stop)
    {
        JsonNode reply = await Waiting.UntilAsync(
            "the car to have its receipt",
            () => car.AskAsync("receipt", $$"""{"trip":"{{trip}}"}""", stop),
            each => each["ok"]!.GetValue<bool>(),
            stop);
        Stranger.Prove(
            reply["body"]!["receipt"]!.GetValue<string>(),
            await Stranger.PolicyAsync(network.B, stop),
            entry => Assert.Contains(
                new TripConfirmed(new TripId(Digest.Parse(trip))), entry.Effects));
        JsonNode other = await car.AskAsync(
            "receipt", $$"""{"trip":"{{new string('0', 64)}}"}""", stop);
        Assert.Equal("NOT_FOUND", other["code"]!.GetValue<string>());
    }

    /// <summary>The kept reply for the same request; a conflict for another under its id.</summary>
    private async Task AskedAgainAsync(
        MosquittoCar car, string wish, string request, JsonNode first, CancellationToken stop)
    {
        long proposals = await ProposalsAsync(stop);
        JsonNode again = await car.AskAsync("reserve", wish, stop, request);
        Assert.Equal(first.ToJsonString(), again.ToJsonString());
        string changed = wish.Replace("\"energyWh\":", "\"energyWh\":1", StringComparison.Ordinal);
        JsonNode other = await car.AskAsync("reserve", changed, stop, request);
        Assert.False(other["ok"]!.GetValue<bool>());
        Assert.Equal("CONFLICT", other["code"]!.GetValue<string>());
        await network.SettledAsync(stop);
        Assert.Equal(proposals, await ProposalsAsync(stop));
    }

    private async Task<long> ProposalsAsync(CancellationToken stop) =>
        (await network.C.ListAsync("/v1/transactions", stop))
            .Count(each => each["kind"]!.GetValue<string>() == "ProposeTrip");

    /// <summary>
    /// A second car wants free chargers for two stops, and the taken one for the third.
    /// </summary>
    private async Task TakenAsync(JsonArray stops, CancellationToken stop)
    {
        await using MosquittoCar second = await MosquittoCar.EnrolAsync(network.A, "second", stop);
        JsonArray wanted = stops.DeepClone().AsArray();
        foreach (JsonNode? free in wanted.Take(2))
        {
            string evse = free!["evse"]!.GetValue<string>();
            free["evse"] = evse[..^1] + (evse[^1] == '1' ? '2' : '1');
        }

        JsonNode refused = await second.AskAsync("reserve", Reserve(wanted), stop);
        Assert.False(refused["ok"]!.GetValue<bool>(), refused.ToJsonString());
        Assert.Equal("OCCUPIED", refused["code"]!.GetValue<string>());
        Assert.Contains("leg 3", refused["why"]!.GetValue<string>(), StringComparison.Ordinal);
        string id = refused["body"]!["trip"]!.GetValue<string>();

        await network.SettledAsync(stop);
        JsonNode onLedger = (await network.C.GetAsync($"/v1/transactions/{id}", stop)).Json;
        Assert.Equal("WINDOW_TAKEN", onLedger["outcome"]!["code"]!.GetValue<string>());
        string reason = onLedger["outcome"]!["reason"]!.GetValue<string>();
        Assert.Contains("leg 3", reason, StringComparison.Ordinal);
        Assert.Empty(onLedger["effects"]!.AsArray());
        IEnumerable<string> held =
            from each in await network.B.ListAsync("/v1/trips", stop)
            let isRefused = each["id"]!.GetValue<string>() == id
            from leg in each["legs"]!.AsArray()
            let state = leg!["state"]!.GetValue<string>()
            where state is "HELD" or "ACCEPTED" || (isRefused && state == "CONFIRMED")
            select state;
        Assert.Empty(held);
    }

    /// <summary>
    /// One state root; and what the blocks count is what the list of transactions has.
    /// </summary>
    private async Task SameStoryAsync(string trip, CancellationToken stop)
    {
        await network.OneRootAsync(stop);
        string[]? first = null;
        foreach (Company company in network.All)
        {
            string[] ids = [.. (await company.ListAsync("/v1/transactions", stop))
                .Select(each => each["id"]!.GetValue<string>())];
            long inBlocks = (await company.ListAsync("/v1/blocks", stop))
                .Sum(each => each["transactions"]!.GetValue<long>());
            Assert.Equal(inBlocks, ids.Length);
            Assert.Equal(ids.Length, ids.Distinct().Count());
            Assert.Contains(trip, ids);
            Assert.Equal(first ??= ids, ids);
        }
    }
}
