using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Transparency.Tests;

public class MerkleTreeTests
{
    private const int SizeMax = 70;

    private static readonly Digest[] s_leaves =
        [.. Enumerable.Range(0, SizeMax).Select(i => MerkleTree.LeafHash([(byte)i]))];

    private static readonly Digest[] s_roots =
        [.. Enumerable.Range(0, SizeMax + 1).Select(n => MerkleTree.Root(s_leaves.Take(n)))];

    // The eight entries and their roots that RFC 6962's reference implementation tests with.
    public static TheoryData<int, string> KnownRoots() => new()
    {
        { 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { 1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
        { 2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
        { 3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
        { 4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
        { 5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
        { 6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
        { 7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
        { 8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
    };

    [Theory]
    [MemberData(nameof(KnownRoots))]
    public void Roots_match_the_known_vectors(int size, string root)
    {
        string[] entries =
        [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        Digest[] leaves =
            [.. entries[..size].Select(entry => MerkleTree.LeafHash(Convert.FromHexString(entry)))];
        Assert.Equal(root, MerkleTree.Root(leaves).ToString());
        Assert.Equal(root, MerkleTree.Root(size, MerkleTree.NodesOf(leaves)).ToString());
    }

    [Fact]
    public void Every_inclusion_proof_holds_for_its_entry_alone()
    {
        for (int size = 1; size <= SizeMax; size++)
        {
            Digest root = MerkleTree.Root(s_leaves.Take(size));
            for (int index = 0; index < size; index++)
            {
                Digest[] proof =
                    [.. MerkleTree.Inclusion(index, size, MerkleTree.NodesOf(s_leaves))];
                for (int other = 0; other < size; other++)
                {
                    bool holds =
                        MerkleTree.VerifyInclusion(s_leaves[index], other, size, proof, root);
                    Assert.Equal(other == index, holds);
                }

                Assert.False(MerkleTree.VerifyInclusion(
                    s_leaves[index], index, size, [.. proof, root], root));
                Assert.All(Damaged(proof), each => Assert.False(
                    MerkleTree.VerifyInclusion(s_leaves[index], index, size, each, root)));
                RefuseOtherLogs(index, size, proof, root);
            }
        }
    }

    /// <summary>
    /// A size is bound to its root by the checkpoint's signature, not by the proof: with the root
    /// of another size nothing verifies, and neither does an index beyond the size.
    /// </summary>
    private static void RefuseOtherLogs(int index, int size, Digest[] proof, Digest root)
    {
        for (int other = 0; other <= SizeMax; other++)
        {
            if (other != size)
            {
                Assert.False(MerkleTree.VerifyInclusion(
                    s_leaves[index], index, other, proof, s_roots[other]));
                Assert.False(MerkleTree.VerifyInclusion(
                    s_leaves[index], index, size, proof, s_roots[other]));
            }

            Assert.False(other <= index && MerkleTree.VerifyInclusion(
                s_leaves[index], index, other, proof, root));
        }
    }

    [Fact]
    public void Every_consistency_proof_holds_for_its_two_sizes_alone()
    {
        Digest[] roots = s_roots;
        for (int size = 0; size <= SizeMax; size++)
        {
            for (int old = 0; old <= size; old++)
            {
                Digest[] proof =
                    [.. MerkleTree.Consistency(old, size, MerkleTree.NodesOf(s_leaves))];
                Assert.True(
                    MerkleTree.VerifyConsistency(old, roots[old], size, roots[size], proof));
                Assert.False(MerkleTree.VerifyConsistency(
                    old, roots[old], size, roots[size], [.. proof, roots[0]]));
                Assert.All(Damaged(proof), each => Assert.False(
                    MerkleTree.VerifyConsistency(old, roots[old], size, roots[size], each)));
                RefuseOtherSizes(old, size, proof);
            }
        }
    }

    private static void RefuseOtherSizes(int old, int size, Digest[] proof)
    {
        for (int other = 1; other <= SizeMax && old > 0; other++)
        {
            if (other != old)
            {
                Assert.False(MerkleTree.VerifyConsistency(
                    other, s_roots[old], size, s_roots[size], proof));
                Assert.False(MerkleTree.VerifyConsistency(
                    old, s_roots[other], size, s_roots[size], proof));
                Assert.False(other != size && MerkleTree.VerifyConsistency(
                    other, s_roots[other], size, s_roots[size], proof));
            }

            if (other != size)
            {
                Assert.False(MerkleTree.VerifyConsistency(
                    old, s_roots[old], size, s_roots[other], proof));
                Assert.False(other != old && MerkleTree.VerifyConsistency(
                    old, s_roots[old], other, s_roots[other], proof));
            }
        }
    }

    [Theory]
    [InlineData(-1, 4)]
    [InlineData(4, 4)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void An_index_outside_the_log_is_not_in_it(long index, long size) =>
        Assert.False(MerkleTree.VerifyInclusion(s_leaves[0], index, size, [], s_leaves[0]));

    [Theory]
    [InlineData(-1, 4)]
    [InlineData(5, 4)]
    [InlineData(0, -1)]
    [InlineData(long.MinValue, long.MaxValue)]
    public void Sizes_that_shrink_are_never_consistent(long oldSize, long size) =>
        Assert.False(MerkleTree.VerifyConsistency(oldSize, s_leaves[0], size, s_leaves[0], []));

    [Fact]
    public void The_largest_sizes_are_verified_without_overflow() =>
        Gen.Select(
            Gen.Long[1, long.MaxValue], Gen.Long[1, long.MaxValue], Gen.Int[0, 70]).Sample(each =>
        {
            (long one, long other, int hashes) = each;
            Digest[] proof = [.. Enumerable.Repeat(s_leaves[1], hashes)];
            _ = MerkleTree.VerifyInclusion(
                s_leaves[0], Math.Min(one, other) - 1, Math.Max(one, other), proof, s_leaves[2]);
            _ = MerkleTree.VerifyConsistency(
                Math.Min(one, other), s_leaves[0], Math.Max(one, other), s_leaves[2], proof);
        });

    private static IEnumerable<Digest[]> Damaged(Digest[] proof)
    {
        for (int i = 0; i < proof.Length; i++)
        {
            Digest[] copy = [.. proof];
            copy[i] = MerkleTree.LeafHash([0xFF, (byte)i]);
            yield return copy;
            yield return [.. proof[..i], .. proof[(i + 1)..]];
        }
    }
}
