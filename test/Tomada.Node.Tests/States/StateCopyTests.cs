using CsCheck;
using Tomada.Node.States;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node.Tests.States;

public sealed class StateCopyTests
{
    // Few paths, some that differ late: branches chain, and lonely leaves move up and down.
    private static readonly Gen<(Digest Path, int Value)> s_change = Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, 7], Gen.Int[0, 3]).Select((first, last, value) =>
        {
            byte[] bytes = new byte[Digest.Size];
            bytes[0] = (byte)(first << 6);
            bytes[2] = (byte)last;
            return (new Digest(bytes), value);
        });

    [Fact]
    public void After_any_changes_each_version_is_read_back_whole() =>
        s_change.Array[0, 12].Array[1, 10].Sample(
            blocks =>
            {
                using TempDirectory directory = new();
                using StateFile file =
                    StateFile.Create(System.IO.Path.Combine(directory.Path, "f"));
                StateTree tree = StateTree.Empty;
                List<StateTree> trees = [];
                StateRef top = StateRef.None;
                foreach ((Digest Path, int Value)[] block in blocks)
                {
                    tree = tree.Apply(block.Select(change => new StateChange(
                        change.Path, change.Value == 0 ? null : HashOf(change.Value))));
                    StateCopy copy = new(
                        file, leaf => file.AppendLeaf(leaf.Path, ValueOf(leaf.ValueHash)));
                    top = copy.Write(tree, top);
                    trees.Add(tree);
                    file.Publish(trees.Count, default, top);
                }

                for (int i = 0; i < trees.Count; i++)
                {
                    Assert.Equal(trees[i].Root, file.Root(i).Top.Hash);
                    Check(file, file.Root(i).Top, trees[i].Top);
                }
            },
            iter: 200);

    private static void Check(StateFile file, StateRef stored, StateNode? node)
    {
        Assert.Equal(node?.Hash ?? Digest.Zero, stored.Hash);
        if (node is StateBranch branch)
        {
            (StateRef left, StateRef right) = file.Branch(stored)!.Value;
            Check(file, left, branch.Left);
            Check(file, right, branch.Right);
        }
        else if (node is StateLeaf leaf)
        {
            Assert.Null(file.Branch(stored));
            Assert.Equal(leaf.Path, file.LeafPath(stored));
            Assert.Equal(leaf.ValueHash, Digest.Of(file.LeafValue(stored)));
        }
    }

    private static Digest HashOf(int value) => Digest.Of([(byte)value]);

    private static byte[] ValueOf(Digest hash) =>
        [(byte)Enumerable.Range(1, 3).Single(value => HashOf(value) == hash)];
}
