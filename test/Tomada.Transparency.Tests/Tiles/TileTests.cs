using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Transparency.Tests;

public class TileTests
{
    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(0, 999, 1, "tile/0/999.p/1")]
    [InlineData(1, 1000, 255, "tile/1/x001/000.p/255")]
    [InlineData(2, 1234067, 256, "tile/2/x001/x234/067")]
    [InlineData(TileId.Entries, 1234067, 17, "tile/entries/x001/x234/067.p/17")]
    [InlineData(TileId.Entries, 0, 256, "tile/entries/000")]
    public void A_path_is_spelled_as_the_specification_says(
        int level, long index, int width, string path)
    {
        TileId tile = new(level, index, width);
        Assert.Equal(path, tile.Path);
        Assert.True(TileId.TryParse(path, out TileId read, out _));
        Assert.Equal(tile, read);
    }

    [Fact]
    public void Every_path_reads_back() =>
        Gen.Select(Gen.Int[-1, 5], Gen.Long[0, 1L << 40], Gen.Int[1, 256]).Sample(
            (level, index, width) =>
            {
                TileId tile = new(level, index >> (8 * Math.Max(level, 0)), width);
                Assert.True(TileId.TryParse(tile.Path, out TileId read, out string? why), why);
                Assert.Equal(tile, read);
            });

    [Theory]
    [InlineData("")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/0")]
    [InlineData("tile/0/")]
    [InlineData("tile/00/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/7/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/Entries/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/x000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/001/001")]
    [InlineData("tile/0/x001/x001")]
    [InlineData("tile/0/X001/001")]
    [InlineData("tile/0/x0+1/001")]
    [InlineData("tile/0/\u0661\u0661\u0661")]
    [InlineData("tile/0/000/")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/000.p/1/1")]
    [InlineData("tile/0/000.p/1.p/1")]
    [InlineData("tile/0/x009/x999/x999/x999/999")]
    [InlineData("tile/0/x001/x099/x511/x627/777")]
    [InlineData("tile/6/001")]
    public void Another_spelling_is_refused(string path) =>
        Assert.False(TileId.TryParse(path, out _, out _));

    // The two examples of C2SP tlog-tiles, Partial Tiles.
    [Theory]
    [InlineData(70_000, 273, 112, 1, 17, 1)]
    [InlineData(256, 1, 0, 0, 1, 0)]
    public void The_examples_of_the_specification_hold(
        long size, int full0, int partial0, int full1, int partial1, int partial2)
    {
        ILookup<int, TileId> tiles = TileId.Between(0, size).ToLookup(tile => tile.Level);
        Assert.Equal(full0, tiles[0].Count(tile => !tile.IsPartial));
        Assert.Equal(partial0, tiles[0].SingleOrDefault(tile => tile.IsPartial).Width);
        Assert.Equal(full1, tiles[1].Count(tile => !tile.IsPartial));
        Assert.Equal(partial1, tiles[1].SingleOrDefault(tile => tile.IsPartial).Width);
        Assert.Equal(partial2, tiles[2].SingleOrDefault(tile => tile.IsPartial).Width);
        Assert.Equal(
            tiles[0].Select(tile => (tile.Index, tile.Width)),
            tiles[TileId.Entries].Select(tile => (tile.Index, tile.Width)));
    }

    [Fact]
    public void A_grown_log_has_the_tiles_of_the_old_one_that_are_full_and_the_new_ones() =>
        Gen.Select(Gen.Long[0, 200_000], Gen.Long[0, 2_000]).Sample(
            (oldSize, more) =>
            {
                long size = oldSize + more;
                TileId[] before = [.. TileId.Between(0, oldSize)];
                TileId[] after = [.. TileId.Between(0, size)];
                Assert.Equal(after.Except(before), TileId.Between(oldSize, size));
                Assert.All(before, tile => Assert.True(tile.IsWithin(size)));
                Assert.All(after, tile => Assert.True(tile.IsIn(size)));
                Assert.All(
                    before.Except(after), tile => Assert.True(tile.IsPartial && !tile.IsIn(size)));
            },
            iter: 20);

    [Fact]
    public void A_tile_that_no_log_of_this_size_had_is_not_within_it()
    {
        Assert.True(new TileId(0, 0, 5).IsWithin(7));
        Assert.False(new TileId(0, 0, 5).IsIn(7));
        Assert.False(new TileId(0, 0, 8).IsWithin(7));
        Assert.False(new TileId(0, 1, 1).IsWithin(256));
        Assert.False(new TileId(1, 0, 1).IsWithin(255));
        Assert.True(new TileId(1, 0, 1).IsWithin(256));
    }

    [Fact]
    public void Proofs_and_roots_come_from_tiles_alone()
    {
        const int Size = 70_000;
        Digest[] leaves = Signer.Leaves(Size);
        Dictionary<(int, long), Digest> nodes = [];
        List<TreeNode> completed = [];
        Frontier frontier = Frontier.Empty;
        foreach (Digest leaf in leaves)
        {
            frontier = frontier.Append(leaf, completed);
        }

        foreach (TreeNode node in completed)
        {
            nodes.Add((node.Level, node.Index), node.Hash);
        }

        Digest Stored(int level, long index) => nodes[(level, index)];
        var tiles = TileId.Between(0, Size).Where(tile => tile.Level >= 0).ToDictionary(
            tile => tile, tile => Tiles.Encode(tile, Stored));
        ReadNode read = Tiles.NodesOf(Size, tile => tiles[tile]);
        Assert.Equal(frontier.Root, MerkleTree.Root(Size, read));
        Assert.All(completed.Where(node => node.Index % 37 == 0), node =>
            Assert.Equal(node.Hash, read(node.Level, node.Index)));
        Gen.Int[1, Size].Sample(
            other =>
            {
                Assert.Equal(
                    MerkleTree.Inclusion(other - 1, Size, Stored),
                    MerkleTree.Inclusion(other - 1, Size, read));
                Assert.Equal(
                    MerkleTree.Consistency(other, Size, Stored),
                    MerkleTree.Consistency(other, Size, read));
            },
            iter: 200);
    }

    [Fact]
    public void A_tile_of_another_length_is_refused()
    {
        TileId tile = new(0, 0, 2);
        Assert.True(Tiles.TryParse(tile, new byte[64], out var hashes, out _));
        Assert.Equal([Digest.Zero, Digest.Zero], hashes);
        Assert.False(Tiles.TryParse(tile, new byte[63], out _, out string? why));
        Assert.Equal("tile/0/000.p/2: has 63 bytes, not 64", why);
        Assert.False(Tiles.TryParse(tile, new byte[96], out _, out _));
    }
}
