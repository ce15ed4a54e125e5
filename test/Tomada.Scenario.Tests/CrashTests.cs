using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>One of three nodes loses its power while the others are at work.</summary>
public sealed class CrashTests(OutsideNetwork network)
{
    /// <summary>
    /// Trips of each submitter before the kill, while it is down, and while it returns.
    /// </summary>
    private const int TripsPerStage = 4;

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
}
