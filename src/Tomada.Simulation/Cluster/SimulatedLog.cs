using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Simulation.Cluster;

/// <summary>A log in memory: the hashes of all its complete subtrees.</summary>
internal sealed class SimulatedLog
{
    private readonly List<List<Digest>> _levels = [[]];

    /// <summary>Entries.</summary>
    public long Size => _levels[0].Count;

    /// <summary>The root over all entries.</summary>
    public Digest Root => MerkleTree.Root(Size, Read);

    /// <summary>Appends the entries of a block.</summary>
    public void Append(IEnumerable<byte[]> entries)
    {
        foreach (byte[] entry in entries)
        {
            _levels[0].Add(MerkleTree.LeafHash(entry));
            for (int level = 0; (_levels[level].Count & 1) == 0; level++)
            {
                if (_levels.Count == level + 1)
                {
                    _levels.Add([]);
                }

                List<Digest> below = _levels[level];
                _levels[level + 1].Add(MerkleTree.NodeHash(below[^2], below[^1]));
            }
        }
    }

    /// <summary>Reads a node, as <see cref="ReadNode"/> does.</summary>
    public Digest Read(int level, long index) => _levels[level][(int)index];
}
