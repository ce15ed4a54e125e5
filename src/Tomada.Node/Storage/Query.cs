using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Tomada.Node.Storage;

/// <summary>
/// Short forms for statements with positional parameters: ?1, ?2 and so on. Each text is compiled
/// once for a connection and kept with it, because compiling costs more than most statements do.
/// Transactions are begun and ended by statements too: a kept statement would refuse to run in
/// another <see cref="SqliteTransaction"/> than its first.
/// </summary>
public static class Query
{
    /// <summary>Statements kept for one connection; more are compiled at each use.</summary>
    private const int KeptStatementsMax = 128;

    private static readonly
        ConditionalWeakTable<SqliteConnection, Dictionary<string, SqliteCommand>> s_kept = [];

    /// <summary>Runs a statement; returns the rows it changed.</summary>
    public static int Execute(
        this SqliteConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        SqliteCommand command = Take(connection, sql, values);
        int changed = command.ExecuteNonQuery();
        Keep(connection, command);
        return changed;
    }

    /// <summary>Runs a query and reads every row.</summary>
    public static List<T> Select<T>(
        this SqliteConnection connection,
        string sql,
        Func<SqliteDataReader, T> read,
        params ReadOnlySpan<object> values)
    {
        SqliteCommand command = Take(connection, sql, values);
        List<T> rows = [];
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add(read(reader));
            }
        }

        Keep(connection, command);
        return rows;
    }

    /// <summary>A column that holds bytes.</summary>
    public static byte[] Blob(this SqliteDataReader reader, int column) =>
        reader.GetFieldValue<byte[]>(column);

    /// <summary>
    /// The statement leaves the kept ones while it is used: a query inside another finds its own.
    /// </summary>
    private static SqliteCommand Take(
        SqliteConnection connection, string sql, ReadOnlySpan<object> values)
    {
        if (s_kept.GetOrCreateValue(connection).Remove(sql, out SqliteCommand? command))
        {
            for (int i = 0; i < values.Length; i++)
            {
                command.Parameters[i].Value = values[i];
            }

            return command;
        }

        command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements are constants of this program; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue(FormattableString.Invariant($"?{i + 1}"), values[i]);
        }

        return command;
    }

    private static void Keep(SqliteConnection connection, SqliteCommand command)
    {
        Dictionary<string, SqliteCommand> kept = s_kept.GetOrCreateValue(connection);
        if (kept.Count >= KeptStatementsMax || !kept.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }
}
