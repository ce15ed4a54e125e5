using System.Collections.Immutable;
using System.Numerics;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Transparency;

/// <summary>A complete subtree of the log, as storage keeps it.</summary>
/// <param name="Level">0 for leaves.</param>
/// <param name="Index">Position within the level, from 0.</param>
/// <param name="Hash">Its hash (RFC 9162 section 2.1.1).</param>
public readonly record struct TreeNode(int Level, long Index, Digest Hash);

/// <summary>
/// The right edge of the log: the roots of its complete subtrees, largest first, one for each bit
/// of its size. All that is needed to append and to tell the root (RFC 9162 section 2.1.2).
/// Immutable.
/// </summary>
public sealed class Frontier
{
    private readonly ImmutableArray<Digest> _peaks;

    internal Frontier(long size, ImmutableArray<Digest> peaks)
    {
        Size = size;
        _peaks = peaks;
    }

    /// <summary>The log without entries.</summary>
    public static Frontier Empty { get; } = new(0, []);

    /// <summary>Canonical form: the size, and the subtree roots, largest subtree first.</summary>
    public static Codec<Frontier> Codec { get; } = RecordCodec<Stored>.Versioned(1)
        .Field(1, "size", stored => stored.Size, Codecs.Long(0, TreeLimits.LogSizeMax))
        .Field(2, "peaks", stored => stored.Peaks, Codecs.List(Digest.Codec, 0, 49))
        .Convert(
            stored => BitOperations.PopCount((ulong)stored.Size) == stored.Peaks.Length
                ? new Frontier(stored.Size, stored.Peaks)
                : throw new FormatException("A log's edge has one hash for each bit of its size."),
            frontier => new Stored(frontier.Size, frontier._peaks),
            "the size of a log and one hash for each bit of it");

    /// <summary>Number of entries; 0 to <see cref="TreeLimits.LogSizeMax"/>.</summary>
    public long Size { get; }

    /// <summary>Root of all entries (RFC 9162 section 2.1.1).</summary>
    public Digest Root
    {
        get
        {
            if (_peaks.IsEmpty)
            {
                return MerkleTree.EmptyRoot;
            }

            Digest root = _peaks[^1];
            for (int i = _peaks.Length - 2; i >= 0; i--)
            {
                root = MerkleTree.NodeHash(_peaks[i], root);
            }

            return root;
        }
    }

    /// <summary>The log with one entry more.</summary>
    /// <param name="leafHash">The entry's <see cref="MerkleTree.LeafHash"/>.</param>
    public Frontier Append(Digest leafHash) => Append(leafHash, null);

    /// <summary>The log with one entry more, and the nodes that it completed.</summary>
    /// <param name="leafHash">The entry's <see cref="MerkleTree.LeafHash"/>.</param>
    /// <param name="completed">Receives the leaf and every subtree that is now complete.</param>
    public Frontier Append(Digest leafHash, ICollection<TreeNode>? completed)
    {
        Invariant.Require(Size < TreeLimits.LogSizeMax, "a log has at most 2^48 entries");
        Digest hash = leafHash;
        completed?.Add(new TreeNode(0, Size, hash));
        int merged = BitOperations.TrailingZeroCount(~Size);
        for (int level = 1; level <= merged; level++)
        {
            hash = MerkleTree.NodeHash(_peaks[^level], hash);
            completed?.Add(new TreeNode(level, Size >> level, hash));
        }

        return new Frontier(Size + 1, [.. _peaks.AsSpan(0, _peaks.Length - merged), hash]);
    }

    /// <summary>The roots of complete subtrees, largest first.</summary>
    internal ReadOnlySpan<Digest> Peaks => _peaks.AsSpan();

    private sealed record Stored(long Size, ImmutableArray<Digest> Peaks);
}
