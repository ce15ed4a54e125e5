using System.Collections.Immutable;
using System.Numerics;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>
/// Grows a log in place, for many entries at once: a rebuild, a mirror, a block. Gives the same
/// edge as <see cref="Frontier.Append(Digest)"/>, without a copy for each entry.
/// </summary>
public sealed class FrontierBuilder
{
    // The complete subtree of 2^i entries, where bit i of the size is set.
    private readonly Digest[] _peaks = new Digest[49];

    /// <summary>Starts at an edge.</summary>
    /// <param name="start">Stays as it is; <see cref="Frontier.Empty"/> for a new log.</param>
    public FrontierBuilder(Frontier start)
    {
        Size = start.Size;
        long rest = start.Size;
        foreach (Digest peak in start.Peaks)
        {
            int level = BitOperations.Log2((ulong)rest);
            _peaks[level] = peak;
            rest -= 1L << level;
        }
    }

    /// <summary>Number of entries; 0 to <see cref="TreeLimits.LogSizeMax"/>.</summary>
    public long Size { get; private set; }

    /// <summary>Appends one entry.</summary>
    /// <param name="leafHash">The entry's <see cref="MerkleTree.LeafHash"/>.</param>
    /// <param name="completed">Receives the leaf and every subtree that is now complete.</param>
    public void Append(Digest leafHash, ICollection<TreeNode>? completed = null)
    {
        Invariant.Require(Size < TreeLimits.LogSizeMax, "a log has at most 2^48 entries");
        Digest hash = leafHash;
        completed?.Add(new TreeNode(0, Size, hash));
        int merged = BitOperations.TrailingZeroCount(~Size);
        for (int level = 1; level <= merged; level++)
        {
            hash = MerkleTree.NodeHash(_peaks[level - 1], hash);
            completed?.Add(new TreeNode(level, Size >> level, hash));
        }

        _peaks[merged] = hash;
        Size++;
    }

    /// <summary>The edge as it is now.</summary>
    public Frontier ToFrontier()
    {
        ImmutableArray<Digest>.Builder peaks =
            ImmutableArray.CreateBuilder<Digest>(BitOperations.PopCount((ulong)Size));
        for (int level = _peaks.Length - 1; level >= 0; level--)
        {
            if (((Size >> level) & 1) == 1)
            {
                peaks.Add(_peaks[level]);
            }
        }

        return new Frontier(Size, peaks.MoveToImmutable());
    }
}
