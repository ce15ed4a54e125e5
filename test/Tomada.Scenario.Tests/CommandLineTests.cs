using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>What the command line says to those who use it wrongly.</summary>
public sealed class CommandLineTests(OutsideNetwork network)
{
    private const int Usage = 2;
    private const int Configuration = 3;
    private const int Unreachable = 4;

    /// <summary>Programs that run at the same time.</summary>
    private const int AtOnce = 2;

    private static readonly string[] s_init =
    [
        "init", "--company", "br-aaa", "--name", "A", "--network", "n",
        "--code", "caju-2026-mangue",
    ];

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_wrong_command_line_is_one_line_that_names_what_is_wrong()
    {
        string data = network.NewFolder();
        string missing = Path.Combine(data, "missing");
        (int ExitCode, string Named, string[] Line)[] wrong =
        [
            (Usage, "charge", ["charge"]),
            (Usage, "--fast", ["demo", "--fast"]),
            (Usage, "C", ["demo", "--kill", "D"]),
            (Usage, "60 to 7,200", ["demo", "--factor", "5"]),
            (Usage, "abc", ["demo", "--factor", "abc"]),
            (Usage, "--data", ["node"]),
            (Usage, "--data", ["node", "--data"]),
            (Usage, "--company", ["init", "--data", missing, "--company", "Acme"]),
            (Usage, "network.code", [
                "init", "--data", missing, "--company", "br-aaa", "--name", "A",
                "--network", "n", "--code", "short"]),
            (Usage, "network.founders", [.. s_init, "--data", missing, "--founders", "0"]),
            (Usage, "multicast.group", [.. s_init, "--data", missing, "--group", "10.0.0.1"]),
            (Usage, "multicast.port", [.. s_init, "--data", missing, "--port", "70000"]),
            (Usage, "--http", [.. s_init, "--data", missing, "--http", "here"]),
            (Usage, missing, ["company", "put-evse", "--data", data, missing]),
            (Usage, "publish", ["company", "publish"]),
            (Usage, "network", ["network"]),
            (Usage, "atlantis", ["plan", "salvador", "atlantis"]),
            (Usage, "60 km", ["plan", "0,0", "recife"]),
            (Usage, "byd-dolphin", ["plan", "salvador", "recife", "--car", "tank"]),
            (Usage, "1 to 5", ["plan", "salvador", "recife", "--plans", "6"]),
            (Usage, "--price", ["plan", "salvador", "recife", "--price", "dear"]),
            (Configuration, missing, ["plan", "salvador", "recife", "--stations", missing]),
            (Configuration, missing, ["plan", "salvador", "recife", "--roads", missing]),
            (Configuration, "tomada.json", ["node", "--data", missing]),
            (Configuration, missing, ["station", "--config", missing]),
            (Configuration, missing, ["car", "--config", missing]),
            (Unreachable, "endpoints.json", ["network", "status", "--data", data]),
            (Unreachable, "endpoints.json", [
                "company", "add-device", "--data", data, "car", "one"]),
        ];
        ParallelOptions options = Options(TestContext.Current.CancellationToken);
        await Parallel.ForEachAsync(wrong, options, async (each, stop) =>
        {
            Ended ended = await OutsideProcess.RunAsync(stop, each.Line);
            string told = $"tomada {string.Join(' ', each.Line)}: {ended}";
            Assert.True(ended.ExitCode == each.ExitCode, told);
            Assert.True(ended.Output.Length == 0, told);
            Assert.True(ended.Errors.StartsWith("tomada: ", StringComparison.Ordinal), told);
            Assert.True(!ended.Errors.Contains('\n', StringComparison.Ordinal), told);
            Assert.True(ended.Errors.Contains(each.Named, StringComparison.Ordinal), told);
        });
        Assert.False(Directory.Exists(missing));
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task Every_command_explains_itself()
    {
        string[][] commands =
        [
            [], ["demo"], ["init"], ["node"], ["network"], ["network", "status"], ["company"],
            ["company", "put-location"], ["company", "add-device"], ["station"], ["car"],
            ["plan"],
        ];
        ParallelOptions options = Options(TestContext.Current.CancellationToken);
        await Parallel.ForEachAsync(commands, options, async (command, stop) =>
        {
            Ended ended = await OutsideProcess.RunAsync(stop, [.. command, "--help"]);
            Assert.True(ended.ExitCode == 0, ended.ToString());
            Assert.Contains("Usage:", ended.Output, StringComparison.Ordinal);
            Assert.Equal("", ended.Errors);
        });
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_data_directory_is_used_by_one_process_and_written_by_init_once()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        Ended second = await OutsideProcess.RunAsync(stop, "node", "--data", network.A.Data);
        Assert.Equal(Configuration, second.ExitCode);
        Assert.Contains(network.A.Data, second.Errors, StringComparison.Ordinal);
        Assert.Contains("in use by another process", second.Errors, StringComparison.Ordinal);
        string before = await File.ReadAllTextAsync(network.A.Configuration, stop);
        Ended again = await OutsideProcess.RunAsync(stop, [.. s_init, "--data", network.A.Data]);
        Assert.Equal(Configuration, again.ExitCode);
        Assert.Contains("nothing was changed", again.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(network.A.Configuration, stop));
        // The first process is where it was: the second has not taken its addresses away.
        Assert.Equal("RUNNING", (await network.A.StatusAsync(stop))["phase"]!.GetValue<string>());
    }

    private static ParallelOptions Options(CancellationToken stop) => new()
    {
        MaxDegreeOfParallelism = AtOnce,
        CancellationToken = stop,
    };
}
