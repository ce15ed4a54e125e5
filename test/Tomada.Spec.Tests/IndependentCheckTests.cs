using System.Diagnostics;
using Xunit;

namespace Tomada.Spec.Tests;

/// <summary>
/// A second implementation reads the vectors: spec/verify-vectors.mjs, without any of this code.
/// </summary>
public class IndependentCheckTests
{
    [Fact]
    public async Task A_program_in_another_language_derives_every_vector()
    {
        ProcessStartInfo start = new("node")
        {
            ArgumentList = { Path.Combine(AllVectors.Folder, "verify-vectors.mjs") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("Node.js is not on this machine: the independent check did not run.");
        }

        using (process)
        {
            CancellationToken stop = TestContext.Current.CancellationToken;
            Task<string> errors = process!.StandardError.ReadToEndAsync(stop);
            string output = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            Assert.True(process.ExitCode == 0, await errors);
            int count = AllVectors.Files.Sum(each => each.Count);
            Assert.Equal($"{count} vectors verified", output.Trim());
        }
    }
}
