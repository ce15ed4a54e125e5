using System.Net;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>Who lies is named by the others; who only lost its disk is not.</summary>
public sealed class EvidenceTests : IAsyncDisposable
{
    private readonly OutsideNetwork _network = new();

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_company_that_tells_each_other_something_else_is_named_on_the_ledger()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        await _network.OneRootAsync(stop);
        await _network.C.KillAsync();
        await using (LyingCompany liar = await LyingCompany.StartAsync(_network.C.Data, stop))
        {
            await liar.ReachesAsync(others: 2, stop);
            liar.Endorse(_network.A.Id, "what A shall believe");
            liar.Endorse(_network.B.Id, "what B shall believe");
            liar.Endorse(_network.A.Id, "something else again");
            await GuiltyAsync(_network.A, _network.C, stop);
            await GuiltyAsync(_network.B, _network.C, stop);
        }

        JsonNode listed = (await GuiltsAsync(_network.A, _network.C, stop))[0];
        string id = listed["id"]!.GetValue<string>();
        Answer file = await _network.B.GetAsync($"/v1/evidence/{id}", stop);
        Assert.Equal(HttpStatusCode.OK, file.Status);
        VerifyOffline(file.Json);
        Assert.Contains(
            _network.C.Id,
            (await _network.A.StatusAsync(stop))["guilty"]!.AsArray()
                .Select(each => each!.GetValue<string>()));

        _network.C.Start();
        await _network.C.RunningAsync(stop);
        await GuiltyAsync(_network.C, _network.C, stop);
        await _network.OneRootAsync(stop);
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_company_that_lost_its_disk_votes_with_a_fresh_key_and_is_guilty_of_nothing()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        await _network.OneRootAsync(stop);
        string lost = await VotingKeyOfBAsync(stop);
        await _network.B.KillAsync();
        foreach (string file in Directory.GetFiles(_network.B.Data, "node.db*"))
        {
            File.Delete(file);
        }

        _network.B.Start();
        await _network.B.RunningAsync(stop);

        // Until then the network has no member to spare, for this one follows without voting.
        await Waiting.UntilAsync(
            "the ledger to name a fresh key",
            () => VotingKeyOfBAsync(stop),
            key => key != lost,
            stop);
        await _network.OneRootAsync(stop);
        Assert.Equal("", (await _network.B.StatusAsync(stop))["notVoting"]!.GetValue<string>());
        Assert.Empty(await GuiltsAsync(_network.A, _network.B, stop));
    }

    private async Task<string> VotingKeyOfBAsync(CancellationToken stop) =>
        (await _network.A.GetAsync($"/v1/companies/{_network.B.Id}", stop))
            .Json["votingKey"]!.GetValue<string>();

    /// <summary>With nothing but the file: two signatures, two values, one key.</summary>
    private static void VerifyOffline(JsonNode file)
    {
        byte[] key = Convert.FromHexString(file["votingKey"]!.GetValue<string>());
        string[] votes = ["first", "second"];
        for (int i = 0; i < votes.Length; i++)
        {
            JsonNode vote = file["evidence"]![votes[i]]!;
            Assert.True(Ed25519.Verify(
                new PublicKey(new Digest(key)),
                Convert.FromHexString(file["signedBytes"]![i]!.GetValue<string>()),
                Convert.FromHexString(vote["signature"]!.GetValue<string>())));
        }

        Evidence evidence = Evidence.Codec.Decode(
            Convert.FromHexString(file["bytes"]!.GetValue<string>()));
        Assert.Null(evidence.Refute(
            evidence.Network, new PublicKey(new Digest(key)), Ed25519.Verify));
    }

    private static Task<JsonNode[]> GuiltyAsync(
        Company at, Company guilty, CancellationToken stop) => Waiting.UntilAsync(
        $"{guilty.Id} to be named by {at.Id}",
        () => GuiltsAsync(at, guilty, stop),
        found => found.Length > 0,
        stop);

    private static async Task<JsonNode[]> GuiltsAsync(
        Company at, Company guilty, CancellationToken stop) =>
        [.. (await at.GetAsync("/v1/evidence", stop)).Json["items"]!.AsArray()
            .Where(each => each!["guilty"]!.GetValue<string>() == guilty.Id)!];
}
