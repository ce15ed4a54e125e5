using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Tomada.Node.Storage;

namespace Tomada.Node.Tests.Storage;

/// <summary>Breaks pages of a store that nobody has open.</summary>
internal static class TornFile
{
    private const byte Interior = 5;
    private const int InteriorHeader = 12;

    /// <summary>Writes nonsense over one of the pages that hold a table's rows.</summary>
    public static void BreakLeaf(string dataDirectory, string table)
    {
        string path = Path.Combine(dataDirectory, NodeStore.FileName);
        (long root, int size) = Find(path, table);
        byte[] bytes = File.ReadAllBytes(path);
        Span<byte> page = bytes.AsSpan((int)(root - 1) * size, size);
        if (page[0] == Interior)
        {
            // Its first cell names the page with the lowest keys.
            int cell = BinaryPrimitives.ReadUInt16BigEndian(page[InteriorHeader..]);
            page = bytes.AsSpan(
                ((int)BinaryPrimitives.ReadUInt32BigEndian(page[cell..]) - 1) * size, size);
        }

        page.Fill(0xff);
        File.WriteAllBytes(path, bytes);
    }

    private static (long Root, int Size) Find(string path, string table)
    {
        using SqliteConnection connection = NodeStore.Connect(path, SqliteOpenMode.ReadWrite);
        // So that every page is in the one file.
        connection.Select("PRAGMA wal_checkpoint(TRUNCATE)", row => row.GetInt64(0));
        return (
            connection.Select(
                "SELECT rootpage FROM sqlite_schema WHERE name = ?1", row => row.GetInt64(0), table)
                .Single(),
            int.Parse(
                connection.Select("PRAGMA page_size", row => row.GetString(0)).Single(),
                CultureInfo.InvariantCulture));
    }
}
