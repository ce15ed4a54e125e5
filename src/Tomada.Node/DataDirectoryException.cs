namespace Tomada.Node;

/// <summary>
/// The data directory cannot be used: locked by another process, unreadable keys, a newer schema.
/// Only thrown while a node starts; the message is for the operator and names the file.
/// </summary>
public sealed class DataDirectoryException : Exception
{
    public DataDirectoryException()
    {
    }

    public DataDirectoryException(string message)
        : base(message)
    {
    }

    public DataDirectoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
