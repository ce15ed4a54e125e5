using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>The measuring command works; what it measures is nothing for a test to judge.</summary>
public sealed class BenchTests(OutsideNetwork network)
{
    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_bench_of_one_company_measures_and_writes_json()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        string folder = network.NewFolder();
        string file = Path.Combine(folder, "bench.json");
        await using OutsideProcess bench = OutsideProcess.Start(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "tomada.dll"), "bench", "consensus",
                "--n", "1", "--seconds", "1", "--warmup", "1", "--clients", "4", "--rates", "20",
                "--json", file,
            ],
            ("TMPDIR", folder));
        Ended ended = await bench.EndAsync(stop);
        Assert.True(ended.ExitCode == 0, ended.ToString());

        JsonNode json = JsonNode.Parse(await File.ReadAllTextAsync(file, stop))!;
        Assert.Equal("bench consensus", json["command"]!.GetValue<string>());
        Assert.True(json["passed"]!.GetValue<bool>());
        JsonNode[] results = [.. json["results"]!.AsArray().Select(each => each!)];
        foreach (string what in new[] { "n1-4-clients-rate", "n1-20-per-second-rate" })
        {
            JsonNode rate = Assert.Single(
                results,
                each => each["id"]!.GetValue<string>().EndsWith(what, StringComparison.Ordinal));
            Assert.True(rate["measured"]!.GetValue<double>() > 0, rate.ToJsonString());
        }

        // Nothing is left of the processes and their data.
        Assert.Equal(["bench.json"], Directory.EnumerateFileSystemEntries(folder)
            .Select(Path.GetFileName)
            .Where(each => !each!.StartsWith("clr-", StringComparison.Ordinal)));
    }
}
