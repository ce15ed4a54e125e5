using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node.States;

/// <summary>
/// Writes a tree into a file that holds an older one: what is the same stays where it is, so the
/// cost is that of the changed paths.
/// </summary>
/// <param name="file">Where to.</param>
/// <param name="addLeaf">Appends a leaf that the older tree does not have; its address.</param>
internal sealed class StateCopy(StateFile file, Func<StateLeaf, long> addLeaf)
{
    /// <summary>The tree's place in the file.</summary>
    /// <param name="tree">The newer tree.</param>
    /// <param name="older">The older one's uppermost node in the file.</param>
    public StateRef Write(StateTree tree, StateRef older) => Write(tree.Top, older, 0);

    private StateRef Write(StateNode? node, StateRef older, int depth)
    {
        if (node is null)
        {
            return StateRef.None;
        }

        if (node.Hash == older.Hash)
        {
            return older;
        }

        if (node is StateLeaf leaf)
        {
            // A lonely leaf moves up when its neighbours go, and down when some come.
            StateRef found = Find(leaf, older, depth);
            return found.Hash == leaf.Hash ? found : new StateRef(leaf.Hash, addLeaf(leaf));
        }

        StateBranch branch = (StateBranch)node;
        (StateRef left, StateRef right) = Split(older, depth);
        left = Write(branch.Left, left, depth + 1);
        right = Write(branch.Right, right, depth + 1);
        return new StateRef(node.Hash, file.AppendBranch(left, right));
    }

    private (StateRef Left, StateRef Right) Split(StateRef older, int depth)
    {
        if (older.Hash == Digest.Zero)
        {
            return (StateRef.None, StateRef.None);
        }

        if (file.Branch(older) is { } branch)
        {
            return branch;
        }

        return file.LeafPath(older).Bit(depth)
            ? (StateRef.None, older)
            : (older, StateRef.None);
    }

    private StateRef Find(StateLeaf leaf, StateRef older, int depth)
    {
        StateRef at = older;
        for (int d = depth; at.Hash != Digest.Zero && file.Branch(at) is { } branch; d++)
        {
            at = leaf.Path.Bit(d) ? branch.Right : branch.Left;
        }

        return at;
    }
}
