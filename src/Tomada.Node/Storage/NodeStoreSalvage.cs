using System.Collections.Immutable;
using Microsoft.Data.Sqlite;

namespace Tomada.Node.Storage;

/// <content>What becomes of a file that is malformed.</content>
public sealed partial class NodeStore
{
    private readonly TaskCompletionSource _malformed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was taken over from a malformed file at this start; null: it was
    /// sound.</summary>
    public Salvaged? Salvaged { get; private init; }

    /// <summary>
    /// Fails when a read finds the file malformed: the node must end, and its next start sets the
    /// file aside.
    /// </summary>
    public Task Malformed => _malformed.Task;

    /// <summary>
    /// Brings a new file into order into which rows of a malformed one were copied: blocks that are
    /// whole, with their certificates and the index of their transactions; named values that match
    /// their checksum; no votes, and the mark that they are lost.
    /// </summary>
    internal static void MendSalvaged(SqliteConnection to)
    {
        foreach (long height in to.Select("SELECT height FROM blocks", row => row.GetInt64(0)))
        {
            StoredBlock? sound = to.Select(
                """
                SELECT b.height, b.first_index, b.bytes, b.sha256, c.bytes, c.sha256
                FROM blocks b JOIN certificates c USING (height) WHERE b.height = ?1
                """,
                SoundBlock,
                height).SingleOrDefault();
            if (sound is not null)
            {
                WriteIndex(to, sound);
            }
            else
            {
                to.Execute("DELETE FROM blocks WHERE height = ?1", height);
            }
        }

        to.Execute("DELETE FROM certificates WHERE height NOT IN (SELECT height FROM blocks)");
        foreach ((string key, bool isSound) in to.Select(
            "SELECT key, bytes, sha256 FROM meta",
            row => (row.GetString(0), RowHash.Matches(
                Meta, row.GetString(0), row.Blob(1), row.Blob(2)))))
        {
            if (!isSound)
            {
                to.Execute("DELETE FROM meta WHERE key = ?1", key);
            }
        }

        byte[] mark = [1];
        to.Execute(
            "INSERT OR REPLACE INTO meta VALUES (?1, ?2, ?3)",
            Salvage.VotesLostKey,
            mark,
            RowHash.Of(Meta, Salvage.VotesLostKey, mark));
    }

    /// <summary>Takes the mark of lost votes away, once their key is remembered as lost.</summary>
    internal static void RemoveVotesLost(SqliteConnection connection) => connection.Execute(
        "DELETE FROM meta WHERE key = ?1", Salvage.VotesLostKey);

    private static StoredBlock? SoundBlock(SqliteDataReader row)
    {
        StoredBlock block = new(row.GetInt64(0), row.GetInt64(1), row.Blob(2));
        return RowHash.Matches(
            Blocks, BlockKey(block.Height, block.FirstIndex), block.Bytes, row.Blob(3))
            && RowHash.Matches(Certificates, Key(block.Height), row.Blob(4), row.Blob(5))
                ? block
                : null;
    }

    /// <summary>Opens the file; what is malformed is set aside, and the rest of it taken
    /// over.</summary>
    private static SqliteConnection OpenSound(
        string dataDirectory,
        ImmutableArray<StoreExtension> extensions,
        out Salvaged? salvaged)
    {
        Salvage.Finish(dataDirectory);
        string path = Path.Combine(dataDirectory, FileName);
        string mark = Path.Combine(dataDirectory, Salvage.MarkName);
        bool isUnclean = File.Exists(path + "-wal") || File.Exists(mark);
        salvaged = null;
        if (TryOpen(path, extensions, isUnclean, out SqliteConnection? writer) is { } why)
        {
            salvaged = Salvage.Run(dataDirectory, extensions, why);
            if (TryOpen(path, extensions, false, out writer) is { } still)
            {
                throw new DataDirectoryException(
                    $"{path} is malformed as soon as it is written: {still}. Replace the disk.");
            }
        }

        File.Delete(mark);
        return writer!;
    }

    /// <summary>Why the file is malformed; null when it is open.</summary>
    private static string? TryOpen(
        string path,
        ImmutableArray<StoreExtension> extensions,
        bool isUnclean,
        out SqliteConnection? writer)
    {
        SqliteConnection connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        string? why;
        try
        {
            // FULL syncs the log at each write: what was answered survives a power cut.
            StoreSchema.Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            why = Salvage.WhyMalformed(connection, path, isUnclean);
            if (why is null)
            {
                StoreSchema.Migrate(connection, extensions);
                writer = connection;
                return null;
            }
        }
        catch (SqliteException refused) when (Salvage.IsMalformed(refused))
        {
            why = refused.Message;
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        connection.Dispose();
        writer = null;
        return why;
    }

    /// <summary>Remembers that the file is malformed, and asks for the end of the node.</summary>
    private string NoteMalformed(SqliteException found)
    {
        string why = $"{_path} is malformed ({found.Message}). Start the node again: it sets the "
            + "file aside, takes over what can be read, and has the rest sent by its peers.";
        try
        {
            File.WriteAllText(
                Path.Combine(Path.GetDirectoryName(_path)!, Salvage.MarkName),
                found.Message);
        }
        catch (IOException)
        {
            // A killed process leaves its log, and the next start checks the file because of that.
        }

        _malformed.TrySetException(new StoreFailedException(why, found));
        return why;
    }
}
