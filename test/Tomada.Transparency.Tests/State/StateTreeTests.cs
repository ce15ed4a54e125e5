using System.Collections.Immutable;
using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Transparency.Tests;

public class StateTreeTests
{
    // Paths of few distinct bits collide on long prefixes, so that branches chain and collapse.
    private static readonly Gen<Digest> s_path = Gen.OneOf(
        Gen.Int[0, 60].Select(key => StateTree.Path("t", [(byte)key])),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3]).Select((first, last) =>
        {
            byte[] bytes = new byte[Digest.Size];
            bytes[0] = (byte)(first << 6);
            bytes[^1] = (byte)last;
            return new Digest(bytes);
        }));

    private static readonly Gen<StateChange> s_change = Gen.Select(s_path, Gen.Int[0, 3]).Select(
        (path, value) => new StateChange(path, value == 0 ? null : Digest.Of([(byte)value])));

    private static readonly Gen<StateChange[][]> s_blocks = s_change.Array[0, 25].Array[0, 8];

    [Fact]
    public void The_root_is_that_of_the_definition_after_any_changes() => s_blocks.Sample(blocks =>
    {
        StateTree tree = StateTree.Empty;
        ImmutableSortedDictionary<Digest, Digest> contents =
            ImmutableSortedDictionary<Digest, Digest>.Empty;
        foreach (StateChange[] block in blocks)
        {
            tree = tree.Apply(block);
            contents = After(contents, block);
            Assert.Equal(NaiveRoot([.. contents], 0), tree.Root);
        }
    });

    [Fact]
    public void One_by_one_and_together_give_the_same_root() => s_blocks.Sample(blocks =>
    {
        StateTree together = StateTree.Empty;
        StateTree single = StateTree.Empty;
        foreach (StateChange[] block in blocks)
        {
            together = together.Apply(block);
            single = block.Aggregate(single, (tree, change) => change.ValueHash is { } hash
                ? tree.Set(change.Path, hash)
                : tree.Remove(change.Path));
            Assert.Equal(single.Root, together.Root);
        }
    });

    [Fact]
    public void Removing_everything_leaves_the_empty_root() =>
        Gen.Select(s_change.Array[0, 40], Gen.Bool).Sample((changes, atOnce) =>
        {
            StateTree tree = StateTree.Empty.Apply(changes);
            StateChange[] removals =
                [.. changes.Select(change => change with { ValueHash = null })];
            tree = atOnce
                ? tree.Apply(removals)
                : removals.Aggregate(tree, (left, change) => left.Remove(change.Path));
            Assert.Equal(Digest.Zero, tree.Root);
        });

    [Fact]
    public void Changes_that_change_nothing_give_the_same_tree() => s_blocks.Sample(blocks =>
    {
        StateTree tree = blocks.Aggregate(StateTree.Empty, (before, block) => before.Apply(block));
        StateChange[] same = [.. blocks.SelectMany(block => block)
            .Select(change => new StateChange(change.Path, tree.Find(change.Path)))];
        Assert.Same(tree, tree.Apply(same));
    });

    [Fact]
    public void Every_path_is_proven_present_or_absent_and_nothing_else() =>
        Gen.Select(s_change.Array[0, 40], s_path, s_path).Sample((changes, path, other) =>
        {
            StateTree tree = StateTree.Empty.Apply(changes);
            Digest wrong = Digest.Of([99]);
            Digest? value = tree.Find(path);
            StateProof proof = StateProof.Codec.Decode(StateProof.Codec.Encode(tree.Prove(path)));
            Assert.True(proof.Verify(tree.Root, path, value));
            Assert.False(proof.Verify(tree.Root, path, wrong));
            Assert.False(proof.Verify(wrong, path, value));
            Assert.Equal(value is null, proof.Verify(tree.Root, path, null));
            Assert.False(proof.Verify(tree.Root, other, wrong));
            Assert.False(tree.Find(other) is not null && proof.Verify(tree.Root, other, null));
        });

    [Fact]
    public void A_leaf_from_elsewhere_proves_no_absence()
    {
        StateTree tree = StateTree.Empty.Apply(
            Enumerable.Range(0, 50).Select(
                i => new StateChange(StateTree.Path("t", [(byte)i]), Digest.Zero)));
        Digest present = StateTree.Path("t", [7]);
        for (int i = 0; i < 50; i++)
        {
            Assert.False(
                tree.Prove(StateTree.Path("t", [(byte)i])).Verify(tree.Root, present, null));
        }
    }

    [Fact]
    public void The_tree_follows_its_definition_by_hand()
    {
        Digest a = StateTree.Path("evse", "a"u8);
        Assert.Equal(Digest.Of("evse\0a"u8), a);
        Digest b = Flip(a, 0x80);
        Digest value = Digest.Of("value"u8);
        byte[] leafA = [0, .. a.ToArray(), .. value.ToArray()];
        byte[] leafB = [0, .. b.ToArray(), .. value.ToArray()];
        Assert.Equal(Digest.Zero, StateTree.Empty.Root);
        Assert.Equal(Digest.Of(leafA), StateTree.Empty.Set(a, value).Root);
        byte[] left = Digest.Of(a.Bit(0) ? leafB : leafA).ToArray();
        byte[] right = Digest.Of(a.Bit(0) ? leafA : leafB).ToArray();
        Assert.Equal(
            Digest.Of([1, .. left, .. right]), StateTree.Empty.Set(a, value).Set(b, value).Root);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(100_000, 1)]
    [InlineData(100_000, 10)]
    public void A_change_hashes_its_path_and_nothing_else(int rows, int changes)
    {
        StateTree tree = StateTree.Empty.Apply(Enumerable.Range(0, rows).Select(Change));
        tree.Apply(Enumerable.Range(rows, changes).Select(Change), out int added);
        // A path is about log2 of the rows deep, and rarely five more; then there is the leaf.
        int depth = int.Log2(rows) + 6;
        Assert.InRange(added, changes, changes * (depth + 1));
        tree.Apply([], out int nothing);
        Assert.Equal(0, nothing);

        static StateChange Change(int i) =>
            new(StateTree.Path("t", BitConverter.GetBytes(i)), Digest.Zero);
    }

    [Fact]
    public void Long_keys_and_short_keys_are_hashed_alike()
    {
        byte[] key = new byte[5000];
        Assert.Equal(Digest.Of([(byte)'t', 0, .. key]), StateTree.Path("t", key));
    }

    private static Digest Flip(Digest digest, byte mask)
    {
        byte[] bytes = digest.ToArray();
        bytes[0] ^= mask;
        return new Digest(bytes);
    }

    private static ImmutableSortedDictionary<Digest, Digest> After(
        ImmutableSortedDictionary<Digest, Digest> contents, StateChange[] block)
    {
        foreach (StateChange change in block)
        {
            contents = change.ValueHash is { } hash
                ? contents.SetItem(change.Path, hash)
                : contents.Remove(change.Path);
        }

        return contents;
    }

    private static Digest NaiveRoot(KeyValuePair<Digest, Digest>[] contents, int depth)
    {
        if (contents.Length == 0)
        {
            return Digest.Zero;
        }

        if (contents.Length == 1)
        {
            return Digest.Of([0, .. contents[0].Key.ToArray(), .. contents[0].Value.ToArray()]);
        }

        Digest left = NaiveRoot([.. contents.Where(each => !each.Key.Bit(depth))], depth + 1);
        Digest right = NaiveRoot([.. contents.Where(each => each.Key.Bit(depth))], depth + 1);
        return Digest.Of([1, .. left.ToArray(), .. right.ToArray()]);
    }
}
