using System.Xml.Linq;

namespace Tomada.Tidy.Tests;

/// <summary>The repository's own text, found from where the tests run.</summary>
internal static class Repository
{
    private static readonly string[] s_generated =
        ["obj", "bin", "artifacts", "node_modules", "wwwroot", "dist", ".git"];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Hand-written files below a folder, by relative path, in a fixed order.</summary>
    public static IEnumerable<string> Files(string folder, string extension) =>
        Walk(Path.Combine(Root, folder), extension)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>All C# below src and test.</summary>
    public static IEnumerable<string> Sources() =>
        [.. Files("src", ".cs"), .. Files("test", ".cs")];

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    /// <summary>Project files below a folder, by project name.</summary>
    public static SortedDictionary<string, XDocument> Projects(string folder) => new(
        Files(folder, ".csproj").ToDictionary(
            file => Path.GetFileNameWithoutExtension(file),
            file => XDocument.Load(Path.Combine(Root, file))),
        StringComparer.Ordinal);

    private static IEnumerable<string> Walk(string folder, string extension)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return Directory.EnumerateFiles(folder)
            .Where(file => file.EndsWith(extension, StringComparison.Ordinal))
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(inner => !s_generated.Contains(Path.GetFileName(inner)))
                .SelectMany(inner => Walk(inner, extension)));
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tomada.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Tomada.slnx is in no folder above.");
    }
}
