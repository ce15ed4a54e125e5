namespace Tomada.Spec.Tests;

/// <summary>Every vector file as this code makes it.</summary>
internal static class AllVectors
{
    public static IReadOnlyList<VectorFile> Files { get; } = Make();

    /// <summary>Whether files and generated text are written instead of compared.</summary>
    public static bool IsRewrite => Environment.GetEnvironmentVariable("REWRITE") == "1";

    /// <summary>The folder spec, found from where the tests run.</summary>
    public static string Folder { get; } = FindFolder();

    public static string PathOf(VectorFile file) =>
        Path.Combine(Folder, "vectors", $"{file.Name}.json");

    private static IReadOnlyList<VectorFile> Make()
    {
        Chain chain = new();
        return
        [
            RecordVectors.Basics(),
            RecordVectors.Membership(),
            RecordVectors.Station(),
            TransactionVectors.Transactions(),
            TransactionVectors.Log(),
            ChainVectors.Blocks(chain),
            ChainVectors.Votes(chain),
            ChainVectors.Notes(chain),
            StateVectors.File(chain),
            PeerVectors.File(chain),

            // Last: by now every key has been used.
            RecordVectors.Keys(),
        ];
    }

    private static string FindFolder()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tomada.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(
            folder ?? throw new InvalidOperationException("Tomada.slnx is in no folder above."),
            "spec");
    }
}
