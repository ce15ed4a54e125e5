using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tomada.Node.Storage;

/// <summary>
/// Where the log's tree ends, as it is kept: everything up to there is in the file.
/// </summary>
/// <param name="Height">Of the newest block.</param>
/// <param name="Size">Entries.</param>
/// <param name="Tip">Digest of the newest block, 32 bytes.</param>
/// <param name="Hashes">Of each level the hashes of the tile that is not full, level 0
/// first.</param>
public sealed record LogEdge(long Height, long Size, byte[] Tip, byte[] Hashes);

/// <summary>
/// Hashes of the log's tree, in a file of their own. They follow from the blocks, so writing them
/// never waits for a sync, and a damaged file is thrown away and made again.
/// </summary>
public sealed class LogStore : IDisposable
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "log.db";

    private const string Tiles = "tiles";
    private const string Edge = "edge";

    private readonly Lock _writing = new();
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly string _path;
    private readonly SqliteConnection _writer;
    private bool _disposed;

    private LogStore(string path, SqliteConnection writer)
    {
        _path = path;
        _writer = writer;
    }

    /// <summary>Opens the directory's file; a damaged one is replaced by an empty one.</summary>
    /// <param name="dataDirectory">Held by this process.</param>
    public static LogStore Open(string dataDirectory)
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

    /// <summary>Where the tree ends; null when nothing sound is kept.</summary>
    public LogEdge? ReadEdge() => Read(connection => connection.Select(
        "SELECT height, size, tip, hashes, sha256 FROM edge",
        row =>
        {
            LogEdge edge = new(row.GetInt64(0), row.GetInt64(1), row.Blob(2), row.Blob(3));
            return RowHash.Matches(Edge, EdgeKey(edge), edge.Hashes, row.Blob(4)) ? edge : null;
        }).SingleOrDefault());

    /// <summary>The 256 hashes of a full tile; null when it is not there, or damaged.</summary>
    public byte[]? ReadTile(int level, long number) => Read(connection => connection.Select(
        "SELECT hashes, sha256 FROM tiles WHERE level = ?1 AND number = ?2",
        row => RowHash.Matches(Tiles, TileKey(level, number), row.Blob(0), row.Blob(1))
            ? row.Blob(0)
            : null,
        level,
        number).SingleOrDefault());

    /// <summary>Keeps a full tile; it may be there already.</summary>
    public void WriteTile(int level, long number, byte[] hashes)
    {
        lock (_writing)
        {
            _writer.Execute(
                "INSERT OR REPLACE INTO tiles VALUES (?1, ?2, ?3, ?4)",
                level,
                number,
                hashes,
                RowHash.Of(Tiles, TileKey(level, number), hashes));
        }
    }

    /// <summary>Keeps where the tree ends; after the tiles that are full there.</summary>
    public void WriteEdge(LogEdge edge)
    {
        lock (_writing)
        {
            _writer.Execute(
                "INSERT OR REPLACE INTO edge VALUES (1, ?1, ?2, ?3, ?4, ?5)",
                edge.Height,
                edge.Size,
                edge.Tip,
                edge.Hashes,
                RowHash.Of(Edge, EdgeKey(edge), edge.Hashes));
        }
    }

    /// <summary>Forgets everything: it is made again from the blocks.</summary>
    public void Clear()
    {
        lock (_writing)
        {
            _writer.Execute("DELETE FROM edge");
            _writer.Execute("DELETE FROM tiles");
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            _disposed = true;
            while (_readers.TryTake(out SqliteConnection? reader))
            {
                reader.Dispose();
            }

            _writer.Dispose();
        }
    }

    private T Read<T>(Func<SqliteConnection, T> query)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_readers.TryTake(out SqliteConnection? connection))
        {
            connection = NodeStore.Connect(_path, SqliteOpenMode.ReadOnly);
        }

        try
        {
            T result = query(connection);
            if (!_disposed && _readers.Count < NodeLimits.IdleReadersMax)
            {
                _readers.Add(connection);
                connection = null;
            }

            return result;
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private static LogStore OpenFile(string path)
    {
        SqliteConnection connection = NodeStore.Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            StoreSchema.Run(
                connection,
                """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                CREATE TABLE IF NOT EXISTS tiles (
                    level INTEGER NOT NULL, number INTEGER NOT NULL,
                    hashes BLOB NOT NULL, sha256 BLOB NOT NULL,
                    PRIMARY KEY (level, number)) WITHOUT ROWID, STRICT;
                CREATE TABLE IF NOT EXISTS edge (
                    only INTEGER PRIMARY KEY CHECK (only = 1),
                    height INTEGER NOT NULL, size INTEGER NOT NULL, tip BLOB NOT NULL,
                    hashes BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT;
                """);
            return new LogStore(path, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string TileKey(int level, long number) =>
        FormattableString.Invariant($"{level}/{number}");

    private static string EdgeKey(LogEdge edge) => string.Create(
        CultureInfo.InvariantCulture,
        $"{edge.Height}/{edge.Size}/{Convert.ToHexStringLower(edge.Tip)}");
}
