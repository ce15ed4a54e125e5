using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>
/// Up to 256 neighbouring hashes of one level and every complete subtree above them, each hashed
/// once. One thread appends. Others may read at the same time what was complete when they learnt
/// of it: nothing that is written is written again.
/// </summary>
internal sealed class HashTile
{
    /// <summary>Hashes of a full tile (C2SP tlog-tiles, Merkle Tree).</summary>
    public const int Width = 256;

    /// <summary>Levels of the tree that one tile spans.</summary>
    public const int Height = 8;

    private readonly Digest[] _nodes = new Digest[(2 * Width) - 1];

    /// <summary>Hashes at the tile's own level so far.</summary>
    public int Count { get; private set; }

    /// <summary>Root of a full tile.</summary>
    public Digest Root => Node(Height, 0);

    /// <summary>A tile from its hashes, as <see cref="ToBytes"/> writes them.</summary>
    public static HashTile Of(ReadOnlySpan<byte> hashes)
    {
        HashTile tile = new();
        for (int at = 0; at < hashes.Length; at += Digest.Size)
        {
            tile.Append(new Digest(hashes.Slice(at, Digest.Size)));
        }

        return tile;
    }

    /// <summary>Adds a hash, and every subtree that it completes.</summary>
    public void Append(Digest hash)
    {
        int index = Count;
        _nodes[index] = hash;
        for (int level = 1; (index & 1) == 1; level++)
        {
            hash = MerkleTree.NodeHash(_nodes[Place(level - 1, index - 1)], hash);
            index >>= 1;
            _nodes[Place(level, index)] = hash;
        }

        Count++;
    }

    /// <summary>The root of a complete subtree.</summary>
    /// <param name="level">Above the tile's own level; 0 to 8.</param>
    /// <param name="index">Within the tile at that level.</param>
    public Digest Node(int level, int index) => _nodes[Place(level, index)];

    /// <summary>The first hashes, 32 bytes each.</summary>
    public byte[] ToBytes(int count)
    {
        byte[] bytes = new byte[count * Digest.Size];
        for (int i = 0; i < count; i++)
        {
            _nodes[i].CopyTo(bytes.AsSpan(i * Digest.Size));
        }

        return bytes;
    }

    private static int Place(int level, int index) =>
        (2 * Width) - ((2 * Width) >> level) + index;
}
