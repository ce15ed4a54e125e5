using System.Globalization;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// A copy of a network's public log in a folder, in the layout of C2SP tlog-tiles, with what an
/// offline verifier needs beside it: <c>genesis</c>, <c>checkpoint</c>, <c>policy</c>,
/// <c>tile/…</c>, <c>certificate/HEIGHT</c>, <c>evidence/…</c> and <c>conflict/…</c>. Any web
/// server can serve it, and any tool may have written it: nothing in it is believed.
/// </summary>
/// <param name="path">The folder.</param>
public sealed class MirrorFolder(string path)
{
    public const string GenesisName = "genesis";
    public const string CheckpointName = "checkpoint";
    public const string PolicyName = "policy";
    public const string CertificatesName = "certificate";
    public const string EvidenceName = "evidence";
    public const string ConflictsName = "conflict";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The file of a tile or bundle.</summary>
    public string FileOf(TileId tile) => System.IO.Path.Combine(Path, tile.Path);

    /// <summary>
    /// The file of a block's certificate and, above ballot 0, its justification.
    /// </summary>
    public string CertificateFile(long height) => System.IO.Path.Combine(
        Path, CertificatesName, height.ToString(CultureInfo.InvariantCulture));

    /// <summary>A file by its name in the folder.</summary>
    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A file's bytes; null when there is none.</summary>
    /// <exception cref="MirrorException">It is longer than is read.</exception>
    public static byte[]? TryRead(string file)
    {
        FileInfo info = new(file);
        if (!info.Exists)
        {
            return null;
        }

        return info.Length <= AuditLimits.FileBytesMax
            ? File.ReadAllBytes(file)
            : throw new MirrorException(
                FindingClass.Encoding,
                $"{file} has {info.Length} bytes, more than {AuditLimits.FileBytesMax}");
    }

    /// <summary>A file's bytes.</summary>
    /// <exception cref="MirrorException">There is none, or it is longer than is read.</exception>
    public static byte[] Read(string file) => TryRead(file)
        ?? throw new MirrorException(FindingClass.Missing, $"{file} is not there");

    /// <summary>Reads hash tiles for proofs; keeps the newest few in memory.</summary>
    public ReadTile TileReader()
    {
        Dictionary<TileId, byte[]> kept = [];
        Queue<TileId> order = [];
        return tile =>
        {
            if (!kept.TryGetValue(tile, out byte[]? bytes))
            {
                bytes = Read(FileOf(tile));
                if (bytes.Length != tile.Width * Primitives.Digest.Size)
                {
                    throw new MirrorException(
                        FindingClass.Encoding, $"{tile} has not 32 bytes for each hash");
                }

                kept.Add(tile, bytes);
                order.Enqueue(tile);
                if (order.Count > AuditLimits.TilesKeptMax)
                {
                    kept.Remove(order.Dequeue());
                }
            }

            return bytes;
        };
    }

    /// <summary>Writes a file wholly or not at all.</summary>
    public static void Write(string file, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        string fresh = file + ".new";
        File.WriteAllBytes(fresh, bytes);
        File.Move(fresh, file, overwrite: true);
    }
}

/// <summary>A mirror cannot be read on: a file is missing or not in its form.</summary>
public sealed class MirrorException : Exception
{
    public MirrorException()
    {
    }

    public MirrorException(string message)
        : base(message)
    {
    }

    public MirrorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public MirrorException(FindingClass kind, string message)
        : base(message) => Class = kind;

    /// <summary>What kind of finding it is.</summary>
    public FindingClass Class { get; } = FindingClass.Missing;
}
