namespace Tomada.Fuzz.Tests;

/// <summary>
/// The kept corpus: for each group a file with a decoder's name and an input in hexadecimal a line,
/// each of which takes branches that the ones before it do not.
/// </summary>
internal static class Kept
{
    /// <summary>Most inputs that are kept for one decoder.</summary>
    private const int InputsMax = 8;

    /// <summary>Longest input in bytes that is kept.</summary>
    private const int BytesMax = 300;

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>TOMADA_FUZZ_KEEP=1 writes what was found new, to be read as a diff.</summary>
    public static bool IsKeeping => Environment.GetEnvironmentVariable("TOMADA_FUZZ_KEEP") == "1";

    public static IEnumerable<byte[]> Read(Target target) => File.Exists(PathOf(target.Group))
        ? from line in File.ReadLines(PathOf(target.Group))
          let parts = line.Split(' ')
          where parts[0] == target.Name
          select Convert.FromHexString(parts[1])
        : [];

    public static void Write(string group, IEnumerable<(string Name, IEnumerable<byte[]>)> kept)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(group))!);
        string[] lines =
        [
            .. from target in kept
               from hex in target.Item2.Where(each => each.Length is > 0 and <= BytesMax)
                   .Select(Convert.ToHexStringLower).Distinct().Take(InputsMax)
               select $"{target.Name} {hex}",
        ];
        File.WriteAllLines(PathOf(group), lines);
    }

    private static string PathOf(string group) => Path.Combine(
        Root, "test", "Tomada.Fuzz.Tests", "corpus", $"{group.Replace(' ', '-')}.txt");

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
