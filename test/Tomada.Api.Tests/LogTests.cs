using System.Net;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Api.Tests;

/// <summary>The log as a stranger's tool reads it: with types of the log alone.</summary>
public sealed class LogTests(OneCompany company)
{
    [Fact]
    public async Task A_stranger_verifies_the_receipt_of_a_transaction()
    {
        TransactionResult added = await company.AddBlockAsync();
        TlogProof proof = await ReceiptAsync($"/v1/transactions/{added.Id}/receipt?wait=10s");
        Assert.True(
            proof.TryVerify(
                MerkleTree.LeafHash(proof.Extra!),
                await PolicyAsync(),
                Ed25519.Verify,
                out AcceptedCheckpoint? accepted,
                out TlogRefusal? refusal),
            refusal?.Why);
        Assert.Equal(added.Index, proof.Index);
        Assert.Single(accepted.Cosignatures);
        TransactionEntry entry = Assert.IsType<TransactionEntry>(
            Entry.Codec.Decode(proof.Extra!));
        Assert.True(SignedTransaction.TryDecode(entry.Transaction, out var transaction, out _));
        Assert.Equal(added.Id, transaction!.Id);

        byte[] other = [.. proof.Extra![..^1], 0xFF];
        Assert.False(proof.TryVerify(
            MerkleTree.LeafHash(other), await PolicyAsync(), Ed25519.Verify, out _, out _));
    }

    [Fact]
    public async Task The_receipt_of_a_trip_is_of_the_entry_that_confirmed_it()
    {
        TlogProof proof = await ReceiptAsync($"/v1/trips/{company.Driven}/receipt?wait=10s");
        TransactionEntry entry = Assert.IsType<TransactionEntry>(
            Entry.Codec.Decode(proof.Extra!));
        Assert.Contains(new TripConfirmed(company.Driven), entry.Effects);
        Assert.True(proof.TryVerify(
            MerkleTree.LeafHash(proof.Extra!), await PolicyAsync(), Ed25519.Verify, out _, out _));

        ApiAnswer never =
            await company.Client.GetAsync($"/v1/trips/{company.NotAccepted}/receipt");
        Assert.Equal(HttpStatusCode.NotFound, never.Status);
    }

    [Fact]
    public async Task Every_entry_has_a_receipt_of_its_own()
    {
        long size = company.Desk.State.Size;
        TlogPolicy policy = await PolicyAsync();
        await ReceiptAsync($"/v1/log/{size - 1}/receipt?wait=10s");
        for (long index = 0; index < size; index++)
        {
            TlogProof proof = await ReceiptAsync($"/v1/log/{index}/receipt");
            Assert.Equal(index, proof.Index);
            Assert.True(proof.TryVerify(
                MerkleTree.LeafHash(proof.Extra!), policy, Ed25519.Verify, out _, out _));
        }

        ApiAnswer none = await company.Client.GetAsync("/v1/log/999999999/receipt");
        Assert.Equal(HttpStatusCode.NotFound, none.Status);
    }

    [Fact]
    public async Task The_tiles_make_the_root_of_the_checkpoint()
    {
        Checkpoint head = await HeadAsync();
        List<Digest> leaves = [];
        foreach (TileId tile in TileId.Between(0, head.Size).Where(
            each => each.Level == TileId.Entries))
        {
            byte[] bytes = await BytesAsync($"/{tile.Path}");
            Assert.True(EntryBundle.TryParse(tile, bytes, out var entries, out string? why), why);
            leaves.AddRange(entries.Select(each => MerkleTree.LeafHash(each.Span)));
        }

        Assert.Equal(head.Size, leaves.Count);
        Assert.Equal(head.Root, MerkleTree.Root(leaves));
        Dictionary<TileId, byte[]> tiles = [];
        foreach (TileId tile in TileId.Between(0, head.Size).Where(
            each => each.Level != TileId.Entries))
        {
            tiles[tile] = await BytesAsync($"/{tile.Path}");
        }

        Assert.Equal(
            head.Root, MerkleTree.Root(head.Size, Tiles.NodesOf(head.Size, at => tiles[at])));
    }

    [Theory]
    [InlineData("/tile/0/999", HttpStatusCode.NotFound)]
    [InlineData("/tile/6/000.p/1", HttpStatusCode.NotFound)]
    [InlineData("/tile/entries/x001/000", HttpStatusCode.NotFound)]
    [InlineData("/tile/0/1", HttpStatusCode.BadRequest)]
    [InlineData("/tile/0/000.p/0", HttpStatusCode.BadRequest)]
    [InlineData("/tile/0/000.p/256", HttpStatusCode.BadRequest)]
    [InlineData("/tile/7/000.p/1", HttpStatusCode.BadRequest)]
    [InlineData("/tile/data/000", HttpStatusCode.BadRequest)]
    public async Task What_is_no_tile_of_this_log_is_refused(string path, HttpStatusCode status) =>
        Assert.Equal(status, (await company.Client.GetAsync(path)).Status);

    [Fact]
    public async Task Tiles_are_kept_for_ever_and_the_checkpoint_is_asked_for_each_time()
    {
        await HeadAsync();
        using HttpResponseMessage tile = await SendAsync(HttpMethod.Get, "/tile/0/000.p/1");
        Assert.Contains(
            "immutable", tile.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("application/octet-stream", tile.Content.Headers.ContentType!.MediaType);
        using HttpResponseMessage head = await SendAsync(HttpMethod.Get, "/checkpoint");
        Assert.True(head.Headers.CacheControl!.NoCache);
    }

    [Fact]
    public async Task The_log_is_proven_to_have_only_grown()
    {
        Checkpoint head = await HeadAsync();
        JsonElement proof = await company.Client.ReadAsync(
            $"/v1/proofs/consistency?from=3&to={head.Size}");
        Digest[] hashes = [.. proof.GetProperty("hashes").EnumerateArray()
            .Select(each => Digest.Parse(each.GetString()!))];
        Assert.Equal(head.Root.ToString(), proof.GetProperty("toRoot").GetString());
        Assert.True(MerkleTree.VerifyConsistency(
            3,
            Digest.Parse(proof.GetProperty("fromRoot").GetString()!),
            head.Size,
            head.Root,
            hashes));
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await company.Client.GetAsync("/v1/proofs/consistency?from=9&to=3")).Status);
    }

    [Fact]
    public async Task The_genesis_is_the_network()
    {
        JsonElement json = await company.Client.ReadAsync("/v1/network/genesis");
        Genesis genesis = Genesis.Codec.ReadJson(json);
        Assert.Equal(company.Desk.State.Network, genesis.NetworkId);
        Assert.True(genesis.IsValid(Ed25519.Verify));
    }

    [Fact]
    public async Task A_witness_cosigns_what_it_has_applied_and_tells_what_it_signed_before()
    {
        for (int tried = 0; ; tried++)
        {
            SignedNote note = await NoteAsync();
            Assert.True(Checkpoint.TryParse(note.Text, out Checkpoint? head, out _));
            using HttpResponseMessage answer =
                await AskAsync(new AddCheckpoint(head.Size, [], note).Encode());
            string text = await answer.Content.ReadAsStringAsync(
                TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.Conflict)
            {
                // Another test made a block in between: the answer says where the witness is.
                Assert.Equal("text/x.tlog.size", answer.Content.Headers.ContentType!.MediaType);
                Assert.True(long.Parse(text) > head.Size);
                continue;
            }

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            byte[] cosigned =
                [.. System.Text.Encoding.UTF8.GetBytes(note.Text + "\n" + text)];
            Assert.True(
                SignedNote.TryParse(cosigned, out SignedNote? signed, out string? why), why);
            Assert.True(signed.TryVerify(
                [NoteKey.OfCompany(head.Origin, OneCompany.Company, Key)],
                Ed25519.Verify,
                out _,
                out _));
            return;
        }
    }

    [Fact]
    public async Task A_witness_refuses_other_logs_other_keys_and_what_is_no_request()
    {
        SignedNote note = await NoteAsync();
        Assert.True(Checkpoint.TryParse(note.Text, out Checkpoint? head, out _));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("no request"u8.ToArray()));
        SignedNote abroad = Signed(head with { Origin = "tomada/elsewhere" });
        Assert.Equal(
            HttpStatusCode.NotFound, await StatusAsync(new AddCheckpoint(0, [], abroad).Encode()));
        SignedNote forged = Signed(head);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await StatusAsync(new AddCheckpoint(head.Size, [], forged).Encode()));
        Assert.Equal(
            HttpStatusCode.Conflict,
            await StatusAsync(new AddCheckpoint(0, [], note).Encode()));
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            await StatusAsync(new byte[TreeLimits.WitnessRequestBytesMax + 1]));
        using HttpResponseMessage read = await SendAsync(HttpMethod.Get, WitnessPage.Path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, read.StatusCode);
    }

    private PublicKey Key =>
        company.Desk.State.Members[OneCompany.Company].IdentityKey;

    /// <summary>Signed with a key that is no member's.</summary>
    private static SignedNote Signed(Checkpoint head)
    {
        using Ed25519Key key = new(new byte[32]);
        return new SignedNote(
            head.ToText(),
            [NoteKey.OfLog(head.Origin, key.Public).Sign(head.ToText(), 0, key.Sign)]);
    }

    private async Task<TlogProof> ReceiptAsync(string path)
    {
        byte[] bytes = await BytesAsync(path);
        Assert.True(TlogProof.TryParse(bytes, out TlogProof? proof, out string? why), why);
        return proof;
    }

    private async Task<TlogPolicy> PolicyAsync()
    {
        byte[] bytes = await BytesAsync("/v1/network/policy");
        Assert.True(TlogPolicy.TryParse(bytes, out TlogPolicy? policy, out string? why), why);
        return policy;
    }

    private async Task<Checkpoint> HeadAsync()
    {
        Assert.True(Checkpoint.TryParse((await NoteAsync()).Text, out Checkpoint? head, out _));
        return head;
    }

    private async Task<SignedNote> NoteAsync()
    {
        // The first head may still wait for its turn.
        await BytesAsync("/v1/log/0/receipt?wait=10s");
        byte[] bytes = await BytesAsync("/checkpoint");
        Assert.True(SignedNote.TryParse(bytes, out SignedNote? note, out string? why), why);
        return note;
    }

    private async Task<byte[]> BytesAsync(string path)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private async Task<HttpStatusCode> StatusAsync(byte[] body)
    {
        using HttpResponseMessage answer = await AskAsync(body);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> AskAsync(byte[] body)
    {
        using HttpRequestMessage request = new(
            HttpMethod.Post, new Uri(WitnessPage.Path, UriKind.Relative))
        {
            Content = new ByteArrayContent(body),
        };
        return await company.Client.SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative));
        return await company.Client.SendAsync(request);
    }
}
