namespace Tomada.Node.Tests;

/// <summary>A directory of its own that goes away with the test.</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tomada-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
