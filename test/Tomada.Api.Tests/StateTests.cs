using System.Net;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Api.Tests;

/// <summary>Proofs of the state, checked as a stranger would.</summary>
public sealed class StateTests(OneCompany company)
{
    [Fact]
    public async Task A_row_is_proven_at_every_height_that_there_ever_was()
    {
        long height = company.Desk.State.Height;
        Digest path = Tables.Sessions.PathOf(company.Session);
        List<string> states = [];
        for (long each = 1; each <= height; each++)
        {
            JsonElement answer =
                await company.Client.ReadAsync($"/v1/state/{path}?height={each}");
            StateAnswer verified = await VerifiedAsync(answer, each, path);
            states.Add(verified.Value is null
                ? "none"
                : Tables.Sessions.Value.Decode(verified.Value).State.ToString());
        }

        // Absent until it begins, active until it ends.
        Assert.Equal(["none", "Active", "Completed"], states.Distinct());
    }

    [Fact]
    public async Task A_row_is_found_by_its_table_and_key()
    {
        JsonElement answer = await company.Client.ReadAsync(
            $"/v1/state?table=evse&key={Uri.EscapeDataString(OneCompany.Evse.ToString())}");
        Assert.True(answer.GetProperty("present").GetBoolean());
        Assert.Equal(
            Tables.Evses.PathOf(OneCompany.Evse).ToString(),
            answer.GetProperty("path").GetString());
        Assert.Equal(
            "AVAILABLE", answer.GetProperty("row").GetProperty("availability").GetString());
        Assert.Equal(
            JsonValueKind.Object,
            (await company.Client.ReadAsync("/v1/state?table=period&key=1")).GetProperty("row")
                .ValueKind);
        JsonElement absent = await company.Client.ReadAsync(
            "/v1/state?table=lane&key=%7B%22company%22%3A%22br-xyz%22%2C%22number%22%3A0%7D");
        Assert.False(absent.GetProperty("present").GetBoolean());
        await VerifiedAsync(
            absent,
            absent.GetProperty("height").GetInt64(),
            Tables.Lanes.PathOf(new LaneId(CompanyId.Parse("br-xyz"), 0)));
    }

    [Fact]
    public async Task A_receipt_leads_from_the_policy_down_to_the_row_and_no_changed_one_does()
    {
        TransactionResult result = await company.AddBlockAsync();
        string key = Uri.EscapeDataString(OneCompany.Evse.ToString());
        JsonElement answer =
            await company.Client.ReadAsync(
                $"/v1/state?table=evse&key={key}&height={result.Height}&wait=10s");
        byte[] bytes = Convert.FromHexString(answer.GetProperty("receipt").GetString()!);
        StateReceipt receipt = StateReceipt.Codec.Decode(bytes);
        TlogPolicy policy = await PolicyAsync();
        Assert.True(receipt.Verify(
            policy, Ed25519.Verify, out Seal? seal, out AcceptedCheckpoint? head, out _));
        Assert.Equal(result.Height, seal.Height);
        Assert.True(head.Checkpoint.Size > seal.FirstIndex + seal.Count);
        Assert.Equal(
            answer.GetProperty("bytes").GetString(),
            Convert.ToHexStringLower(StateAnswer.Codec.Encode(receipt.Answer)));

        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;
            Assert.False(
                StateReceipt.Codec.TryDecode(changed, out StateReceipt? read, out _)
                    && read.Verify(policy, Ed25519.Verify, out _, out _, out _),
                $"byte {i}");
        }

        Assert.False(Without(receipt, new TlogProofPart(Extra: [1]), policy));
        Assert.False(Without(receipt, new TlogProofPart(Unsigned: true), policy));
    }

    [Fact]
    public async Task A_height_can_be_asked_for_as_soon_as_its_transaction_has_ended()
    {
        TransactionResult result = await company.AddBlockAsync();
        JsonElement answer = await company.Client.ReadAsync(
            $"/v1/state?table=lane&key=%7B%22company%22%3A%22{OneCompany.Company}%22%2C"
            + $"%22number%22%3A0%7D&height={result.Height}");
        Assert.Equal(result.Height, answer.GetProperty("height").GetInt64());
    }

    [Theory]
    [InlineData("/v1/state/00", "path")]
    [InlineData("/v1/state?key=1", "table")]
    [InlineData("/v1/state?table=held&key=1", "table")]
    [InlineData("/v1/state?table=period&key=x", "key")]
    [InlineData("/v1/state?table=period&key=0", "key")]
    [InlineData("/v1/state?table=period&key=1&height=0", "height")]
    public async Task A_wrong_question_is_refused_by_name(string path, string field)
    {
        ApiAnswer answer = await company.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(field, answer.Body.GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_height_that_is_not_decided_is_not_found() => Assert.Equal(
        HttpStatusCode.NotFound,
        (await company.Client.GetAsync($"/v1/state/{Digest.Zero}?height=999999999")).Status);

    private static bool Without(StateReceipt sound, TlogProofPart part, TlogPolicy policy)
    {
        Assert.True(TlogProof.TryParse(sound.Proof, out TlogProof? proof, out _));
        TlogProof changed = proof with
        {
            Extra = part.Extra,
            Checkpoint = part.Unsigned
                ? proof.Checkpoint with { Signatures = [proof.Checkpoint.Signatures[0]] }
                : proof.Checkpoint,
        };
        return (sound with { Proof = changed.Encode() }).Verify(
            policy, Ed25519.Verify, out _, out _, out _);
    }

    private async Task<TlogPolicy> PolicyAsync()
    {
        using HttpClient http = new();
        byte[] bytes = await http.GetByteArrayAsync(
            new Uri($"http://{company.Host.Endpoint}/v1/network/policy"));
        Assert.True(TlogPolicy.TryParse(bytes, out TlogPolicy? policy, out _));
        return policy;
    }

    private sealed record TlogProofPart(byte[]? Extra = null, bool Unsigned = false);

    private async Task<StateAnswer> VerifiedAsync(JsonElement answer, long height, Digest path)
    {
        StateAnswer read = StateAnswer.Codec.Decode(
            Convert.FromHexString(answer.GetProperty("bytes").GetString()!));
        // The digest comes from another page, as it would from a certificate.
        JsonElement block = await company.Client.ReadAsync($"/v1/blocks/{height}");
        Digest digest = Digest.Parse(block.GetProperty("digest").GetString()!);
        Assert.Equal(path, read.Path);
        Assert.True(read.Verify(digest, out Seal? seal));
        Assert.Equal(height, seal.Height);
        Assert.False(read.Verify(Digest.Zero, out _));
        Assert.False((read with { Value = [.. read.Value ?? [], 0] }).Verify(digest, out _));
        Assert.Equal(
            read.Value is null ? null : Convert.ToHexStringLower(read.Value),
            answer.GetProperty("value").GetString());
        return read;
    }
}
