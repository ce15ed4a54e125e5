using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>
/// The log's tree as far as one block end. Immutable: any thread reads it while the log grows.
/// </summary>
/// <param name="Size">Entries.</param>
/// <param name="Height">Of the newest block.</param>
/// <param name="Tip">Digest of the newest block; the network id before the first.</param>
/// <param name="Edge">Of each level of tiles the one that is not full, perhaps empty.</param>
/// <param name="Full">Reads a full tile.</param>
internal sealed record LogView(
    long Size,
    long Height,
    Digest Tip,
    ImmutableArray<HashTile> Edge,
    Func<int, long, HashTile> Full)
{
    /// <summary>Root of all entries.</summary>
    public Digest Root => RootAt(Size);

    /// <summary>Hashes of a level of tiles: complete subtrees of 256 of the level below.</summary>
    /// <param name="level">0 for leaves.</param>
    public long CountAt(int level) => level * HashTile.Height < 63
        ? Size >> (level * HashTile.Height)
        : 0;

    /// <summary>Root of the first entries.</summary>
    /// <param name="size">At most <see cref="Size"/>.</param>
    public Digest RootAt(long size) => MerkleTree.Root(size, Read);

    /// <summary>The hash of a complete subtree; as <see cref="ReadNode"/> wants it.</summary>
    public Digest Read(int level, long index)
    {
        int tileLevel = level / HashTile.Height;
        int within = level % HashTile.Height;
        int perTile = HashTile.Width >> within;
        return Tile(tileLevel, index / perTile).Node(within, (int)(index % perTile));
    }

    /// <summary>A tile; the one at the edge may have more hashes than this view.</summary>
    /// <param name="level">0 for leaves.</param>
    /// <param name="number">From 0; it begins within the log.</param>
    public HashTile Tile(int level, long number)
    {
        Invariant.Require(
            number * HashTile.Width < CountAt(level), $"tile {level}/{number} begins in the log");
        return number == CountAt(level) / HashTile.Width ? Edge[level] : Full(level, number);
    }
}
