using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>A configuration with one thing wrong does not start, and says which.</summary>
public sealed class ConfigurationTests(OutsideNetwork network)
{
    private const int AtOnce = 2;

    private static readonly (string Field, string Value)[] s_wrong =
    [
        ("company", "\"Acme\""),
        ("name", "\"\""),
        ("network.name", "\"\""),
        ("network.code", "\"short\""),
        ("network.founders", "0"),
        ("network.simulated", "\"yes\""),
        ("multicast.group", "\"10.0.0.1\""),
        ("multicast.port", "0"),
        ("multicast.interface", "\"\""),
        ("peer.listen", "\"127.0.0.1\""),
        ("mqtt.mode", "\"both\""),
        ("mqtt.listen", "\"broker:1883\""),
        ("http.listen", "8080"),
        ("control.listen", "\"127.0.0.1:70000\""),
    ];

    [Fact(Timeout = Waiting.TestMs)]
    public async Task Each_wrong_field_is_named_with_what_is_allowed()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using Company company = new("br-zzz", network.NewFolder());
        await company.InitAsync(stop, network.InitOptions(founders: 1));
        string right = await File.ReadAllTextAsync(company.Configuration, stop);
        await Parallel.ForEachAsync(
            s_wrong,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop },
            async (each, token) =>
            {
                string copy = network.NewFolder();
                await File.WriteAllTextAsync(
                    Path.Combine(copy, "tomada.json"), With(right, each.Field, each.Value), token);
                await RefusedAsync(copy, each.Field, token);
            });
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task What_is_missing_unknown_twice_or_no_JSON_is_refused_by_name()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using Company company = new("br-zzz", network.NewFolder());
        await company.InitAsync(stop, network.InitOptions(founders: 1));
        string right = await File.ReadAllTextAsync(company.Configuration, stop);
        JsonNode without = JsonNode.Parse(right)!;
        without.AsObject().Remove("http");
        (string Named, string Text)[] wrong =
        [
            ("http", without.ToJsonString()),
            ("speed", With(right, "speed", "1")),
            ("company", "{\"company\": \"br-aaa\"," + right.TrimStart()[1..]),
            ("codeHash", With(right, "network.codeHash", $"\"{new string('a', 64)}\"")),
            ("JSON", right[..^5]),
            ("JSON", ""),
        ];
        foreach ((string named, string text) in wrong)
        {
            await File.WriteAllTextAsync(company.Configuration, text, stop);
            await RefusedAsync(company.Data, named, stop);
        }

        await File.WriteAllTextAsync(company.Configuration, right, stop);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                Path.Combine(company.Data, "keys", "identity.seed"),
                UnixFileMode.UserRead | UnixFileMode.OtherRead);
            await RefusedAsync(company.Data, "identity.seed", stop);
        }
    }

    private static async Task RefusedAsync(string data, string named, CancellationToken stop)
    {
        Ended ended = await OutsideProcess.RunAsync(stop, "node", "--data", data);
        Assert.True(ended.ExitCode == 3, $"{named}: {ended}");
        Assert.True(
            ended.Errors.StartsWith("tomada: ", StringComparison.Ordinal), $"{named}: {ended}");
        Assert.True(!ended.Errors.Contains('\n', StringComparison.Ordinal), $"{named}: {ended}");
        Assert.Contains(named, ended.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(data, "node.db")));
    }

    /// <summary>The same configuration with another value of a field, given as a path.</summary>
    private static string With(string configuration, string field, string value)
    {
        JsonNode root = JsonNode.Parse(configuration)!;
        string[] path = field.Split('.');
        JsonNode at = path[..^1].Aggregate(root, (node, name) => node[name]!);
        at[path[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
