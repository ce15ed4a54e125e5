using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Transparency.Tests;

public class FrontierTests
{
    [Fact]
    public void Appending_gives_the_root_of_the_definition() =>
        Gen.Int[0, 200].Sample(
            size => Assert.Equal(Naive(Leaves(size)), Grown(size).Root), iter: 50);

    [Fact]
    public void Appending_completes_exactly_the_nodes_that_proofs_read()
    {
        List<TreeNode> nodes = [];
        Frontier frontier = Frontier.Empty;
        foreach (Digest leaf in Leaves(100))
        {
            frontier = frontier.Append(leaf, nodes);
        }

        var stored = nodes.ToDictionary(node => (node.Level, node.Index), node => node.Hash);
        Assert.Equal(nodes.Count, stored.Count);
        Assert.Equal(100 + 50 + 25 + 12 + 6 + 3 + 1, stored.Count);
        for (int size = 1; size <= 100; size++)
        {
            Digest root = MerkleTree.Root(size, (level, index) => stored[(level, index)]);
            Assert.Equal(Naive(Leaves(size)), root);
        }
    }

    [Fact]
    public void A_stored_edge_goes_on_where_it_stopped() =>
        Gen.Select(Gen.Int[0, 80], Gen.Int[0, 80]).Sample(
            (before, after) =>
            {
                Frontier read = Frontier.Codec.Decode(Frontier.Codec.Encode(Grown(before)));
                foreach (Digest leaf in Leaves(before + after)[before..])
                {
                    read = read.Append(leaf);
                }

                Assert.Equal(before + after, read.Size);
                Assert.Equal(Grown(before + after).Root, read.Root);
            },
            iter: 50);

    [Fact]
    public void A_stored_edge_with_a_missing_hash_is_refused()
    {
        string json = System.Text.Encoding.UTF8.GetString(Frontier.Codec.EncodeJson(Grown(5)));
        using var document =
            System.Text.Json.JsonDocument.Parse(json.Replace("\"size\":5", "\"size\":7"));
        Assert.False(Frontier.Codec.TryReadJson(document.RootElement, out _, out string? why));
        Assert.Contains("one hash for each bit", why);
    }

    [Fact]
    public void A_builder_gives_the_same_edge_and_nodes_from_wherever_it_starts() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[0, 300]).Sample(
            (before, more) =>
            {
                Frontier frontier = Grown(before);
                FrontierBuilder builder = new(frontier);
                List<TreeNode> nodes = [];
                List<TreeNode> built = [];
                foreach (Digest leaf in Leaves(before + more)[before..])
                {
                    frontier = frontier.Append(leaf, nodes);
                    builder.Append(leaf, built);
                }

                Assert.Equal(frontier.Size, builder.Size);
                Assert.Equal(nodes, built);
                Assert.Equal(
                    Frontier.Codec.Encode(frontier), Frontier.Codec.Encode(builder.ToFrontier()));
            },
            iter: 100);

    [Fact]
    public void An_older_edge_is_unchanged_by_appending()
    {
        Frontier five = Grown(5);
        Digest root = five.Root;
        _ = five.Append(Digest.Zero).Append(Digest.Zero);
        Assert.Equal(root, five.Root);
    }

    private static Digest[] Leaves(int size) =>
        [.. Enumerable.Range(0, size).Select(i => MerkleTree.LeafHash(BitConverter.GetBytes(i)))];

    private static Frontier Grown(int size) =>
        Leaves(size).Aggregate(Frontier.Empty, (frontier, leaf) => frontier.Append(leaf));

    /// <summary>RFC 9162 section 2.1.1, word for word.</summary>
    private static Digest Naive(ReadOnlySpan<Digest> leaves)
    {
        if (leaves.Length <= 1)
        {
            return leaves.IsEmpty ? MerkleTree.EmptyRoot : leaves[0];
        }

        int split = 1;
        while (split * 2 < leaves.Length)
        {
            split *= 2;
        }

        return MerkleTree.NodeHash(Naive(leaves[..split]), Naive(leaves[split..]));
    }
}
