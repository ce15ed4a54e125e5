using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>
/// Names a run of up to 256 hashes of one height of the tree, or of up to 256 entries
/// (C2SP tlog-tiles, Merkle Tree and Log entries).
/// </summary>
/// <param name="Level">
/// 0 to <see cref="LevelMax"/>: hashes of subtrees of 256^level entries. <see cref="Entries"/> for
/// a bundle of entries.
/// </param>
/// <param name="Index">Position within the level, from 0.</param>
/// <param name="Width">Hashes or entries in it; 1 to 256, and partial below 256.</param>
public readonly record struct TileId(int Level, long Index, int Width)
{
    /// <summary>The level that stands for bundles of entries.</summary>
    public const int Entries = -1;

    /// <summary>Hashes or entries of a full tile.</summary>
    public const int WidthMax = 256;

    /// <summary>Levels of the binary tree that one tile spans.</summary>
    public const int Height = 8;

    /// <summary>The highest level of a log of <see cref="TreeLimits.LogSizeMax"/>.</summary>
    public const int LevelMax = 6;

    private const string Root = "tile/";
    private const string EntriesName = "entries";
    private const string PartialStart = ".p/";

    /// <summary>Whether it has fewer than 256 hashes or entries.</summary>
    public bool IsPartial => Width < WidthMax;

    /// <summary>
    /// The path below the log's prefix, as <c>tile/0/x001/234</c> or <c>tile/entries/003.p/7</c>.
    /// </summary>
    public string Path
    {
        get
        {
            string index = string.Create(CultureInfo.InvariantCulture, $"{Index % 1000:d3}");
            for (long rest = Index / 1000; rest > 0; rest /= 1000)
            {
                index = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:d3}/{index}");
            }

            string level = Level == Entries
                ? EntriesName
                : Level.ToString(CultureInfo.InvariantCulture);
            string partial = IsPartial
                ? string.Create(CultureInfo.InvariantCulture, $"{PartialStart}{Width}")
                : string.Empty;
            return $"{Root}{level}/{index}{partial}";
        }
    }

    /// <summary>The first entry below it; also that of a bundle.</summary>
    public long Start => Index << (Height * (Math.Max(Level, 0) + 1));

    /// <summary>The hashes' place on their height of the binary tree: the first one's.</summary>
    public long FirstNode => Index * WidthMax;

    /// <summary>Reads a path; only the spelling that <see cref="Path"/> writes.</summary>
    /// <param name="path">Without the log's prefix and without a slash in front.</param>
    /// <param name="tile">The tile, when the answer is true; of no particular log.</param>
    /// <param name="why">Otherwise what is allowed.</param>
    public static bool TryParse(
        string path, out TileId tile, [NotNullWhen(false)] out string? why)
    {
        tile = default;
        why = "a tile is tile/LEVEL/INDEX[.p/WIDTH] or tile/entries/INDEX[.p/WIDTH], its index in "
            + "groups of three digits, all but the last after an x; its width 1 to 255";
        if (path.Length > 64 || !path.StartsWith(Root, StringComparison.Ordinal))
        {
            return false;
        }

        long width = WidthMax;
        string rest = path[Root.Length..];
        int partial = rest.IndexOf(PartialStart, StringComparison.Ordinal);
        if (partial >= 0)
        {
            if (!NoteText.TryParseDecimal(
                rest[(partial + PartialStart.Length)..], WidthMax - 1, out width) || width == 0)
            {
                return false;
            }

            rest = rest[..partial];
        }

        string[] parts = rest.Split('/');
        long level = Entries;
        if ((parts[0] != EntriesName && !NoteText.TryParseDecimal(parts[0], LevelMax, out level))
            || !TryReadIndex(parts.AsSpan(1), out long index)
            || index > (TreeLimits.LogSizeMax >> (Height * (int)Math.Max(level, 0))) / WidthMax)
        {
            return false;
        }

        tile = new TileId((int)level, index, (int)width);
        why = null;
        return true;
    }

    /// <summary>
    /// Whether a log of this size has the tile: it is full, or exactly as wide as the rest there.
    /// </summary>
    public bool IsIn(long size) => this == At(Level, Index, size);

    /// <summary>
    /// Whether all its hashes or entries are in a log of this size: a smaller log had the tile, or
    /// could have, and its bytes can never change.
    /// </summary>
    public bool IsWithin(long size) =>
        At(Level, Index, size) is { } widest && Width >= 1 && Width <= widest.Width;

    /// <summary>
    /// The tile at a place, as wide as a log of this size has it; null where it has none.
    /// </summary>
    public static TileId? At(int level, long index, long size)
    {
        long count = CountAt(level, size) - (index * WidthMax);
        return index >= 0 && count > 0
            ? new TileId(level, index, (int)Math.Min(count, WidthMax))
            : null;
    }

    /// <summary>
    /// Every tile and bundle of a log of the new size that one of the old size did not have, lowest
    /// level first; from size 0, all of them.
    /// </summary>
    /// <param name="oldSize">0 to the new size.</param>
    /// <param name="size">At most <see cref="TreeLimits.LogSizeMax"/>.</param>
    public static IEnumerable<TileId> Between(long oldSize, long size)
    {
        Invariant.Require(oldSize >= 0 && oldSize <= size, $"{oldSize} is 0 to {size} entries");
        for (int level = Entries; level <= LevelMax; level++)
        {
            long first = CountAt(level, oldSize) / WidthMax;
            for (long index = first; At(level, index, size) is { } tile; index++)
            {
                if (!tile.IsIn(oldSize))
                {
                    yield return tile;
                }
            }
        }
    }

    /// <summary>
    /// The tile that holds, or whose hashes make, a node of a log of this size.
    /// </summary>
    /// <param name="level">Of the binary tree; 0 for leaves.</param>
    /// <param name="index">Position within that level; the node's subtree is complete.</param>
    /// <param name="size">Entries of the log.</param>
    public static TileId OfNode(int level, long index, long size)
    {
        int tileLevel = level / Height;
        long first = index << (level % Height);
        TileId? tile = At(tileLevel, first / WidthMax, size);
        Invariant.Require(
            tile is { } found && first + (1L << (level % Height)) <= found.FirstNode + found.Width,
            $"node {index} of level {level} is complete in {size} entries");
        return tile.Value;
    }

    /// <summary>The path.</summary>
    public override string ToString() => Path;

    /// <summary>Hashes of this level, or entries, of a log of this size.</summary>
    private static long CountAt(int level, long size) => size >> (Height * Math.Max(level, 0));

    private static bool TryReadIndex(ReadOnlySpan<string> parts, out long index)
    {
        index = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            ReadOnlySpan<char> digits = parts[i];
            if (i < parts.Length - 1)
            {
                if (digits.IsEmpty || digits[0] != 'x')
                {
                    return false;
                }

                digits = digits[1..];
            }

            // The first group of several is not 000: an index has one spelling.
            if (digits.Length != 3 || digits.ContainsAnyExceptInRange('0', '9')
                || (i == 0 && parts.Length > 1 && digits is "000"))
            {
                return false;
            }

            index = (index * 1000) + int.Parse(digits, CultureInfo.InvariantCulture);
        }

        return parts.Length is >= 1 and <= 5;
    }
}
