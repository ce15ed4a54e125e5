using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// Reads the entries of a mirror in their order and compares them with its tiles and its head.
/// Holds one bundle at a time.
/// </summary>
/// <param name="mirror">The folder.</param>
/// <param name="size">Entries of the head.</param>
/// <param name="findings">What is wrong.</param>
internal sealed class LogReader(MirrorFolder mirror, long size, FindingList findings)
{
    private const int MismatchesMax = 16;

    private readonly List<(string Place, long? Index)> _mismatches = [];
    private TileBuilder? _tiles;

    /// <summary>Entries read so far.</summary>
    public long Read { get; private set; }

    /// <summary>
    /// Each entry with its index; ends early, with a finding, where a bundle cannot be read.
    /// </summary>
    public IEnumerable<(long Index, ReadOnlyMemory<byte> Bytes)> Entries()
    {
        _tiles = new TileBuilder(Compare);
        for (long index = 0; TileId.At(TileId.Entries, index, size) is { } bundle; index++)
        {
            if (ReadBundle(bundle) is not { } entries)
            {
                yield break;
            }

            foreach (ReadOnlyMemory<byte> entry in entries)
            {
                _tiles.Add(MerkleTree.LeafHash(entry.Span));
            }

            foreach (ReadOnlyMemory<byte> entry in entries)
            {
                yield return (Read++, entry);
            }
        }
    }

    /// <summary>
    /// Compares the root of all entries with the head's, and says which side of each mismatch is
    /// wrong.
    /// </summary>
    public void Conclude(Digest root)
    {
        if (_tiles is null || _tiles.Size < size)
        {
            return;
        }

        _tiles.FlushPartial();
        bool entriesAreRight = _tiles.Root == root;
        foreach ((string place, long? index) in _mismatches)
        {
            findings.Add(new Finding(
                FindingClass.Log,
                entriesAreRight
                    ? $"{place} is not what the entries make, and the checkpoint agrees with them"
                    : $"the entry is not the one that {place} names",
                Index: index));
        }

        if (!entriesAreRight)
        {
            findings.Add(
                FindingClass.Log,
                $"the root of {size} entries is {_tiles.Root}; the checkpoint says {root}");
        }
    }

    private ImmutableArray<ReadOnlyMemory<byte>>? ReadBundle(TileId bundle)
    {
        byte[]? bytes = MirrorFolder.TryRead(mirror.FileOf(bundle));
        if (bytes is null)
        {
            findings.Add(new Finding(
                FindingClass.Missing, $"{bundle} is not there", Index: bundle.Start));
            return null;
        }

        if (EntryBundle.TryParse(bundle, bytes, out var entries, out string? why))
        {
            return entries;
        }

        findings.Add(new Finding(FindingClass.Encoding, why, Index: bundle.Start));
        return null;
    }

    private void Compare(TileId tile, byte[] bytes)
    {
        byte[]? found = MirrorFolder.TryRead(mirror.FileOf(tile));
        if (found is null)
        {
            findings.Add(FindingClass.Missing, $"{tile} is not there");
            return;
        }

        if (found.AsSpan().SequenceEqual(bytes) || _mismatches.Count >= MismatchesMax)
        {
            return;
        }

        int at = found.AsSpan().CommonPrefixLength(bytes) / Digest.Size;
        _mismatches.Add((tile.ToString(), tile.Level == 0 ? tile.FirstNode + at : null));
    }
}
