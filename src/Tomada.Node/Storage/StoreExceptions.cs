namespace Tomada.Node.Storage;

/// <summary>
/// A write did not reach the disk. Nobody knows what the disk holds now, so nothing is retried: the
/// node stops, and the next start reads what is really there.
/// </summary>
public sealed class StoreFailedException : Exception
{
    public StoreFailedException()
    {
    }

    public StoreFailedException(string message)
        : base(message)
    {
    }

    public StoreFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A record does not match its checksum: the disk or a stranger changed it.</summary>
public sealed class StoreCorruptException : Exception
{
    public StoreCorruptException()
        : this("?", "?")
    {
    }

    public StoreCorruptException(string message)
        : base(message)
    {
        Table = Key = "?";
    }

    public StoreCorruptException(string message, Exception innerException)
        : base(message, innerException)
    {
        Table = Key = "?";
    }

    public StoreCorruptException(string table, string key)
        : base(
            $"The record {key} of table {table} does not match its checksum: the store is corrupt.")
    {
        Table = table;
        Key = key;
    }

    /// <summary>The table that holds the record.</summary>
    public string Table { get; }

    /// <summary>The record's key, as text.</summary>
    public string Key { get; }
}
