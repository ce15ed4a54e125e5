using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>Reads a tile's bytes: its width times 32, from a disk, a cache or a network.</summary>
public delegate ReadOnlyMemory<byte> ReadTile(TileId tile);

/// <summary>Tiles of hashes (C2SP tlog-tiles, Merkle Tree).</summary>
public static class Tiles
{
    /// <summary>A tile's bytes, from stored nodes.</summary>
    /// <param name="tile">A tile of hashes that is in the log that the nodes are of.</param>
    /// <param name="read">Reads a node.</param>
    public static byte[] Encode(TileId tile, ReadNode read)
    {
        Invariant.Require(tile.Level >= 0, "a bundle of entries holds no hashes");
        byte[] bytes = new byte[tile.Width * Digest.Size];
        for (int i = 0; i < tile.Width; i++)
        {
            read(tile.Level * TileId.Height, tile.FirstNode + i)
                .CopyTo(bytes.AsSpan(i * Digest.Size));
        }

        return bytes;
    }

    /// <summary>Reads a tile's bytes; refuses another length than its width times 32.</summary>
    public static bool TryParse(
        TileId tile,
        ReadOnlySpan<byte> bytes,
        out ImmutableArray<Digest> hashes,
        [NotNullWhen(false)] out string? why)
    {
        hashes = [];
        int length = tile.Width * Digest.Size;
        if (bytes.Length != length)
        {
            why = $"{tile}: has {bytes.Length} bytes, not {length}";
            return false;
        }

        Digest[] read = new Digest[tile.Width];
        for (int i = 0; i < read.Length; i++)
        {
            read[i] = new Digest(bytes.Slice(i * Digest.Size, Digest.Size));
        }

        hashes = [.. read];
        why = null;
        return true;
    }

    /// <summary>
    /// Reads nodes of a log through its tiles, so that proofs and roots come from what is
    /// published. Trusts the tiles: a proof made from wrong ones does not verify.
    /// </summary>
    /// <param name="size">Entries of the log; the tiles are asked for as it has them.</param>
    /// <param name="read">Reads a tile; asked again for each node, so let it keep some.</param>
    public static ReadNode NodesOf(long size, ReadTile read) => (level, index) =>
    {
        TileId tile = TileId.OfNode(level, index, size);
        ReadOnlySpan<byte> bytes = read(tile).Span;
        Invariant.Require(
            bytes.Length == tile.Width * Digest.Size, $"{tile} has 32 bytes for each hash");
        int steps = level % TileId.Height;
        int first = (int)((index << steps) - tile.FirstNode);
        return Subtree(bytes.Slice(first * Digest.Size, (1 << steps) * Digest.Size));
    };

    /// <summary>Root over a power of two of hashes.</summary>
    private static Digest Subtree(ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length == Digest.Size)
        {
            return new Digest(hashes);
        }

        int half = hashes.Length / 2;
        return MerkleTree.NodeHash(Subtree(hashes[..half]), Subtree(hashes[half..]));
    }
}
