namespace Tomada.Import.Tests;

/// <summary>Real data beside the project; a test is skipped where it is missing.</summary>
internal static class SharedData
{
    public static string Path(params string[] parts)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "Tomada.slnx")))
        {
            folder = System.IO.Path.GetDirectoryName(folder);
        }

        string path = System.IO.Path.Combine([folder ?? ".", "..", "shared", "data", .. parts]);
        string name = string.Join('/', parts);
        Assert.SkipUnless(File.Exists(path), $"needs ../shared/data/{name} beside the project");
        return path;
    }
}
