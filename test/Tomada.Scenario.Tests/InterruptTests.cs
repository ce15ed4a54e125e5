using System.Diagnostics;
using System.Security.Cryptography;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>Ctrl-C ends what runs, and all that it started.</summary>
public sealed class InterruptTests(OutsideNetwork network)
{
    private const int Interrupted = 130;
    private const int StepsMax = 8;

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_node_ends_at_Ctrl_C_and_takes_its_addresses_back()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using Company company = new("br-zzz", network.NewFolder());
        await company.InitAsync(stop, network.InitOptions(founders: 1));
        company.Start();
        await company.RunningAsync(stop);
        company.Node.PressControlC();
        Ended ended = await company.Node.EndAsync(stop);
        Assert.True(ended.ExitCode is 0 or Interrupted, ended.ToString());
        Assert.Equal("", ended.Errors);
        Assert.Null(company.Endpoints);

        // It comes back with what it had.
        company.Start();
        await company.RunningAsync(stop);
        Assert.Equal("RUNNING", (await company.StatusAsync(stop))["phase"]!.GetValue<string>());
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_demo_ends_at_Ctrl_C_with_every_process_and_file_of_its_own()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        string temporary = network.NewFolder();
        int steps = RandomNumberGenerator.GetInt32(1, StepsMax + 1);
        await using OutsideProcess demo = OutsideProcess.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "tomada.dll"), "demo", "--once"],
            ("TMPDIR", temporary));
        try
        {
            for (int i = 0; i < steps; i++)
            {
                await demo.Lines.ReadAsync(stop);
            }

            demo.PressControlC();
            Ended ended = await demo.EndAsync(stop);
            Assert.True(ended.ExitCode == Interrupted, $"after {steps} lines: {ended}");
            Assert.Empty(StartedIn(temporary));
            Assert.Empty(Directory.EnumerateDirectories(temporary, "tomada-*"));
        }
        finally
        {
            foreach (int left in StartedIn(temporary))
            {
                using Process process = Process.GetProcessById(left);
                process.Kill();
            }
        }
    }

    /// <summary>Processes whose command line names a file of this folder.</summary>
    private static List<int> StartedIn(string folder)
    {
        List<int> found = [];
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), out int id)
                && CommandLine(process).Contains(folder, StringComparison.Ordinal))
            {
                found.Add(id);
            }
        }

        return found;
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
