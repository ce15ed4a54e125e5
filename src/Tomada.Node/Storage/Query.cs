using Microsoft.Data.Sqlite;

namespace Tomada.Node.Storage;

/// <summary>Short forms for statements with positional parameters: ?1, ?2 and so on.</summary>
public static class Query
{
    /// <summary>Runs a statement; returns the rows it changed.</summary>
    public static int Execute(
        this SqliteConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        using SqliteCommand command = Command(connection, sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a query and reads every row.</summary>
    public static List<T> Select<T>(
        this SqliteConnection connection,
        string sql,
        Func<SqliteDataReader, T> read,
        params ReadOnlySpan<object> values)
    {
        using SqliteCommand command = Command(connection, sql, values);
        using SqliteDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>A column that holds bytes.</summary>
    public static byte[] Blob(this SqliteDataReader reader, int column) =>
        reader.GetFieldValue<byte[]>(column);

    private static SqliteCommand Command(
        SqliteConnection connection, string sql, ReadOnlySpan<object> values)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements are constants of this program; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue(FormattableString.Invariant($"?{i + 1}"), values[i]);
        }

        return command;
    }
}
