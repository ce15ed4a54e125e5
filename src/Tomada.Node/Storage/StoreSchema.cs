using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tomada.Node.Storage;

/// <summary>The tables of the store and how older ones are brought forward.</summary>
internal static class StoreSchema
{
    public const string Core = "core";

    private static readonly StoreExtension s_core = new(Core, [
        """
        CREATE TABLE meta (
            key TEXT PRIMARY KEY, bytes BLOB NOT NULL, sha256 BLOB NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE votes (
            height INTEGER NOT NULL, kind INTEGER NOT NULL, ballot INTEGER NOT NULL,
            bytes BLOB NOT NULL, sha256 BLOB NOT NULL,
            PRIMARY KEY (height, kind, ballot)) WITHOUT ROWID, STRICT;
        CREATE TABLE blocks (
            height INTEGER PRIMARY KEY, first_index INTEGER NOT NULL UNIQUE,
            bytes BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT;
        CREATE TABLE certificates (
            height INTEGER PRIMARY KEY, bytes BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT;
        CREATE TABLE transactions (
            id BLOB PRIMARY KEY, height INTEGER NOT NULL, log_index INTEGER NOT NULL,
            sha256 BLOB NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE pending (
            arrival INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE,
            bytes BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT;
        """,
        """
        CREATE TABLE damaged (
            height INTEGER PRIMARY KEY, block BLOB, block_sha256 BLOB,
            certificate BLOB, certificate_sha256 BLOB) STRICT;
        CREATE TABLE governance (
            root BLOB PRIMARY KEY, bytes BLOB NOT NULL, sha256 BLOB NOT NULL) WITHOUT ROWID, STRICT;
        """,
    ]);

    /// <summary>Brings every part's tables to this program's version.</summary>
    /// <exception cref="DataDirectoryException">A newer program wrote the store.</exception>
    public static void Migrate(SqliteConnection writer, ImmutableArray<StoreExtension> extensions)
    {
        Run(
            writer,
            "CREATE TABLE IF NOT EXISTS parts "
            + "(name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT");
        foreach (StoreExtension part in extensions.Prepend(s_core))
        {
            int version = VersionOf(writer, part.Name);
            if (version > part.Migrations.Length)
            {
                throw new DataDirectoryException(
                    $"The store's part '{part.Name}' has version {version}; this program knows "
                    + $"{part.Migrations.Length}. Use the newer program that wrote it.");
            }

            for (int next = version; next < part.Migrations.Length; next++)
            {
                Apply(writer, part, next);
            }
        }
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is a constant of this program, never input.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static void Apply(SqliteConnection writer, StoreExtension part, int next)
    {
        using SqliteTransaction transaction = writer.BeginTransaction();
        Run(writer, part.Migrations[next]);
        using SqliteCommand remember = writer.CreateCommand();
        remember.CommandText =
            "INSERT INTO parts VALUES ($name, $version) "
            + "ON CONFLICT (name) DO UPDATE SET version = $version";
        remember.Parameters.AddWithValue("$name", part.Name);
        remember.Parameters.AddWithValue("$version", next + 1);
        remember.ExecuteNonQuery();
        transaction.Commit();
    }

    private static int VersionOf(SqliteConnection writer, string part)
    {
        using SqliteCommand command = writer.CreateCommand();
        command.CommandText = "SELECT version FROM parts WHERE name = $name";
        command.Parameters.AddWithValue("$name", part);
        return Convert.ToInt32(command.ExecuteScalar() ?? 0, CultureInfo.InvariantCulture);
    }
}
