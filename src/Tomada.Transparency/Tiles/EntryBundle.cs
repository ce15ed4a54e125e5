using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>
/// Entries of the log, each after its length in two bytes, big-endian (C2SP tlog-tiles, Log
/// entries). Entry i hashes to hash i of the tile of level 0 with the same index.
/// </summary>
public static class EntryBundle
{
    private const int LengthSize = 2;

    /// <summary>The bundle's bytes.</summary>
    /// <param name="entries">
    /// 1 to 256, each at most <see cref="TreeLimits.EntryBytesMax"/> bytes.
    /// </param>
    public static byte[] Encode(IReadOnlyCollection<byte[]> entries)
    {
        Invariant.Require(
            entries.Count is >= 1 and <= TileId.WidthMax, "a bundle has 1 to 256 entries");
        byte[] bytes = new byte[entries.Sum(each => LengthSize + each.Length)];
        int offset = 0;
        foreach (byte[] entry in entries)
        {
            Invariant.Require(
                entry.Length <= TreeLimits.EntryBytesMax, "an entry has at most 65,535 bytes");
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(offset), (ushort)entry.Length);
            entry.CopyTo(bytes, offset + LengthSize);
            offset += LengthSize + entry.Length;
        }

        return bytes;
    }

    /// <summary>Reads a bundle; refuses fewer or more entries than its width, and a rest.</summary>
    /// <param name="tile">The bundle's name; says how many entries there are.</param>
    /// <param name="bytes">The bundle; the entries are parts of it, not copies.</param>
    /// <param name="entries">The entries, when the answer is true.</param>
    /// <param name="why">Otherwise what is wrong.</param>
    public static bool TryParse(
        TileId tile,
        ReadOnlyMemory<byte> bytes,
        out ImmutableArray<ReadOnlyMemory<byte>> entries,
        [NotNullWhen(false)] out string? why)
    {
        entries = [];
        ReadOnlyMemory<byte>[] read = new ReadOnlyMemory<byte>[tile.Width];
        for (int i = 0; i < read.Length; i++)
        {
            int length = bytes.Length < LengthSize
                ? int.MaxValue
                : BinaryPrimitives.ReadUInt16BigEndian(bytes.Span);
            if (length > bytes.Length - LengthSize)
            {
                why = $"{tile}: ends within entry {i + 1} of {tile.Width}";
                return false;
            }

            read[i] = bytes.Slice(LengthSize, length);
            bytes = bytes[(LengthSize + length)..];
        }

        if (!bytes.IsEmpty)
        {
            why = $"{tile}: {bytes.Length} bytes follow entry {tile.Width}";
            return false;
        }

        entries = [.. read];
        why = null;
        return true;
    }
}
