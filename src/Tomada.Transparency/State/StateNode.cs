using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>A node of a <see cref="StateTree"/>; immutable and shared by versions.</summary>
public abstract class StateNode
{
    private protected StateNode(Digest hash) => Hash = hash;

    /// <summary>What stands for this subtree in the node above.</summary>
    public Digest Hash { get; }
}

/// <summary>A subtree with one row, at whatever depth.</summary>
public sealed class StateLeaf : StateNode
{
    internal StateLeaf(Digest path, Digest valueHash)
        : base(StateTree.LeafHash(path, valueHash))
    {
        Path = path;
        ValueHash = valueHash;
    }

    /// <summary>From <see cref="StateTree.Path"/>.</summary>
    public Digest Path { get; }

    /// <summary>SHA-256 of the value's canonical bytes.</summary>
    public Digest ValueHash { get; }
}

/// <summary>A subtree with two rows or more.</summary>
public sealed class StateBranch : StateNode
{
    internal StateBranch(StateNode? left, StateNode? right)
        : base(StateTree.NodeHash(left?.Hash ?? Digest.Zero, right?.Hash ?? Digest.Zero))
    {
        Left = left;
        Right = right;
    }

    /// <summary>Rows whose path has a 0 at this depth; null when there is none.</summary>
    public StateNode? Left { get; }

    /// <summary>Rows whose path has a 1 at this depth; null when there is none.</summary>
    public StateNode? Right { get; }
}
