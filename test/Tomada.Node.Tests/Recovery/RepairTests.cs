using System.Net;
using Tomada.Consensus;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Recovery;

public sealed class RepairTests
{
    private const long Never = long.MaxValue;

    [Fact]
    public async Task A_damaged_vote_makes_its_key_one_that_never_votes_again()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        await node.GrowAsync(3);
        await node.StopAsync();
        node.Open(Never);
        node.Store.Write(new StoreBatch
        {
            Votes = [new VoteRecord(4, 1, 0, [1]), new VoteRecord(4, 2, 0, [2])],
        });
        node.Store.Write(connection => connection.Execute(
            "UPDATE votes SET bytes = x'00' WHERE height = 4 AND kind = 2"));
        await node.StopAsync();

        ReplicationLoop loop = node.Open(Never);
        PublicKey key = node.Desk.State.Members[LoneNode.Self].VotingKey;
        Assert.NotNull(loop.LostKey.SignerOf(key));
        VoteRecord left = Assert.Single(
            loop.LostKey.ReadVotes(node.Desk.State, LoneNode.Self), vote => vote.Height == 4);
        Assert.Equal(1, left.Kind);
        Assert.True(node.Said("1 vote records from height 4 on do not match their checksum"));
        Assert.Null(loop.LostKey.SignerOf(key));
        Assert.NotEmpty(loop.LostKey.WhyNotVoting(node.Desk));
        await node.StopAsync();

        // Nor after another start, when nothing is damaged any more.
        loop = node.Open(Never);
        Assert.Single(node.Store.ReadVotes(4));
        Assert.Null(loop.LostKey.SignerOf(key));
    }

    [Fact]
    public async Task A_damaged_record_of_the_largest_cosigned_head_is_forgotten_and_made_again()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        await node.GrowAsync(5);
        await node.CosignedAsync(node.Desk.State.Size);
        long size = node.Published.Record!.Size;
        node.Store.Write(connection => connection.Execute(
            "UPDATE cosign_record SET bytes = x'00'"));
        Assert.Throws<StoreCorruptException>(() => node.Published.Record);
        await node.StopAsync();

        node.Open(Never);
        Assert.True(node.Said("The record of the largest cosigned head does not match"));
        Assert.Null(node.Published.Record);
        await node.StopAsync();
        node.Start(Never);
        await node.GrowAsync(6);
        await node.CosignedAsync(node.Desk.State.Size);
        Assert.InRange(node.Published.Record!.Size, size + 1, node.Desk.State.Size);
        Assert.Null(node.Published.Blocked);
    }

    [Theory]
    [InlineData(4, "UPDATE blocks SET bytes = x'00' WHERE height = 4")]
    [InlineData(4, "UPDATE certificates SET bytes = x'00' WHERE height = 4")]
    [InlineData(10, "UPDATE blocks SET bytes = x'00' WHERE height = 10")]
    public async Task A_damaged_block_comes_back_from_a_peer_before_the_node_votes(
        long height, string damage)
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        await node.GrowAsync(10);
        Digest tip = node.Desk.State.Tip;
        ConsensusMessage.Decided block = node.Block(height);
        ConsensusMessage.Decided other = node.Block(height - 1);
        node.Store.Write(connection => connection.Execute(damage));
        await node.StopAsync();

        node.Start(Never);
        Assert.True(node.Said($"Block {height} does not match its checksum"));
        Assert.Equal(height - 1, node.Desk.State.Height);
        Assert.Null(node.Store.ReadBlock(height));
        Assert.Equal(10, node.Store.TipHeight);
        node.Reach(LoneNode.Peer);
        Assert.Equal(height, await node.AskedAsync());

        // Another block under its height, then its bytes with another block's proof.
        node.Receive(new PeerMessage.BlockAnswer([other with { }]));
        node.Receive(new PeerMessage.BlockAnswer([BlockProof.Of(block).With(other.Value)]));
        node.Receive(new PeerMessage.BlockAnswer([block]));
        await node.StandsAtAsync(10, start: height - 1);
        await node.GrowAsync(11);
        Assert.Equal(tip, ((Ledger.Seal)Ledger.Entry.Codec.Decode(
            node.Store.ReadBlock(11)!.Decode().Entries[^1])).Previous);
        Assert.Equal(block.Value.ToArray(), node.Store.ReadBlock(height)!.Bytes);
        Assert.True(node.Said("without a sound proof"));
        Assert.True(node.Said($"Block {height} is back, from {LoneNode.Peer}."));
    }

    [Fact]
    public async Task Who_submits_before_the_chain_is_whole_is_told_to_come_back()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        await node.GrowAsync(5);
        node.Store.Write(
            connection => connection.Execute("UPDATE blocks SET bytes = x'00' WHERE height = 3"));
        await node.StopAsync();

        node.Start(Never);
        TransactionResult result = await node.Desk.SubmitAsync(
            new Ledger.ClosePeriod(1), TestContext.Current.CancellationToken);
        Assert.Equal(TransactionEnd.Busy, result.End);
    }

    [Fact]
    public async Task A_block_found_damaged_while_running_is_set_aside_and_fetched()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        await node.GrowAsync(10);
        ConsensusMessage.Decided block = node.Block(4);
        node.Store.Write(
            connection => connection.Execute("UPDATE blocks SET bytes = x'00' WHERE height = 4"));
        node.Reach(LoneNode.Peer);

        // A peer asks for it: it is not served, and what was found is repaired.
        node.Receive(new PeerMessage.BlockRequest(4));
        Assert.Equal(4, await node.AskedAsync());
        node.Receive(new PeerMessage.BlockAnswer([block, node.Block(5)]));
        while (node.Store.ReadMissing().Count > 0)
        {
            await node.GrowAsync(node.Desk.State.Height + 1);
        }

        Assert.Equal(block.Value.ToArray(), node.Store.ReadBlock(4)!.Bytes);
        Assert.Equal(1, node.Store.Read(connection => connection.Select(
            "SELECT count(*) FROM damaged WHERE height = 4", row => row.GetInt32(0)))[0]);
    }

    [Fact]
    public async Task A_stranger_is_never_served_a_damaged_block_and_is_told_to_come_back()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        await node.GrowAsync(10);
        ConsensusMessage.Decided block = node.Block(4);
        await using PublicApiHost host = await node.ServeAsync();
        using HttpClient http = new() { BaseAddress = new Uri($"http://{host.Endpoint}") };
        string[] paths =
        [
            "/v1/blocks/4", "/v1/blocks/4/certificate", "/tile/entries/000.p/8",
            "/v1/log/6/receipt",
        ];
        await node.CosignedAsync(node.Desk.State.Size);
        foreach (string path in paths)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, path));
        }

        node.Store.Write(
            connection => connection.Execute("UPDATE blocks SET bytes = x'00' WHERE height = 4"));
        foreach (string path in paths)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, path));
        }

        // What was found by serving is repaired like everything else.
        node.Reach(LoneNode.Peer);
        Assert.Equal(4, await node.AskedAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, paths[0]));
        node.Receive(new PeerMessage.BlockAnswer([block]));
        while (node.Store.ReadMissing().Count > 0)
        {
            await node.GrowAsync(node.Desk.State.Height + 1);
        }

        foreach (string path in paths)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, path));
        }
    }

    [Fact]
    public async Task A_check_of_everything_finds_what_no_checksum_does_and_names_the_entry()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        await node.GrowAsync(10);
        await node.CosignedAsync(node.Desk.State.Size);
        Assert.Empty(Check(node));

        // Somebody rewrites an entry of block 4, and the row's checksum with it.
        ConsensusMessage.Decided block = node.Block(4);
        Ledger.Block decoded = Ledger.Block.Codec.Decode(block.Value);
        byte[] forged = (byte[])decoded.Entries[0].Clone();
        forged[^1] ^= 1;
        byte[] bytes = Ledger.Block.Codec.Encode(
            new Ledger.Block(decoded.Entries.SetItem(0, forged)));
        node.Store.Write(connection => connection.Execute(
            "UPDATE blocks SET bytes = ?1, sha256 = ?2 WHERE height = 4",
            bytes,
            RowHash.Of("blocks", "4@6", bytes)));
        Assert.Equal(bytes, node.Store.ReadBlock(4)!.Bytes);
        ChainFault fault = Assert.Single(Check(node));
        Assert.Equal((4, 6), (fault.Height, fault.Entry));

        node.Reach(LoneNode.Peer);
        Assert.Equal(4, await node.AskedAsync());
        node.Receive(new PeerMessage.BlockAnswer([block]));
        while (node.Store.ReadMissing().Count > 0)
        {
            await node.GrowAsync(node.Desk.State.Height + 1);
        }

        Assert.Empty(Check(node));
    }

    private static IReadOnlyList<ChainFault> Check(LoneNode node) =>
        new ChainCheck(node.Desk, node.Store, node.Published).Run(
            _ => { }, TestContext.Current.CancellationToken);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using HttpResponseMessage answer = await http.GetAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    [Fact]
    public void Holes_are_found_up_to_a_tip_that_is_itself_missing()
    {
        using TempDirectory directory = new();
        using (NodeStore store = NodeStore.Open(directory.Path))
        {
            store.Write(new StoreBatch
            {
                Blocks =
                [
                    .. Enumerable.Range(1, 6).Select(
                        height => new Tomada.Node.Storage.AppendedBlock(
                            height, height - 1, [1], [1], [])),
                ],
            });
            store.Write(connection => connection.Execute(
                "UPDATE blocks SET sha256 = x'00' WHERE height IN (2, 3, 6)"));
            foreach (long height in (long[])[2, 3, 6])
            {
                Assert.Throws<StoreCorruptException>(() => store.ReadBlock(height));
            }

            Assert.Equal([2, 3, 6], store.SetDamagedAside());
            Assert.Equal([new(2, 3), new(6, 6)], store.ReadMissing());
        }

        using NodeStore again = NodeStore.Open(directory.Path);
        Assert.Equal(6, again.TipHeight);
        Assert.Equal([new(2, 3), new(6, 6)], again.ReadMissing());
    }
}
