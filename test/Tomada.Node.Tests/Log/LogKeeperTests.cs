using Tomada.Node.Storage;
using Tomada.Node.Tests.Recovery;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node.Tests.Log;

public sealed class LogKeeperTests
{
    private const long Never = long.MaxValue;

    [Fact]
    public void A_tile_knows_every_complete_subtree_while_it_grows()
    {
        Digest[] leaves =
            [.. Enumerable.Range(0, HashTile.Width).Select(each => Digest.Of([(byte)each]))];
        ReadNode nodes = MerkleTree.NodesOf(leaves);
        HashTile tile = new();
        for (int count = 1; count <= leaves.Length; count++)
        {
            tile.Append(leaves[count - 1]);
            for (int level = 0; level <= HashTile.Height; level++)
            {
                int last = (count >> level) - 1;
                if (last >= 0)
                {
                    Assert.Equal(nodes(level, last), tile.Node(level, last));
                }
            }
        }

        Assert.Equal(nodes(8, 0), tile.Root);
        Assert.Equal(
            tile.Root, HashTile.Of(tile.ToBytes(HashTile.Width)).Root);
    }

    [Theory]
    [InlineData("")]
    [InlineData("UPDATE tiles SET hashes = x'00'")]
    [InlineData("UPDATE edge SET hashes = x'00'")]
    [InlineData("DELETE FROM tiles")]
    [InlineData("DELETE FROM edge")]
    public async Task The_tree_is_the_same_after_a_start_whatever_happened_to_its_file(
        string damage)
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        // More than a tile of entries, two in a block.
        await node.GrowAsync(150);
        await node.CosignedAsync(node.Desk.State.Size);
        LogView before = node.Published.View;
        Assert.Equal(300, before.Size);
        Assert.Equal(Leaves(node).Count, before.Size);
        Assert.Equal(MerkleTree.Root(Leaves(node)), before.Root);
        Assert.Equal(before.Root, node.Published.Newest!.Head.Root);
        await node.StopAsync();
        Damage(directory.Path, damage);

        node.Start(Never);
        await node.GrowAsync(151);
        await node.CosignedAsync(node.Desk.State.Size);
        LogView after = node.Published.View;
        Assert.Equal(MerkleTree.Root(Leaves(node)), after.Root);
        Assert.Equal(before.Root, after.RootAt(before.Size));
        for (long index = 0; index < after.Size; index++)
        {
            Assert.True(MerkleTree.VerifyInclusion(
                Leaves(node)[(int)index],
                index,
                after.Size,
                MerkleTree.Inclusion(index, after.Size, after.Read).AsSpan(),
                after.Root));
        }
    }

    [Fact]
    public async Task The_largest_head_is_on_disk_and_no_other_is_signed_beside_it()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        await node.GrowAsync(3);
        await node.CosignedAsync(node.Desk.State.Size);
        Checkpoint signed = node.Published.Newest!.Head;
        await node.StopAsync();

        node.Open(Never);
        Checkpoint record = node.Published.Record!;
        Assert.True(record.Size >= signed.Size);
        Assert.Equal(signed, node.Published.Newest!.Head);
        HeadStore store = node.Published.Store;
        Assert.True(store.TryRecord(record, null));
        Assert.False(store.TryRecord(record with { Root = Digest.Zero }, null));
        Assert.False(store.TryRecord(record with { Size = record.Size - 1 }, null));
        Assert.Equal(record, node.Published.Record);
        Assert.True(store.TryRecord(record with { Size = record.Size + 1 }, null));
        Assert.Equal(record.Size + 1, node.Published.Record!.Size);
    }

    [Fact]
    public async Task A_node_whose_record_is_not_of_its_log_says_so_and_cosigns_nothing()
    {
        using TempDirectory directory = new();
        await using LoneNode node = new(directory.Path);
        node.Start(Never);
        await node.GrowAsync(3);
        await node.CosignedAsync(node.Desk.State.Size);
        await node.StopAsync();
        node.Open(Never);
        Checkpoint record = node.Published.Record!;
        node.Store.Write(connection => connection.Execute("DELETE FROM cosign_record"));
        Assert.True(node.Published.Store.TryRecord(record with { Root = Digest.Zero }, null));
        await node.StopAsync();

        node.Start(Never);
        await node.GrowAsync(6);
        while (!node.Said("cosigns no head any more"))
        {
            await node.GrowAsync(node.Desk.State.Height + 1);
        }

        Assert.NotNull(node.Published.Blocked);
        Assert.Equal(record.Size, node.Published.Newest!.Head.Size);
    }

    private static List<Digest> Leaves(LoneNode node) =>
    [
        .. Enumerable.Range(1, (int)node.Desk.State.Height).SelectMany(
            height => node.Store.ReadBlock(height)!.Decode().Entries)
            .Select(entry => MerkleTree.LeafHash(entry)),
    ];

    private static void Damage(string directory, string sql)
    {
        if (sql.Length > 0)
        {
            using LogStore store = LogStore.Open(directory);
            using var connection = NodeStore.Connect(
                Path.Combine(directory, LogStore.FileName),
                Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite);
            connection.Execute(sql);
        }
    }
}
