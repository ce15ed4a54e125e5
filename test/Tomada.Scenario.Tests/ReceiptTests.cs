using System.Net;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Scenario.Tests.Outside;
using Tomada.Transparency;

namespace Tomada.Scenario.Tests;

/// <summary>Receipts of real nodes, checked by who trusts none of them.</summary>
public sealed class ReceiptTests(OutsideNetwork network)
{
    [Fact(Timeout = Waiting.TestMs)]
    public async Task Every_company_proves_the_same_entry_and_none_cosigns_two_logs_when_killed()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        Acknowledged first = await SubmitAsync(network.A, stop);
        TlogPolicy policy = await Stranger.PolicyAsync(network.C, stop);
        foreach (Company company in network.All)
        {
            await ProvenAsync(company, first, policy, stop);
        }

        Checkpoint before = await Stranger.HeadAsync(network.B, policy, stop);
        foreach (Company company in network.All)
        {
            await company.KillAsync();
        }

        foreach (Company company in network.All)
        {
            company.Start();
        }

        foreach (Company company in network.All)
        {
            await company.RunningAsync(stop);
        }

        Acknowledged second = await SubmitAsync(network.B, stop);
        foreach (Company company in network.All)
        {
            await ProvenAsync(company, second, policy, stop);
            await ProvenAsync(company, first, policy, stop);
            Checkpoint after = await Stranger.HeadAsync(company, policy, stop);
            Assert.True(after.Size > before.Size);
            JsonNode grown = (await company.GetAsync(
                $"/v1/proofs/consistency?from={before.Size}&to={after.Size}", stop)).Json;
            Assert.True(MerkleTree.VerifyConsistency(
                before.Size,
                before.Root,
                after.Size,
                after.Root,
                [
                    .. grown["hashes"]!.AsArray().Select(
                        each => Digest.Parse(each!.GetValue<string>())),
                ]));
            Ended doctor = await OutsideProcess.RunAsync(
                stop, "doctor", "--data", company.Data, "--chain", "--json",
                company.Data + ".doctor.json");
            Assert.True(doctor.ExitCode == 0, doctor.ToString());
            JsonNode said = JsonNode.Parse(
                await File.ReadAllTextAsync(company.Data + ".doctor.json", stop))!;
            Assert.True(said["height"]!.GetValue<long>() > 0);
            Assert.Empty(said["faults"]!.AsArray());
            Answer evidence = await company.GetAsync("/v1/evidence", stop);
            Assert.True(evidence.Json["items"]!.AsArray().Count == 0, evidence.Text);
        }
    }

    /// <summary>
    /// A transaction that the rules refuse: an entry of the log that leaves no mark on the state.
    /// </summary>
    private static async Task<Acknowledged> SubmitAsync(Company company, CancellationToken stop)
    {
        JsonNode json = (await company.SubmitAsync(
            "ClosePeriod", new JsonObject { ["period"] = 999 }, stop)).Json;
        return new Acknowledged(
            json["id"]!.GetValue<string>(),
            json["height"]!.GetValue<long>(),
            json["index"]!.GetValue<long>());
    }

    private static async Task ProvenAsync(
        Company company, Acknowledged entry, TlogPolicy policy, CancellationToken stop)
    {
        Answer answer = await Waiting.UntilAsync(
            $"{company.Id} to prove {entry.Id}",
            () => company.GetAsync($"/v1/transactions/{entry.Id}/receipt?wait=2s", stop),
            each => each.Status == HttpStatusCode.OK,
            stop);
        AcceptedCheckpoint head = Stranger.Prove(answer.Text, policy, said =>
        {
            Assert.True(SignedTransaction.TryDecode(
                said.Transaction, out SignedTransaction? transaction, out _));
            Assert.Equal(entry.Id, transaction!.Id.ToString());
        });
        Assert.InRange(head.Cosignatures.Length, 2, 3);
    }
}
