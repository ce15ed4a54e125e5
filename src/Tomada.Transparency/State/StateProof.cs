using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Transparency;

/// <summary>A leaf of the state tree (spec/encoding.md, State tree).</summary>
/// <param name="Path">From <see cref="StateTree.Path"/>.</param>
/// <param name="ValueHash">SHA-256 of the value's canonical bytes.</param>
public sealed record StateEntry(Digest Path, Digest ValueHash)
{
    public static Codec<StateEntry> Codec { get; } = RecordCodec<StateEntry>.Part()
        .Field(1, "path", entry => entry.Path, Digest.Codec)
        .Field(2, "valueHash", entry => entry.ValueHash, Digest.Codec);
}

/// <summary>
/// Proves what a state root holds at one path, or that it holds nothing there (spec/encoding.md,
/// State tree): the way down from the root, and the leaf or the emptiness where it ends.
/// </summary>
/// <param name="Siblings">Hashes beside the way, from the root down; at most 256.</param>
/// <param name="End">The leaf where the way ends; null when the subtree there is empty.</param>
public sealed record StateProof(ImmutableArray<Digest> Siblings, StateEntry? End)
{
    public static Codec<StateProof> Codec { get; } = RecordCodec<StateProof>.Versioned(1)
        .Field(
            1,
            "siblings",
            proof => proof.Siblings,
            Codecs.List(Digest.Codec, 0, TreeLimits.StateDepthMax))
        .Optional(2, "end", proof => proof.End, StateEntry.Codec);

    /// <summary>Whether the root holds this value hash at the path.</summary>
    /// <param name="root">The state root, from a seal or a checkpoint that is trusted.</param>
    /// <param name="path">From <see cref="StateTree.Path"/>.</param>
    /// <param name="valueHash">What is claimed to be there; null claims that nothing is.</param>
    public bool Verify(Digest root, Digest path, Digest? valueHash)
    {
        if (Siblings.Length > TreeLimits.StateDepthMax || !SaysSo(path, valueHash))
        {
            return false;
        }

        Digest hash = End is null ? Digest.Zero : StateTree.LeafHash(End.Path, End.ValueHash);
        for (int depth = Siblings.Length - 1; depth >= 0; depth--)
        {
            hash = path.Bit(depth)
                ? StateTree.NodeHash(Siblings[depth], hash)
                : StateTree.NodeHash(hash, Siblings[depth]);
        }

        return hash == root;
    }

    private bool SaysSo(Digest path, Digest? valueHash)
    {
        if (End is null)
        {
            return valueHash is null;
        }

        if (End.Path == path)
        {
            return valueHash == End.ValueHash;
        }

        // Another leaf proves absence only where the path itself would have to stand.
        for (int depth = 0; depth < Siblings.Length; depth++)
        {
            if (End.Path.Bit(depth) != path.Bit(depth))
            {
                return false;
            }
        }

        return valueHash is null;
    }
}
