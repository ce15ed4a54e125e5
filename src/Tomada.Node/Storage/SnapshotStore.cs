using System.Globalization;
using Microsoft.Data.Sqlite;
using Tomada.Replication;

namespace Tomada.Node.Storage;

/// <summary>
/// Snapshots of the state, in a file of their own. They can be made again from the chain at any
/// time, so writing them never waits for a sync, never delays a vote, and a damaged file is thrown
/// away. A snapshot is there when its head is; each row carries its checksum.
/// </summary>
public sealed class SnapshotStore : IDisposable
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "snapshots.db";

    private const string Heads = "heads";
    private const string Parts = "parts";

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;

    private SnapshotStore(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the directory's snapshots; a damaged file is replaced by an empty
    /// one.</summary>
    /// <param name="dataDirectory">Held by this process.</param>
    public static SnapshotStore Open(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, FileName);
        try
        {
            return OpenFile(path);
        }
        catch (SqliteException)
        {
            foreach (string part in (string[])["", "-wal", "-shm"])
            {
                File.Delete(path + part);
            }

            return OpenFile(path);
        }
    }

    /// <summary>What snapshots there are, the newest first; damaged heads are left out.</summary>
    public IReadOnlyList<SnapshotHead> ReadHeads()
    {
        lock (_gate)
        {
            return
            [
                .. _connection.Select(
                    "SELECT height, bytes, sha256 FROM heads ORDER BY height DESC",
                    row => RowHash.Matches(
                        Heads, HeadKey(row.GetInt64(0)), row.Blob(1), row.Blob(2))
                        && SnapshotHead.Codec.TryDecode(row.Blob(1), out SnapshotHead? head, out _)
                            ? head
                            : null)
                    .OfType<SnapshotHead>(),
            ];
        }
    }

    /// <summary>A part's bytes; null when it is not there or damaged.</summary>
    public byte[]? ReadPart(long height, int number)
    {
        lock (_gate)
        {
            return _connection.Select(
                "SELECT bytes, sha256 FROM parts WHERE height = ?1 AND number = ?2",
                row => RowHash.Matches(
                    Parts, PartKey(height, number), row.Blob(0), row.Blob(1))
                        ? row.Blob(0)
                        : null,
                height,
                number).SingleOrDefault();
        }
    }

    /// <summary>Adds a part of a snapshot that has no head yet.</summary>
    public void WritePart(long height, int number, byte[] bytes)
    {
        lock (_gate)
        {
            _connection.Execute(
                "INSERT OR REPLACE INTO parts VALUES (?1, ?2, ?3, ?4)",
                height, number, bytes, RowHash.Of(Parts, PartKey(height, number), bytes));
        }
    }

    /// <summary>
    /// Completes a snapshot; all but the newest <see cref="NodeLimits.SnapshotsKept"/> go.
    /// </summary>
    public void WriteHead(SnapshotHead head)
    {
        byte[] bytes = SnapshotHead.Codec.Encode(head);
        lock (_gate)
        {
            // One after the other: between them there is a snapshot too many, never one too few.
            _connection.Execute(
                "INSERT OR REPLACE INTO heads VALUES (?1, ?2, ?3)",
                head.Height, bytes, RowHash.Of(Heads, HeadKey(head.Height), bytes));
            _connection.Execute(
                "DELETE FROM heads WHERE height NOT IN "
                + "(SELECT height FROM heads ORDER BY height DESC LIMIT ?1)",
                NodeLimits.SnapshotsKept);
            _connection.Execute(
                "DELETE FROM parts WHERE height NOT IN (SELECT height FROM heads)");
        }
    }

    /// <summary>Throws a snapshot away.</summary>
    public void Remove(long height)
    {
        lock (_gate)
        {
            _connection.Execute("DELETE FROM heads WHERE height = ?1", height);
            _connection.Execute("DELETE FROM parts WHERE height = ?1", height);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _connection.Dispose();
        }
    }

    private static SnapshotStore OpenFile(string path)
    {
        SqliteConnection connection = NodeStore.Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            StoreSchema.Run(
                connection,
                """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                CREATE TABLE IF NOT EXISTS heads (
                    height INTEGER PRIMARY KEY, bytes BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT;
                CREATE TABLE IF NOT EXISTS parts (
                    height INTEGER NOT NULL, number INTEGER NOT NULL,
                    bytes BLOB NOT NULL, sha256 BLOB NOT NULL,
                    PRIMARY KEY (height, number)) STRICT;
                DELETE FROM parts WHERE height NOT IN (SELECT height FROM heads);
                """);
            return new SnapshotStore(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string HeadKey(long height) => height.ToString(CultureInfo.InvariantCulture);

    private static string PartKey(long height, int number) =>
        FormattableString.Invariant($"{height}/{number}");
}
