using System.Globalization;

namespace Tomada.Devices;

/// <summary>Counts a device's starts in a file: a message of an earlier start is stale.</summary>
public static class BootCounter
{
    private const string FileName = "boot";

    /// <summary>One more than at the last start; from 1. It is on disk when this returns.</summary>
    public static long Next(string folder) => Next(folder, 0);

    /// <summary>One more than at the last start, and more than another number.</summary>
    /// <param name="folder">The device's own.</param>
    /// <param name="heard">What the company has heard of the device before it was reset.</param>
    public static long Next(string folder, long heard)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        long last = File.Exists(path)
            && long.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out long read)
            ? read
            : 0;
        long next = Math.Max(last, heard) + 1;
        DurableFile.Write(path, next.ToString(CultureInfo.InvariantCulture));
        return next;
    }
}

/// <summary>Small files that are whole or absent.</summary>
internal static class DurableFile
{
    /// <summary>Writes beside the file, syncs, and renames over it.</summary>
    public static void Write(string path, string text)
    {
        string beside = path + ".new";
        using (FileStream file = new(beside, FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
