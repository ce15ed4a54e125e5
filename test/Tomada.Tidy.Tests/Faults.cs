using Xunit;

namespace Tomada.Tidy.Tests;

/// <summary>Tells all faults at once, so that one run is enough to mend them.</summary>
internal static class Faults
{
    public static void AssertNone(IEnumerable<string> faults)
    {
        string[] found = [.. faults];
        Assert.True(found.Length == 0, $"{found.Length} faults:\n{string.Join('\n', found)}");
    }
}
