using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Tomada.Node.States;
using Tomada.Primitives;

namespace Tomada.Node.Storage;

/// <summary>
/// Everything a node keeps: one SQLite file with a write-ahead log, synced at every write. One
/// connection writes, under a lock; readers have their own connections and see whole writes only.
/// Every row carries a checksum that is compared when it is read.
/// </summary>
public sealed partial class NodeStore : IDisposable
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "node.db";

    // Result codes of SQLite that say what was asked is wrong (sqlite.org/rescode.html).
    private const int SqliteError = 1;
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;
    private const int SqliteMisuse = 21;
    private const int SqliteRange = 25;

    private readonly Lock _writing = new();
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly ConcurrentQueue<long> _suspects = [];
    private readonly string _path;
    private readonly DataLock _lock;
    private readonly SqliteConnection _writer;
    private string? _failure;
    private bool _disposed;

    private NodeStore(
        string path,
        DataLock directory,
        SqliteConnection writer,
        SnapshotStore snapshots,
        StateHistory states,
        LogStore log)
    {
        Snapshots = snapshots;
        States = states;
        Log = log;
        _path = path;
        _lock = directory;
        _writer = writer;
        TipHeight = ReadTip();
    }

    /// <summary>Snapshots of the state, beside the chain.</summary>
    public SnapshotStore Snapshots { get; }

    /// <summary>The states of past heights, beside the chain.</summary>
    public StateHistory States { get; }

    /// <summary>Hashes of the public log's tree, beside the chain.</summary>
    public LogStore Log { get; }

    /// <summary>Height of the newest stored block; 0 when there is none.</summary>
    public long TipHeight { get; private set; }

    /// <summary>Takes the data directory and opens its store, creating what is missing.</summary>
    /// <param name="dataDirectory">The node's directory.</param>
    /// <param name="extensions">Tables of other parts of the node.</param>
    /// <exception cref="DataDirectoryException">It is in use, newer than this program, or so
    /// damaged that nothing could be taken over (see <see cref="Salvage"/>).</exception>
    public static NodeStore Open(
        string dataDirectory, params ImmutableArray<StoreExtension> extensions)
    {
        DataLock directory = DataLock.Take(dataDirectory);
        SqliteConnection? writer = null;
        try
        {
            string path = Path.Combine(dataDirectory, FileName);
            writer = OpenSound(
                dataDirectory,
                [EvidenceStore.Extension, HeadStore.Extension, .. extensions],
                out Salvaged? salvaged);
            return new NodeStore(
                path,
                directory,
                writer,
                SnapshotStore.Open(dataDirectory),
                StateHistory.Open(dataDirectory),
                LogStore.Open(dataDirectory))
            { Salvaged = salvaged };
        }
        catch (SqliteException damaged)
        {
            writer?.Dispose();
            directory.Dispose();
            throw new DataDirectoryException(
                $"{Path.Combine(dataDirectory, FileName)} cannot be opened: {damaged.Message}",
                damaged);
        }
        catch
        {
            writer?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Writes the batch; it is on disk when this returns.</summary>
    /// <exception cref="StoreFailedException">It did not get there; the node must stop.</exception>
    public void Write(StoreBatch batch)
    {
        if (!batch.IsEmpty)
        {
            Write(connection =>
            {
                WriteBatch(connection, batch);
                return true;
            });
            // Only now: a write that was undone must not have moved the tip.
            TipHeight += batch.Blocks.Length;
        }
    }

    /// <summary>
    /// Runs statements of another part of the node as one write, on disk when this returns.
    /// </summary>
    /// <param name="work">Uses the connection only while it runs; what it throws undoes the
    /// write.</param>
    /// <exception cref="StoreFailedException">The write did not get there; the node must
    /// stop.</exception>
    public T Write<T>(Func<SqliteConnection, T> work)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_failure is not null)
            {
                throw new StoreFailedException(
                    $"The store failed before and is not written again: {_failure}");
            }

            try
            {
                return WriteWhole(work);
            }
            catch (SqliteException defect) when (IsDefect(defect))
            {
                // The disk did what it was told; the write was undone. What told it is wrong.
                throw new InvariantBrokenException(
                    $"what is written keeps the store's constraints ({defect.Message})", defect);
            }
            catch (SqliteException failed)
            {
                // After a failed sync the pages may be lost though a second sync would succeed.
                _failure = failed.Message;
                if (Salvage.IsMalformed(failed))
                {
                    throw new StoreFailedException(NoteMalformed(failed), failed);
                }

                throw new StoreFailedException(
                    $"{_path} cannot be written: {failed.Message}", failed);
            }
        }
    }

    /// <summary>All of the work or nothing of it.</summary>
    private T WriteWhole<T>(Func<SqliteConnection, T> work)
    {
        _writer.Execute("BEGIN IMMEDIATE");
        try
        {
            T result = work(_writer);
            _writer.Execute("COMMIT");
            return result;
        }
        catch
        {
            UndoWrite();
            throw;
        }
    }

    private void UndoWrite()
    {
        try
        {
            _writer.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // The engine has undone it by itself already, as it does when the disk fails.
        }
    }

    /// <summary>
    /// Runs a query on a connection of its own; from any thread, beside the writer.
    /// </summary>
    public T Read<T>(Func<SqliteConnection, T> query)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_readers.TryTake(out SqliteConnection? connection))
        {
            connection = Connect(_path, SqliteOpenMode.ReadOnly);
        }

        T result;
        try
        {
            result = query(connection);
        }
        catch (SqliteException found) when (Salvage.IsMalformed(found))
        {
            connection.Dispose();
            throw new StoreCorruptException(NoteMalformed(found), found);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        if (_disposed || _readers.Count >= NodeLimits.IdleReadersMax)
        {
            connection.Dispose();
        }
        else
        {
            _readers.Add(connection);
        }

        return result;
    }

    public void Dispose()
    {
        lock (_writing)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            while (_readers.TryTake(out SqliteConnection? reader))
            {
                reader.Dispose();
            }

            States.Dispose();
            Snapshots.Dispose();
            Log.Dispose();
            _writer.Dispose();
            _lock.Dispose();
        }
    }

    /// <summary>
    /// Whether the engine refused the statement itself: a constraint, a type, or SQL that it does
    /// not understand. Everything else is the disk, or the file on it.
    /// </summary>
    private static bool IsDefect(SqliteException refused) => refused.SqliteErrorCode
        is SqliteError or SqliteConstraint or SqliteMismatch or SqliteMisuse or SqliteRange;

    internal static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        // No pool: a pooled connection would keep the file open after the store is closed.
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
        }.ToString());
        connection.Open();
        return connection;
    }

    private long ReadTip() =>
        // A tip that was damaged and set aside was decided all the same: nothing is voted on there.
        _writer.Select(
            "SELECT max(coalesce((SELECT max(height) FROM blocks), 0), "
            + "coalesce((SELECT max(height) FROM damaged), 0))",
            row => row.GetInt64(0))[0];

    private void WriteBatch(SqliteConnection connection, StoreBatch batch)
    {
        foreach (VoteRecord vote in batch.Votes)
        {
            WriteVote(connection, vote);
        }

        if (batch.PruneVotesBelow is { } height)
        {
            connection.Execute("DELETE FROM votes WHERE height < ?1", height);
        }

        long expected = TipHeight;
        foreach (AppendedBlock block in batch.Blocks)
        {
            Invariant.Require(
                block.Height == ++expected, $"block {block.Height} follows the stored tip");
            WriteBlock(connection, block);
        }

        foreach (PendingTransaction pending in batch.PendingAdded)
        {
            connection.Execute(
                "INSERT INTO pending (id, bytes, sha256) VALUES (?1, ?2, ?3) "
                + "ON CONFLICT (id) DO NOTHING",
                Bytes(pending.Id), pending.Bytes, RowHash.Of(
                    Pending, pending.Id.ToString(), pending.Bytes));
        }

        foreach (TransactionId removed in batch.PendingRemoved)
        {
            connection.Execute("DELETE FROM pending WHERE id = ?1", Bytes(removed));
        }

        batch.Also?.Invoke(connection);
        foreach (MetaRecord meta in batch.Meta)
        {
            connection.Execute(
                "INSERT OR REPLACE INTO meta VALUES (?1, ?2, ?3)",
                meta.Key, meta.Bytes, RowHash.Of(Meta, meta.Key, meta.Bytes));
        }
    }

    /// <summary>
    /// A vote is written once. Another one under its key would let this node contradict itself
    /// (C1, C2), so the node stops and keeps the first.
    /// </summary>
    private static void WriteVote(SqliteConnection connection, VoteRecord vote)
    {
        int added = connection.Execute(
            "INSERT INTO votes VALUES (?1, ?2, ?3, ?4, ?5) "
            + "ON CONFLICT (height, kind, ballot) DO NOTHING",
            vote.Height, vote.Kind, vote.Ballot, vote.Bytes, RowHash.Of(
                Votes, Key(vote), vote.Bytes));
        if (added == 0)
        {
            byte[] first = connection.Select(
                "SELECT bytes FROM votes WHERE height = ?1 AND kind = ?2 AND ballot = ?3",
                row => row.Blob(0), vote.Height, vote.Kind, vote.Ballot)[0];
            Invariant.Require(
                first.AsSpan().SequenceEqual(vote.Bytes),
                $"vote {Key(vote)} says the same as when it was written first");
        }
    }

    private static void WriteBlock(SqliteConnection connection, AppendedBlock block)
    {
        string key = Key(block.Height);
        connection.Execute(
            "INSERT INTO blocks VALUES (?1, ?2, ?3, ?4)",
            block.Height, block.FirstIndex, block.Block, RowHash.Of(
                Blocks, BlockKey(block), block.Block));
        connection.Execute(
            "INSERT INTO certificates VALUES (?1, ?2, ?3)",
            block.Height, block.Certificate, RowHash.Of(Certificates, key, block.Certificate));
        foreach (IndexedTransaction each in block.Transactions)
        {
            string place = PlaceKey(each.Id, block.Height, each.Index);
            connection.Execute(
                "INSERT INTO transactions VALUES (?1, ?2, ?3, ?4)",
                Bytes(each.Id), block.Height, each.Index, RowHash.Of(Transactions, place, []));
        }
    }
}
