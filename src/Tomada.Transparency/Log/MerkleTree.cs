using System.Collections.Immutable;
using System.Numerics;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>
/// Reads the hash of a complete subtree: the leaves from index · 2^level up to (index + 1) ·
/// 2^level. Asked only for subtrees that are complete in the tree that is proven.
/// </summary>
/// <param name="level">0 for leaves.</param>
/// <param name="index">Position within the level, from 0.</param>
public delegate Digest ReadNode(int level, long index);

/// <summary>
/// The append-only Merkle tree of the public log (RFC 9162 section 2.1, the same as RFC 6962
/// section 2.1): SHA-256, leaves hashed with prefix 00, nodes with prefix 01.
/// </summary>
public static class MerkleTree
{
    /// <summary>
    /// Root of the log without entries: SHA-256 of nothing (RFC 9162 section 2.1.1).
    /// </summary>
    public static Digest EmptyRoot { get; } = Digest.Of([]);

    /// <summary>SHA-256 of 00 ‖ entry (RFC 9162 section 2.1.1).</summary>
    public static Digest LeafHash(ReadOnlySpan<byte> entry) => Digest.Of([0x00], entry);

    /// <summary>SHA-256 of 01 ‖ left ‖ right (RFC 9162 section 2.1.1).</summary>
    public static Digest NodeHash(Digest left, Digest right)
    {
        Span<byte> message = stackalloc byte[1 + (2 * Digest.Size)];
        message[0] = 0x01;
        left.CopyTo(message[1..]);
        right.CopyTo(message[(1 + Digest.Size)..]);
        return Digest.Of(message);
    }

    /// <summary>Root over leaf hashes, in log order (RFC 9162 section 2.1.1).</summary>
    public static Digest Root(IEnumerable<Digest> leafHashes)
    {
        FrontierBuilder log = new(Frontier.Empty);
        foreach (Digest leaf in leafHashes)
        {
            log.Append(leaf);
        }

        return log.ToFrontier().Root;
    }

    /// <summary>Root of the first entries, from stored nodes.</summary>
    /// <param name="size">Entries; 0 or more.</param>
    /// <param name="read">Reads a node of any tree at least as large.</param>
    public static Digest Root(long size, ReadNode read) =>
        size == 0 ? EmptyRoot : RangeHash(0, size, read);

    /// <summary>
    /// Reads nodes by hashing a list of leaf hashes; for short lists and for tests.
    /// </summary>
    public static ReadNode NodesOf(IReadOnlyList<Digest> leafHashes)
    {
        Digest Read(int level, long index) => level == 0
            ? leafHashes[checked((int)index)]
            : NodeHash(Read(level - 1, 2 * index), Read(level - 1, (2 * index) + 1));
        return Read;
    }

    /// <summary>The proof that an entry is in a log (RFC 9162 section 2.1.3.1).</summary>
    /// <param name="index">The entry, from 0.</param>
    /// <param name="size">Entries of the log; more than the index.</param>
    /// <param name="read">Reads a node.</param>
    /// <returns>Sibling hashes from the leaf up.</returns>
    public static ImmutableArray<Digest> Inclusion(long index, long size, ReadNode read)
    {
        Invariant.Require(index >= 0 && index < size, $"entry {index} lies within {size} entries");
        List<Digest> siblings = [];
        long begin = 0;
        long end = size;
        while (end - begin > 1)
        {
            long middle = begin + Split(end - begin);
            bool goLeft = index < middle;
            siblings.Add(goLeft ? RangeHash(middle, end, read) : RangeHash(begin, middle, read));
            (begin, end) = goLeft ? (begin, middle) : (middle, end);
        }

        siblings.Reverse();
        return [.. siblings];
    }

    /// <summary>Checks that an entry is in a log (RFC 9162 section 2.1.3.2).</summary>
    public static bool VerifyInclusion(
        Digest leafHash, long index, long size, ReadOnlySpan<Digest> proof, Digest root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        long node = index;
        long last = size - 1;
        Digest hash = leafHash;
        foreach (Digest sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            hash = IsRight(node, last) ? NodeHash(sibling, hash) : NodeHash(hash, sibling);
            (node, last) = Parent(node, last);
        }

        return last == 0 && hash == root;
    }

    /// <summary>The proof that a log only grew (RFC 9162 section 2.1.4.1).</summary>
    /// <param name="oldSize">Entries of the older log; 0 or more.</param>
    /// <param name="size">Entries of the newer log; not fewer.</param>
    /// <param name="read">Reads a node.</param>
    public static ImmutableArray<Digest> Consistency(long oldSize, long size, ReadNode read)
    {
        Invariant.Require(oldSize >= 0 && oldSize <= size, $"{oldSize} is 0 to {size} entries");
        if (oldSize == 0 || oldSize == size)
        {
            return [];
        }

        List<Digest> proof = [];
        long begin = 0;
        long end = size;
        while (oldSize != end)
        {
            long middle = begin + Split(end - begin);
            bool goLeft = oldSize <= middle;
            proof.Add(goLeft ? RangeHash(middle, end, read) : RangeHash(begin, middle, read));
            (begin, end) = goLeft ? (begin, middle) : (middle, end);
        }

        // The verifier already has the old root: where that is one of the nodes, it is left out.
        if (begin != 0)
        {
            proof.Add(RangeHash(begin, end, read));
        }

        proof.Reverse();
        return [.. proof];
    }

    /// <summary>Checks that a log only grew (RFC 9162 section 2.1.4.2).</summary>
    public static bool VerifyConsistency(
        long oldSize, Digest oldRoot, long size, Digest root, ReadOnlySpan<Digest> proof)
    {
        if (oldSize <= 0 || oldSize >= size)
        {
            bool fromNothing = oldSize == 0 && size >= 0 && oldRoot == EmptyRoot;
            return proof.IsEmpty && (fromNothing || (oldSize == size && oldRoot == root));
        }

        int shift = BitOperations.TrailingZeroCount(oldSize);
        bool startsAtOldRoot = BitOperations.IsPow2(oldSize);
        if (!startsAtOldRoot && proof.IsEmpty)
        {
            return false;
        }

        Digest oldHash = startsAtOldRoot ? oldRoot : proof[0];
        Digest hash = oldHash;
        long node = (oldSize - 1) >> shift;
        long last = (size - 1) >> shift;
        foreach (Digest sibling in proof[(startsAtOldRoot ? 0 : 1)..])
        {
            if (last == 0)
            {
                return false;
            }

            bool isRight = IsRight(node, last);
            oldHash = isRight ? NodeHash(sibling, oldHash) : oldHash;
            hash = isRight ? NodeHash(sibling, hash) : NodeHash(hash, sibling);
            (node, last) = Parent(node, last);
        }

        return last == 0 && oldHash == oldRoot && hash == root;
    }

    /// <summary>Whether the node's sibling stands to its left.</summary>
    private static bool IsRight(long node, long last) => (node & 1) == 1 || node == last;

    /// <summary>
    /// Passes to the parent; a last node without a sibling stands for its parents too.
    /// </summary>
    private static (long Node, long Last) Parent(long node, long last)
    {
        int shift = node == last && (node & 1) == 0 && node != 0
            ? BitOperations.TrailingZeroCount(node)
            : 0;
        return (node >> shift >> 1, last >> shift >> 1);
    }

    private static Digest RangeHash(long begin, long end, ReadNode read)
    {
        long count = end - begin;
        if (BitOperations.IsPow2(count))
        {
            int level = BitOperations.TrailingZeroCount(count);
            return read(level, begin >> level);
        }

        long middle = begin + Split(count);
        return NodeHash(RangeHash(begin, middle, read), RangeHash(middle, end, read));
    }

    /// <summary>The largest power of two below the count, which is 2 or more.</summary>
    private static long Split(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
