using System.Net;
using System.Text;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Transparency;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>Who believes no node: checks receipts with the types of the log alone.</summary>
internal static class Stranger
{
    /// <summary>Whose word counts, as a company publishes it.</summary>
    public static async Task<TlogPolicy> PolicyAsync(Company company, CancellationToken stop)
    {
        Answer answer = await company.GetAsync("/v1/network/policy", stop);
        Assert.True(
            TlogPolicy.TryParse(
                Encoding.UTF8.GetBytes(answer.Text), out TlogPolicy? policy, out string? why),
            why);
        return policy;
    }

    /// <summary>The newest cosigned head of a company.</summary>
    public static async Task<Checkpoint> HeadAsync(
        Company company, TlogPolicy policy, CancellationToken stop)
    {
        Answer answer = await Waiting.UntilAsync(
            $"{company.Id} to have a cosigned head",
            () => company.GetAsync("/checkpoint", stop),
            each => each.Status == HttpStatusCode.OK,
            stop);
        Assert.True(
            SignedNote.TryParse(
                Encoding.UTF8.GetBytes(answer.Text), out SignedNote? note, out string? why),
            why);
        Assert.True(
            policy.TryAccept(
                note, Ed25519.Verify, out AcceptedCheckpoint? accepted, out TlogRefusal? refusal),
            refusal?.Why);
        return accepted.Checkpoint;
    }

    /// <summary>Checks a receipt, and then what its entry says.</summary>
    public static AcceptedCheckpoint Prove(
        string receipt, TlogPolicy policy, Action<TransactionEntry> says)
    {
        Assert.True(
            TlogProof.TryParse(
                Encoding.UTF8.GetBytes(receipt), out TlogProof? proof, out string? why),
            why);
        Assert.True(
            proof.TryVerify(
                MerkleTree.LeafHash(proof.Extra!),
                policy,
                Ed25519.Verify,
                out AcceptedCheckpoint? accepted,
                out TlogRefusal? refusal),
            refusal?.Why);
        says(Assert.IsType<TransactionEntry>(Entry.Codec.Decode(proof.Extra!)));
        return accepted;
    }
}
