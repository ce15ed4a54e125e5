using Tomada.Primitives;
using Tomada.Transparency;
using Tomada.Transparency.Tests;

namespace Tomada.Oracle.Tests;

/// <summary>A log of small entries with all its nodes, as a node's store would hold them.</summary>
internal sealed class Log
{
    private readonly Dictionary<(int Level, long Index), Digest> _nodes = [];
    private readonly List<Digest> _roots = [MerkleTree.EmptyRoot];
    private readonly byte[][] _entries;

    public Log(int size)
    {
        _entries = [.. Enumerable.Range(0, size).Select(Signer.Entry)];
        Frontier frontier = Frontier.Empty;
        List<TreeNode> completed = [];
        foreach (byte[] entry in _entries)
        {
            frontier = frontier.Append(MerkleTree.LeafHash(entry), completed);
            _roots.Add(frontier.Root);
        }

        foreach (TreeNode node in completed)
        {
            _nodes.Add((node.Level, node.Index), node.Hash);
        }
    }

    public Digest Root(int size) => _roots[size];

    public byte[][] Entries(int size) => _entries[..size];

    public Digest Node(int level, long index) => _nodes[(level, index)];

    public InclusionCase Inclusion(int index, int size) => new(
        size, index, Node(0, index), Root(size), MerkleTree.Inclusion(index, size, Node));

    public ConsistencyCase Consistency(int oldSize, int size) => new(
        oldSize, size, Root(oldSize), Root(size), MerkleTree.Consistency(oldSize, size, Node));

    public TreeCase Tree(int size, IEnumerable<int> places) => new(
        size,
        Root(size),
        TileId.Between(0, size).ToDictionary(tile => tile.Path, Bytes),
        [.. places.Select(place => Inclusion(place, size))],
        [.. places.Select(place => Consistency(place + 1, size))],
        Valid: true);

    private byte[] Bytes(TileId tile) => tile.Level == TileId.Entries
        ? EntryBundle.Encode(_entries[(int)tile.Start..(int)(tile.Start + tile.Width)])
        : Tiles.Encode(tile, Node);
}
