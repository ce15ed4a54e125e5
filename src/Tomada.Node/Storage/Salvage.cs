using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Tomada.Node.Peers;

namespace Tomada.Node.Storage;

/// <summary>What was taken over from a store whose file is malformed.</summary>
/// <param name="Why">What the engine found.</param>
/// <param name="Folder">Where the malformed file is now.</param>
/// <param name="Rows">Rows that were taken over.</param>
public sealed record Salvaged(string Why, string Folder, long Rows);

/// <summary>
/// A file whose pages contradict each other is not mended in place: every row that can still be
/// read goes into a new file, the old one is set aside, and the voting key counts as lost, because
/// nobody can tell which votes are gone. Blocks come again from the peers.
/// </summary>
internal static class Salvage
{
    /// <summary>The new file, while the old one is still in its place.</summary>
    public const string NewName = NodeStore.FileName + ".salvaged";

    /// <summary>Where malformed files go, in folders that are numbered from 1.</summary>
    public const string FolderName = "damaged";

    /// <summary>There when a running node found the file malformed: check it at the next
    /// start.</summary>
    public const string MarkName = NodeStore.FileName + ".suspect";

    /// <summary>Named value that says that votes of this node are lost.</summary>
    public const string VotesLostKey = "votes-lost";

    private const string Schema =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";

    private const string Versions =
        "SELECT name || ' ' || version FROM parts ORDER BY name";

    private static readonly string[] s_files = ["", "-wal", "-shm"];

    // Votes never count again, and the index follows from the blocks.
    private static readonly string[] s_left = ["parts", "votes", "transactions"];

    /// <summary>Ends what a crash interrupted; before the store is opened.</summary>
    public static void Finish(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, NodeStore.FileName);
        string made = Path.Combine(dataDirectory, NewName);
        if (!File.Exists(made))
        {
            return;
        }

        if (File.Exists(path))
        {
            // The old one moves last: before that the new one is not known to be whole.
            Remove(made);
        }
        else
        {
            File.Move(made, path);
        }
    }

    /// <summary>Why the file is malformed; null when the engine finds nothing.</summary>
    /// <param name="writer">Open on the file.</param>
    /// <param name="path">The file.</param>
    /// <param name="isUnclean">Whether its last process was killed, or found it malformed.</param>
    public static string? WhyMalformed(SqliteConnection writer, string path, bool isUnclean)
    {
        if (!isUnclean && new FileInfo(path).Length > NodeLimits.CheckedStoreBytesMax)
        {
            return null;
        }

        using SqliteCommand command = writer.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        return command.ExecuteScalar() is string found && found != "ok"
            ? found.ReplaceLineEndings(" ")
            : null;
    }

    /// <summary>Whether the engine says that the file itself is malformed.</summary>
    public static bool IsMalformed(SqliteException refused) =>
        refused.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB;

    /// <summary>Makes a new file of what can be read, and sets the malformed one aside.</summary>
    /// <param name="dataDirectory">Held by this process; nothing in it is open.</param>
    /// <param name="extensions">Tables of other parts of the node.</param>
    /// <param name="why">What was found.</param>
    /// <exception cref="DataDirectoryException">Not even the network's genesis can be read, or it
    /// happened too often.</exception>
    public static Salvaged Run(
        string dataDirectory, ImmutableArray<StoreExtension> extensions, string why)
    {
        string path = Path.Combine(dataDirectory, NodeStore.FileName);
        string folder = FreeFolder(dataDirectory, why);
        string made = Path.Combine(dataDirectory, NewName);
        Remove(made);
        long rows;
        using (SqliteConnection to = NodeStore.Connect(made, SqliteOpenMode.ReadWriteCreate))
        {
            // One file, without a log beside it, so that one rename puts it in its place.
            StoreSchema.Run(to, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;");
            StoreSchema.Migrate(to, extensions);
            to.Execute("BEGIN IMMEDIATE");
            rows = Copy(path, to);
            if (!HasGenesis(to))
            {
                throw new DataDirectoryException(
                    $"{path} is malformed ({why}), and the network's genesis cannot be read from "
                    + "it. Nothing was changed. Take the disk as lost: move node.db, node.db-wal "
                    + "and node.db-shm away and start the node; the chain comes from the peers and "
                    + "the voting key is replaced. A company alone has no peers: put a backup "
                    + "back.");
            }

            NodeStore.MendSalvaged(to);
            to.Execute("COMMIT");
        }

        Directory.CreateDirectory(folder);
        foreach (string part in s_files.Reverse().Where(each => File.Exists(path + each)))
        {
            File.Move(path + part, Path.Combine(folder, NodeStore.FileName + part));
        }

        File.Move(made, path);
        return new Salvaged(why, folder, rows);
    }

    private static string FreeFolder(string dataDirectory, string why)
    {
        string all = Path.Combine(dataDirectory, FolderName);
        for (int i = 1; i <= NodeLimits.SetAsideMax; i++)
        {
            string folder = Path.Combine(all, i.ToString(CultureInfo.InvariantCulture));
            if (!Directory.Exists(folder))
            {
                return folder;
            }
        }

        throw new DataDirectoryException(
            $"{Path.Combine(dataDirectory, NodeStore.FileName)} is malformed ({why}), and "
            + $"{NodeLimits.SetAsideMax} such files lie in {all} already: this disk fails. "
            + "Replace it, then remove that folder.");
    }

    private static void Remove(string path)
    {
        foreach (string part in (string[])[.. s_files, "-journal"])
        {
            File.Delete(path + part);
        }
    }

    private static long Copy(string path, SqliteConnection to)
    {
        try
        {
            using SqliteConnection from = NodeStore.Connect(path, SqliteOpenMode.ReadWrite);
            if (!from.Select(Versions, row => row.GetString(0)).SequenceEqual(
                to.Select(Versions, row => row.GetString(0))))
            {
                throw new DataDirectoryException(
                    $"{path} is malformed, and another version of the program wrote it. Start "
                    + "that one once, which takes over what can be read.");
            }

            return to.Select(Schema, row => row.GetString(0))
                .Except(s_left)
                .Sum(table => CopyTable(from, to, table));
        }
        catch (SqliteException)
        {
            // Not even its table of tables: nothing was taken over, which the genesis shows.
            return 0;
        }
    }

    /// <summary>From both ends, up to where the engine refuses to read on.</summary>
    private static long CopyTable(SqliteConnection from, SqliteConnection to, string table)
    {
        List<(string Name, long Key)> columns = to.Select(
            "SELECT name, pk FROM pragma_table_info(?1)",
            row => (row.GetString(0), row.GetInt64(1)),
            table);
        string[] keys =
            [.. columns.Where(each => each.Key > 0).OrderBy(each => each.Key).Select(Name)];
        string names = string.Join(", ", columns.Select(Name));
        string places = string.Join(", ", columns.Select((_, at) => $"?{at + 1}"));
        string insert = $"INSERT OR IGNORE INTO {table} ({names}) VALUES ({places})";
        long rows = 0;
        foreach (string order in (string[])["ASC", "DESC"])
        {
            string by = string.Join(", ", keys.Select(each => $"{each} {order}"));
            if (TryCopy(
                from, to, $"SELECT {names} FROM {table} ORDER BY {by}", insert, ref rows))
            {
                break;
            }
        }

        return rows;

        static string Name((string Name, long Key) column) => column.Name;
    }

    private static bool TryCopy(
        SqliteConnection from, SqliteConnection to, string select, string insert, ref long rows)
    {
        try
        {
            using SqliteCommand command = from.CreateCommand();
#pragma warning disable CA2100 // Names of this program's own tables.
            command.CommandText = select;
#pragma warning restore CA2100
            using SqliteDataReader reader = command.ExecuteReader();
            object[] values = new object[reader.FieldCount];
            while (reader.Read())
            {
                reader.GetValues(values);
                rows += Insert(to, insert, values);
            }

            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static int Insert(SqliteConnection to, string insert, object[] values)
    {
        try
        {
            return to.Execute(insert, values);
        }
        catch (SqliteException wrong)
            when (wrong.SqliteErrorCode is SQLitePCL.raw.SQLITE_CONSTRAINT)
        {
            // What stood in the page is no such row.
            return 0;
        }
    }

    /// <summary>Without both a company alone would found another network.</summary>
    private static bool HasGenesis(SqliteConnection to) => to.Select(
        "SELECT key, bytes, sha256 FROM meta WHERE key IN (?1, ?2)",
        row => RowHash.Matches("meta", row.GetString(0), row.Blob(1), row.Blob(2)),
        FoundingService.GenesisKey,
        FoundingService.RecordKey) is [true, true];
}
