namespace Tomada.Node.Storage;

/// <summary>
/// Keeps a data directory for one process. The system lets go of it when the process ends.
/// </summary>
public sealed class DataLock : IDisposable
{
    private const string FileName = "lock";
    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    /// <summary>Takes the directory; it is created if missing.</summary>
    /// <exception cref="DataDirectoryException">Another process has it, or it cannot be
    /// written.</exception>
    public static DataLock Take(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, FileName);
        try
        {
            Directory.CreateDirectory(dataDirectory);
            return new DataLock(
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new DataDirectoryException(
                $"{dataDirectory} cannot be written: {refused.Message}", refused);
        }
        catch (IOException taken)
        {
            throw new DataDirectoryException(
                $"{dataDirectory} is in use by another process: one node for each data directory "
                + $"({taken.Message})", taken);
        }
    }

    public void Dispose() => _file.Dispose();
}
