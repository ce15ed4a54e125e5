using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>
/// What disks and people do to the directory of a node that does not run. Drawn from a seed.
/// </summary>
internal sealed class TornDisk(string data, Random random)
{
    private const int FlippedBytes = 16;
    private readonly string _store = Path.Combine(data, "node.db");

#pragma warning disable CA5394 // The draw is repeatable on purpose; nothing secret hangs on it.
    /// <summary>Cuts the write-ahead log somewhere.</summary>
    public void CutLog()
    {
        using FileStream log = File.OpenWrite(_store + "-wal");
        log.SetLength(random.NextInt64(log.Length));
    }

    /// <summary>Changes a few bytes of the write-ahead log.</summary>
    public void FlipLog()
    {
        byte[] log = File.ReadAllBytes(_store + "-wal");
        Flip(log.AsSpan(random.Next(log.Length - FlippedBytes), FlippedBytes));
        File.WriteAllBytes(_store + "-wal", log);
    }

    /// <summary>Changes the first bytes of the page that a table begins with.</summary>
    public void FlipTable(string table)
    {
        using SqliteConnection connection = Settle();
        long root = Ask(connection, $"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'");
        FlipPage(root, Ask(connection, "PRAGMA page_size"), 0);
    }

    /// <summary>Changes a few bytes of any page but the first, at any place.</summary>
    public void FlipPage()
    {
        using SqliteConnection connection = Settle();
        long size = Ask(connection, "PRAGMA page_size");
        long page = random.NextInt64(2, Ask(connection, "PRAGMA page_count") + 1);
        FlipPage(page, size, random.NextInt64(size - FlippedBytes));
    }

    /// <summary>A copy of everything.</summary>
    public static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>Takes the store away, as the message for a hopeless file says.</summary>
    public void TakeAway()
    {
        foreach (string file in Directory.GetFiles(data, "node.db*"))
        {
            File.Delete(file);
        }
    }

    /// <summary>Brings every page into the one file.</summary>
    private SqliteConnection Settle()
    {
        SqliteConnection connection = new($"Data Source={_store};Pooling=False");
        connection.Open();
        Ask(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        return connection;
    }

    private static long Ask(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private void FlipPage(long page, long size, long at)
    {
        using FileStream file = new(_store, FileMode.Open, FileAccess.ReadWrite,
            FileShare.ReadWrite);
        file.Position = ((page - 1) * size) + at;
        byte[] bytes = new byte[FlippedBytes];
        file.ReadExactly(bytes);
        Flip(bytes);
        file.Position = ((page - 1) * size) + at;
        file.Write(bytes);
    }

    private void Flip(Span<byte> bytes)
    {
        foreach (ref byte each in bytes)
        {
            each ^= (byte)random.Next(1, 256);
        }
    }
#pragma warning restore CA5394
}
