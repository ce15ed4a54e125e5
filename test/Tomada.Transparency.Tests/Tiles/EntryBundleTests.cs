using CsCheck;
using Xunit;

namespace Tomada.Transparency.Tests;

public class EntryBundleTests
{
    [Fact]
    public void Entries_stand_after_their_lengths() =>
        Assert.Equal(
            [0, 2, 7, 8, 0, 0, 0, 1, 9], EntryBundle.Encode([[7, 8], [], [9]]));

    [Fact]
    public void Every_bundle_reads_back() =>
        Gen.Byte.Array[0, 40].Array[1, 256].Sample(
            entries =>
            {
                TileId tile = new(TileId.Entries, 0, entries.Length);
                Assert.True(EntryBundle.TryParse(
                    tile, EntryBundle.Encode(entries), out var read, out string? why), why);
                Assert.Equal(entries, read.Select(each => each.ToArray()));
            },
            iter: 200);

    [Fact]
    public void The_longest_entry_fits()
    {
        byte[] entry = new byte[TreeLimits.EntryBytesMax];
        TileId tile = new(TileId.Entries, 0, 1);
        Assert.True(EntryBundle.TryParse(tile, EntryBundle.Encode([entry]), out var read, out _));
        Assert.Equal(entry.Length, read[0].Length);
    }

    [Theory]
    [InlineData("", "ends within entry 1 of 2")]
    [InlineData("00", "ends within entry 1 of 2")]
    [InlineData("0001", "ends within entry 1 of 2")]
    [InlineData("000107", "ends within entry 2 of 2")]
    [InlineData("0001070002FF", "ends within entry 2 of 2")]
    [InlineData("FFFF07", "ends within entry 1 of 2")]
    [InlineData("00000000AA", "1 bytes follow entry 2")]
    public void A_cut_or_extended_bundle_is_refused(string hex, string reason)
    {
        TileId tile = new(TileId.Entries, 0, 2);
        Assert.False(EntryBundle.TryParse(
            tile, Convert.FromHexString(hex), out _, out string? why));
        Assert.Contains(reason, why);
    }
}
