using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>
/// A network of processes whose members change: one joins, keys rotate, one is put out, one is
/// replaced, and trips go on.
/// </summary>
public sealed class MembershipTests : IAsyncLifetime
{
    private const int Trips = 3;

    private readonly OutsideNetwork _network = new();
    private readonly List<Company> _newcomers = [];

    private Company A => _network.A;

    private Company B => _network.B;

    private Company C => _network.C;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (Company company in _newcomers)
        {
            await company.DisposeAsync();
        }

        await _network.DisposeAsync();
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task Members_come_change_keys_and_go_while_trips_go_on()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        Submitter trips = new(_network, A, charger: 1);

        Company d = await AtTheDoorAsync("br-ddd", stop);
        await Task.WhenAll(trips.SubmitAsync(Trips, stop), ApproveAsync("br-ddd", stop));
        await MembersAsync([A, B, C, d], stop);
        await d.RunningAsync(stop);
        await trips.SubmitAsync(Trips, stop);

        await RotateAsync("voting", "votingKey", opensAnew: false, stop);
        await RotateAsync("identity", "identityKey", opensAnew: true, stop);
        await RotateAsync("tls", "tlsKeyHash", opensAnew: true, stop);
        await trips.SubmitAsync(Trips, stop);

        await d.KillAsync();
        await RunAsync(A, ["remove", "br-ddd", "--reason", "its machine is gone"], stop);
        await RunAsync(B, ["remove", "br-ddd", "--reason", "its machine is gone"], stop);
        await RunAsync(C, ["remove", "br-ddd", "--reason", "its machine is gone"], stop);
        await MembersAsync([A, B, C], stop);

        await C.KillAsync();
        Company e = await AtTheDoorAsync("br-eee", stop);
        await RunAsync(A, ["replace", "br-ccc", "--with", "br-eee"], stop);
        await RunAsync(B, ["replace", "br-ccc", "--with", "br-eee"], stop);
        await MembersAsync([A, B, e], stop);
        await trips.SubmitAsync(Trips, stop);
        Assert.Equal(4 * Trips, trips.Answers.Count);
    }

    /// <summary>A company that was invited and whose node waits for the members.</summary>
    private async Task<Company> AtTheDoorAsync(string id, CancellationToken stop)
    {
        Company company = new(id, _network.NewFolder());
        _newcomers.Add(company);
        await company.InitAsync(stop, _network.InitOptions(founders: 3));
        company.Start();
        await Waiting.UntilAsync(
            $"{id} to hear of the network",
            () => company.Endpoints?["control"] is not null,
            stop);
        await Waiting.UntilAsync(
            $"{id} to be told that it must join",
            () => company.StatusAsync(stop),
            seen => seen["phase"]!.GetValue<string>() == "MUST_JOIN",
            stop);

        Ended invited = await OutsideProcess.RunAsync(
            stop, "network", "invite", "--data", A.Data);
        Assert.True(invited.ExitCode == 0, invited.Errors);
        await RunAsync(company, ["join", invited.Output.Trim()], stop);
        await company.RunningAsync(stop);
        foreach (Company member in (Company[])[A, B])
        {
            await Waiting.UntilAsync(
                $"{member.Id} to see {id} at the door",
                () => NetworkAsync(member, stop),
                seen => seen["candidates"]!.AsArray()
                    .Any(each => each!["company"]!.GetValue<string>() == id),
                stop);
        }

        return company;
    }

    private async Task ApproveAsync(string id, CancellationToken stop)
    {
        await RunAsync(A, ["approve", id], stop);
        await RunAsync(B, ["approve", id], stop);
    }

    /// <summary>A key of B; the others know the new one, and B goes on with it.</summary>
    private async Task RotateAsync(
        string key, string field, bool opensAnew, CancellationToken stop)
    {
        string before = await KeyOfBAsync(field, stop);
        int opened = Openings();
        await RunAsync(B, ["rotate-key", key], stop);
        await Waiting.UntilAsync(
            $"everybody to know the new {key} key",
            () => KeyOfBAsync(field, stop),
            now => now != before,
            stop);
        if (opensAnew)
        {
            await Waiting.UntilAsync(
                $"B to open anew with its {key} key", () => Openings() > opened, stop);
            await Waiting.UntilAsync(
                "B to be closed", () => B.Endpoints?["http"] is null, stop);
        }

        await B.RunningAsync(stop);
        await Waiting.UntilAsync(
            $"B to be connected with its new {key} key",
            async () => (await B.StatusAsync(stop))["reachable"]!.AsArray().Count,
            reachable => reachable == 3,
            stop);
        await B.PublishAsync("SetEvseAvailability", OutsideNetwork.SiteOf(1).OfferOf(B, 2), stop);
    }

    private int Openings() =>
        B.Node.Output.Split("opens anew", StringSplitOptions.None).Length;

    private async Task<string> KeyOfBAsync(string field, CancellationToken stop) =>
        (await A.GetAsync("/v1/companies/br-bbb", stop)).Json[field]!.GetValue<string>();

    private static async Task<JsonNode> NetworkAsync(Company company, CancellationToken stop) =>
        (await company.ControlAsync("/control/v1/network", null, stop)).Json;

    private static async Task RunAsync(Company company, string[] order, CancellationToken stop)
    {
        Ended ended = await OutsideProcess.RunAsync(
            stop, ["network", .. order, "--data", company.Data]);
        Assert.True(ended.ExitCode == 0, $"{order[0]}: {ended.Output} {ended.Errors}");
    }

    private static Task<JsonNode[]> MembersAsync(Company[] members, CancellationToken stop) =>
        Task.WhenAll(members.Select(member => Waiting.UntilAsync(
            $"{member.Id} to know {members.Length} members",
            () => NetworkAsync(member, stop),
            seen => seen["members"]!.AsArray().Select(each => each!.GetValue<string>())
                .SequenceEqual(members.Select(each => each.Id)),
            stop)));
}
