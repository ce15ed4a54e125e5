using System.Buffers;
using System.Diagnostics;
using System.Text;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>One change of the state: the value's hash at a path, or none to remove it.</summary>
/// <param name="Path">From <see cref="StateTree.Path"/>.</param>
/// <param name="ValueHash">SHA-256 of the value's canonical bytes; null removes.</param>
public readonly record struct StateChange(Digest Path, Digest? ValueHash);

/// <summary>
/// The sparse Merkle map over the ledger's state (spec/encoding.md, State tree). Path =
/// SHA-256(table ‖ 00 ‖ key); leaf = SHA-256(00 ‖ path ‖ value hash); node = SHA-256(01 ‖ left ‖
/// right); the empty subtree is 32 zero bytes; a subtree with one leaf is that leaf. The root
/// depends on the contents alone, never on the order of changes. Immutable: versions share what did
/// not change.
/// </summary>
public sealed class StateTree
{
    private readonly StateNode? _root;

    private StateTree(StateNode? root) => _root = root;

    /// <summary>The state without values.</summary>
    public static StateTree Empty { get; } = new(null);

    /// <summary>The uppermost node, for who copies the tree; null when empty.</summary>
    public StateNode? Top => _root;

    /// <summary>The root; 32 zero bytes when empty.</summary>
    public Digest Root => _root?.Hash ?? Digest.Zero;

    /// <summary>Where a table's key stands: SHA-256(table ‖ 00 ‖ key).</summary>
    /// <param name="table">The table's name in ASCII, without a zero.</param>
    /// <param name="key">The key's canonical bytes.</param>
    public static Digest Path(string table, ReadOnlySpan<byte> key)
    {
        int length = table.Length + 1 + key.Length;
        byte[]? rented = length > 256 ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> message = (rented ?? stackalloc byte[256])[..length];
        Invariant.Require(Ascii.IsValid(table) && !table.Contains('\0'), "a table's name is ASCII");
        Encoding.ASCII.GetBytes(table, message);
        message[table.Length] = 0;
        key.CopyTo(message[(table.Length + 1)..]);
        Digest path = Digest.Of(message);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return path;
    }

    /// <summary>The state with this value hash at the path.</summary>
    public StateTree Set(Digest path, Digest valueHash) =>
        Apply([new StateChange(path, valueHash)]);

    /// <summary>The state without a value at the path; unchanged when there was none.</summary>
    public StateTree Remove(Digest path) => Apply([new StateChange(path, null)]);

    /// <summary>
    /// The state after all changes; of several for one path the last counts. Every node on a
    /// changed path is hashed once, so a block's changes together cost less than one by one.
    /// </summary>
    public StateTree Apply(IEnumerable<StateChange> changes) => Apply(changes, out _);

    /// <summary>The same, and what it cost.</summary>
    /// <param name="changes">Of several for one path the last counts.</param>
    /// <param name="hashed">
    /// Leaves and nodes that were hashed: those on the changed paths and no others, so the cost of
    /// a block grows with what it changes and with the depth of the tree, not with its size.
    /// </param>
    public StateTree Apply(IEnumerable<StateChange> changes, out int hashed)
    {
        hashed = 0;
        // OrderBy is stable: of equal paths the last given stays last.
        StateChange[] sorted = [.. changes.OrderBy(change => change.Path)];
        int kept = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i + 1 == sorted.Length || sorted[i + 1].Path != sorted[i].Path)
            {
                sorted[kept++] = sorted[i];
            }
        }

        StateNode? root = Apply(_root, 0, sorted.AsSpan(0, kept), ref hashed);
        return ReferenceEquals(root, _root) ? this : new StateTree(root);
    }

    /// <summary>The value's hash at the path; null when there is none.</summary>
    public Digest? Find(Digest path)
    {
        StateNode? node = _root;
        for (int depth = 0; node is StateBranch branch; depth++)
        {
            node = path.Bit(depth) ? branch.Right : branch.Left;
        }

        return node is StateLeaf leaf && leaf.Path == path ? leaf.ValueHash : null;
    }

    /// <summary>The proof that the path holds its value, or holds none.</summary>
    public StateProof Prove(Digest path)
    {
        List<Digest> siblings = [];
        StateNode? node = _root;
        for (int depth = 0; node is StateBranch branch; depth++)
        {
            bool right = path.Bit(depth);
            siblings.Add((right ? branch.Left : branch.Right)?.Hash ?? Digest.Zero);
            node = right ? branch.Right : branch.Left;
        }

        return new StateProof(
            [.. siblings], node is StateLeaf leaf ? new(leaf.Path, leaf.ValueHash) : null);
    }

    /// <summary>SHA-256(00 ‖ path ‖ value hash).</summary>
    internal static Digest LeafHash(Digest path, Digest valueHash) => Hash(0x00, path, valueHash);

    /// <summary>SHA-256(01 ‖ left ‖ right).</summary>
    internal static Digest NodeHash(Digest left, Digest right) => Hash(0x01, left, right);

    private static Digest Hash(byte prefix, Digest first, Digest second)
    {
        Span<byte> message = stackalloc byte[1 + (2 * Digest.Size)];
        message[0] = prefix;
        first.CopyTo(message[1..]);
        second.CopyTo(message[(1 + Digest.Size)..]);
        return Digest.Of(message);
    }

    private static StateNode? Apply(
        StateNode? node, int depth, ReadOnlySpan<StateChange> changes, ref int hashed)
    {
        if (changes.IsEmpty)
        {
            return node;
        }

        switch (node)
        {
            case null:
                return Build(depth, LeavesAfter(null, changes, ref hashed), ref hashed);
            case StateLeaf leaf:
                return Build(depth, LeavesAfter(leaf, changes, ref hashed), ref hashed);
            case StateBranch branch:
                int middle = Middle(changes, depth);
                StateNode? left =
                    Apply(branch.Left, depth + 1, changes[..middle], ref hashed);
                StateNode? right =
                    Apply(branch.Right, depth + 1, changes[middle..], ref hashed);
                return ReferenceEquals(left, branch.Left) && ReferenceEquals(right, branch.Right)
                    ? branch
                    : Join(left, right, ref hashed);
            default:
                throw new UnreachableException(node.GetType().Name);
        }
    }

    /// <summary>
    /// The leaves, in path order, of a subtree that had at most one before the changes.
    /// </summary>
    private static Span<StateLeaf> LeavesAfter(
        StateLeaf? before, ReadOnlySpan<StateChange> changes, ref int hashed)
    {
        StateLeaf[] leaves = new StateLeaf[changes.Length + 1];
        int count = 0;
        foreach (StateChange change in changes)
        {
            if (before is not null && before.Path <= change.Path)
            {
                if (before.Path < change.Path || before.ValueHash == change.ValueHash)
                {
                    leaves[count++] = before;
                }

                bool isSame = before.Path == change.Path && before.ValueHash == change.ValueHash;
                before = null;
                if (isSame)
                {
                    continue;
                }
            }

            if (change.ValueHash is { } valueHash)
            {
                leaves[count++] = new StateLeaf(change.Path, valueHash);
                hashed++;
            }
        }

        if (before is not null)
        {
            leaves[count++] = before;
        }

        return leaves.AsSpan(0, count);
    }

    private static StateNode? Build(int depth, Span<StateLeaf> leaves, ref int hashed)
    {
        if (leaves.Length <= 1)
        {
            return leaves.IsEmpty ? null : leaves[0];
        }

        int middle = 0;
        while (middle < leaves.Length && !leaves[middle].Path.Bit(depth))
        {
            middle++;
        }

        StateNode? left = Build(depth + 1, leaves[..middle], ref hashed);
        return Join(left, Build(depth + 1, leaves[middle..], ref hashed), ref hashed);
    }

    /// <summary>
    /// A subtree with one leaf is that leaf: so a removal moves a lonely leaf up.
    /// </summary>
    private static StateNode? Join(StateNode? left, StateNode? right, ref int hashed)
    {
        switch (left, right)
        {
            case (null, null):
                return null;
            case (null, StateLeaf):
                return right;
            case (StateLeaf, null):
                return left;
            default:
                hashed++;
                return new StateBranch(left, right);
        }
    }

    /// <summary>
    /// The first change whose path has a one at the depth; all before share the prefix.
    /// </summary>
    private static int Middle(ReadOnlySpan<StateChange> changes, int depth)
    {
        int low = 0;
        int high = changes.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = changes[middle].Path.Bit(depth) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
