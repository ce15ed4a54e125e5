using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// Makes the tiles of hashes of a log while its leaves come by; holds one unfinished tile of each
/// level and nothing else, so its memory does not grow with the log (C2SP tlog-tiles, Merkle Tree).
/// </summary>
/// <param name="take">Receives each tile when it is full, and the partial ones at the end.</param>
internal sealed class TileBuilder(Action<TileId, byte[]> take)
{
    private readonly List<Level> _levels = [new Level()];

    /// <summary>Leaves so far.</summary>
    public long Size { get; private set; }

    /// <summary>Root over all leaves so far.</summary>
    public Digest Root
    {
        get
        {
            // From the highest level down, each unfinished tile stands to the left of those below.
            List<Digest> peaks = [];
            for (int i = _levels.Count - 1; i >= 0; i--)
            {
                AddPeaks(peaks, _levels[i].Hashes);
            }

            if (peaks.Count == 0)
            {
                return MerkleTree.EmptyRoot;
            }

            Digest root = peaks[^1];
            for (int i = peaks.Count - 2; i >= 0; i--)
            {
                root = MerkleTree.NodeHash(peaks[i], root);
            }

            return root;
        }
    }

    /// <summary>The next leaf.</summary>
    public void Add(Digest leafHash)
    {
        Size++;
        Add(0, leafHash);
    }

    /// <summary>Hands out what is unfinished; leaves may still follow.</summary>
    public void FlushPartial()
    {
        for (int i = 0; i < _levels.Count; i++)
        {
            if (_levels[i].Hashes.Count > 0)
            {
                take(new TileId(i, _levels[i].Next, _levels[i].Hashes.Count), BytesOf(i));
            }
        }
    }

    private static void AddPeaks(List<Digest> peaks, List<Digest> hashes)
    {
        int from = 0;
        for (int step = TileId.WidthMax; step >= 1; step /= 2)
        {
            if ((hashes.Count & step) != 0)
            {
                peaks.Add(RootOf(hashes, from, step));
                from += step;
            }
        }
    }

    private static Digest RootOf(List<Digest> hashes, int from, int count) => count == 1
        ? hashes[from]
        : MerkleTree.NodeHash(
            RootOf(hashes, from, count / 2), RootOf(hashes, from + (count / 2), count / 2));

    private void Add(int level, Digest hash)
    {
        if (level == _levels.Count)
        {
            _levels.Add(new Level());
        }

        Level at = _levels[level];
        at.Hashes.Add(hash);
        if (at.Hashes.Count == TileId.WidthMax)
        {
            take(new TileId(level, at.Next, TileId.WidthMax), BytesOf(level));
            Digest root = RootOf(at.Hashes, 0, TileId.WidthMax);
            at.Hashes.Clear();
            at.Next++;
            Add(level + 1, root);
        }
    }

    private byte[] BytesOf(int level)
    {
        List<Digest> hashes = _levels[level].Hashes;
        byte[] bytes = new byte[hashes.Count * Digest.Size];
        for (int i = 0; i < hashes.Count; i++)
        {
            hashes[i].CopyTo(bytes.AsSpan(i * Digest.Size));
        }

        return bytes;
    }

    private sealed class Level
    {
        public List<Digest> Hashes { get; } = new(TileId.WidthMax);

        public long Next { get; set; }
    }
}
