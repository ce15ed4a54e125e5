namespace Tomada.Node.Configuration;

/// <summary>
/// Writes small files so that a reader, or a power cut, sees the old content or the new.
/// </summary>
public static class SafeFile
{
    /// <summary>
    /// Readable and writable by the owner alone; the same on every file that holds a secret.
    /// </summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes beside the file, syncs, renames over it.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string beside = path + ".new";
        File.Delete(beside);
        using (FileStream file = new(beside, Options(FileMode.CreateNew)))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        FileStreamOptions options =
            new() { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }
}
