using Tomada.Primitives;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>
/// A station that contradicts the ledger, on a network of its own, for its legs end broken.
/// </summary>
public sealed class ConflictTests
{
    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_walk_in_gives_way_to_a_reservation_and_a_fault_under_one_breaks_it()
    {
        Assert.SkipUnless(MosquittoCar.CanRun, MosquittoCar.Missing);
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using OutsideNetwork network = new();
        await network.UpAsync();
        await using MosquittoStation station = await MosquittoStation.OpenAsync(
            network.B, OutsideNetwork.SiteOf(1), "raw", 2, stop);
        await using MosquittoCar car = await MosquittoCar.EnrolAsync(network.A, "conflict", stop);
        await WalkInAsync(station, car, stop);
        await FaultAsync(network, station, car, stop);
    }

    /// <summary>Before a reservation he is told when to leave; near one he is refused.</summary>
    private static async Task WalkInAsync(
        MosquittoStation station, MosquittoCar car, CancellationToken stop)
    {
        JsonObject wish = new() { ["evse"] = station.Evse(1) };
        JsonNode free = await station.AskAsync("start", wish, stop);
        Assert.Equal("OK", (string?)free["code"]);
        Assert.Null(free["body"]!["leaveBy"]);

        (LegId leg, Timestamp from) = await ReserveAsync(car, station.Evse(1), 120, stop);
        JsonNode told = await station.AskAsync("start", wish, stop);
        Assert.Equal(leg.ToString(), (string?)told["body"]!["next"]);
        Assert.Equal(
            from.Plus(TimeSpan.FromMinutes(-15)),
            Timestamp.Parse((string)told["body"]!["leaveBy"]!));
    }

    private static async Task FaultAsync(
        OutsideNetwork network, MosquittoStation station, MosquittoCar car, CancellationToken stop)
    {
        (LegId leg, _) = await ReserveAsync(car, station.Evse(2), 10, stop);
        JsonNode refused = await station.AskAsync(
            "start", new JsonObject { ["evse"] = station.Evse(2) }, stop);
        Assert.Equal("OCCUPIED", (string?)refused["code"]);

        // A station says its state again while it lasts: silence would make it UNKNOWN.
        Timestamp since = new(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        Task<JsonNode> heard = car.HearAsync("dn/event/leg-broken", stop);
        using PeriodicTimer again = new(TimeSpan.FromSeconds(2));
        do
        {
            await station.ShowFaultAsync(2, leg, since, stop);
            await again.WaitForNextTickAsync(stop);
        }
        while (!heard.IsCompleted);

        JsonNode broken = await heard;
        Assert.Equal(leg.ToString(), (string?)broken["leg"]);
        Assert.Equal("FAULTED", (string?)broken["reason"]);
        Assert.True((long)broken["penalty"]!["amount"]! > 0, broken.ToJsonString());
        JsonArray others = broken["alternatives"]!.AsArray();
        Assert.NotEmpty(others);
        Assert.DoesNotContain(station.Evse(2), others.Select(each => (string?)each!["evse"]));
        Assert.All(others, each => Assert.True((long)each!["price"]!["amount"]! > 0));

        JsonNode seen = await Waiting.UntilAsync(
            "the third company to have the broken leg",
            async () => (await network.C.GetAsync($"/v1/trips/{leg.Trip}", stop)).Json,
            each => (string?)each["legs"]![0]!["state"] == "BROKEN",
            stop);
        Assert.Equal("PARTIAL", (string?)seen["state"]);

        // The best of what was offered can be had.
        JsonNode best = others[0]!;
        JsonNode instead = await car.AskAsync(
            "reserve",
            new JsonObject
            {
                ["legs"] = new JsonArray(new JsonObject
                {
                    ["evse"] = best["evse"]!.DeepClone(),
                    ["window"] = best["window"]!.DeepClone(),
                    ["energyWh"] = best["energyWh"]!.DeepClone(),
                }),
            }.ToJsonString(),
            stop);
        Assert.True((bool)instead["ok"]!, instead.ToJsonString());
        await network.OneRootAsync(stop);
    }

    private static async Task<(LegId Leg, Timestamp From)> ReserveAsync(
        MosquittoCar car, string evse, int minutesAhead, CancellationToken stop)
    {
        JsonObject window = Moment.Window(minutesAhead, 60);
        JsonObject wish = new()
        {
            ["legs"] = new JsonArray(new JsonObject
            {
                ["evse"] = evse,
                ["window"] = window.DeepClone(),
                ["energyWh"] = 20_000,
            }),
        };
        JsonNode reply = await car.AskAsync("reserve", wish.ToJsonString(), stop);
        Assert.True((bool)reply["ok"]!, reply.ToJsonString());
        return (
            LegId.Parse((string)reply["body"]!["legs"]![0]!["leg"]!),
            Timestamp.Parse((string)window["from"]!));
    }
}
