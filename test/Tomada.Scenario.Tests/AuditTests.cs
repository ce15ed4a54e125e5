using System.Net;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>
/// What a stranger does with a network: copies its log over HTTP, and checks it with the command
/// line alone.
/// </summary>
public sealed class AuditTests(OutsideNetwork network)
{
    private const int Passed = 0;
    private const int Usage = 2;
    private const int NoFolder = 3;
    private const int Unreachable = 4;
    private const int NotOneLog = 10;
    private const int NotDecodable = 11;
    private const int NotThere = 12;
    private const int AnotherNetwork = 13;
    private const int NotCosigned = 17;
    private const int NotIncluded = 19;

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_stranger_copies_the_log_of_two_nodes_and_finds_one_whole_log()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        await network.OneRootAsync(stop);
        string a = await MirrorAsync(network.A, stop);
        string b = await MirrorAsync(network.B, stop);

        await EndsAsync(Passed, stop, "fsck", a);
        await EndsAsync(Passed, stop, "replay", a);
        await EndsAsync(Passed, stop, "compare", a, b);
        await EndsAsync(Passed, stop, "mirror", Url(network.A), "--out", a);

        string bundle = Directory.GetFiles(
            Path.Combine(a, "tile", "entries"), "*", SearchOption.AllDirectories).First();
        byte[] bytes = await File.ReadAllBytesAsync(bundle, stop);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes, stop);
        await EndsAsync(NotOneLog, stop, "fsck", a, "--json", a + ".json");
        await EndsAsync(
            AnotherNetwork, stop, "fsck", b, "--network", new string('1', 64));
        string certificate = Directory.GetFiles(Path.Combine(b, "certificate"))[0];
        await File.WriteAllBytesAsync(certificate, [1, 2, 3], stop);
        await EndsAsync(NotDecodable, stop, "fsck", b);
        File.Delete(certificate);
        await EndsAsync(NotThere, stop, "replay", b);
        JsonNode found = JsonNode.Parse(await File.ReadAllTextAsync(a + ".json", stop))!;
        Assert.False(found["passed"]!.GetValue<bool>());
        Assert.NotEmpty(found["findings"]!.AsArray());
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_receipt_is_checked_with_the_policy_and_explained_in_two_languages()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        string folder = network.NewFolder();
        string id = (await network.A.ListAsync("/v1/transactions", stop))[0]["id"]!
            .GetValue<string>();
        string receipt = await SaveAsync($"/v1/transactions/{id}/receipt", folder, "r", stop);
        string policy = await SaveAsync("/v1/network/policy", folder, "policy", stop);
        await EndsAsync(Passed, stop, "verify-receipt", receipt, "--policy", policy);

        string mirror = await MirrorAsync(network.A, stop);
        await EndsAsync(
            Passed, stop, "verify-checkpoint", Path.Combine(mirror, "checkpoint"),
            "--policy", policy);
        Ended english = await EndsAsync(Passed, stop, "explain", id, "--mirror", mirror);
        Ended portuguese =
            await EndsAsync(Passed, stop, "explain", id, "--mirror", mirror, "--lang", "pt");
        Assert.NotEqual(english.Output, portuguese.Output);
        string story = Path.Combine(folder, "story.json");
        await EndsAsync(
            Passed, stop, "explain", id, "--mirror", mirror, "--json", story);
        JsonNode told = JsonNode.Parse(await File.ReadAllTextAsync(story, stop))!;
        Assert.Equal(id, told["transaction"]!.GetValue<string>());
        Assert.Equal(english.Output.Trim(), told["sentence"]!.GetValue<string>());
        await EndsAsync(NotThere, stop, "explain", "99999999", "--mirror", mirror);
        await EndsAsync(Usage, stop, "explain", "what", "--mirror", mirror);

        string unsigned = Path.Combine(folder, "unsigned");
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(mirror, "checkpoint"), stop);
        await File.WriteAllLinesAsync(unsigned, lines[..5], stop);
        await EndsAsync(NotCosigned, stop, "verify-checkpoint", unsigned, "--policy", policy);
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_row_of_the_state_is_checked_with_the_policy_alone()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await network.UpAsync();
        string folder = network.NewFolder();
        Answer answer = await Waiting.UntilAsync(
            "a receipt of the state",
            () => network.B.GetAsync("/v1/state?table=member&key=br-aaa&wait=10s", stop),
            seen => seen.Status == HttpStatusCode.OK && seen.Json["receipt"] is not null,
            stop);
        string file = Path.Combine(folder, "state.json");
        await File.WriteAllTextAsync(file, answer.Text, stop);
        string policy = await SaveAsync("/v1/network/policy", folder, "policy", stop);
        string[] command = ["verify-state", file, "--policy", policy, "--table", "member", "--key"];
        Ended sound = await EndsAsync(Passed, stop, [.. command, "br-aaa"]);
        Assert.Contains("Company br-aaa", sound.Output, StringComparison.Ordinal);
        await EndsAsync(NotIncluded, stop, [.. command, "br-bbb"]);

        JsonNode without = answer.Json;
        without["receipt"] = null;
        await File.WriteAllTextAsync(file, without.ToJsonString(), stop);
        await EndsAsync(NotThere, stop, [.. command, "br-aaa"]);
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task What_cannot_be_checked_ends_with_a_code_of_its_own()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        string folder = network.NewFolder();
        await EndsAsync(NoFolder, stop, "fsck", Path.Combine(folder, "nowhere"));
        await EndsAsync(Usage, stop, "fsck");
        await EndsAsync(Usage, stop, "fsck", folder, "--network", "not-an-id");
        await EndsAsync(
            Unreachable, stop, "mirror", "http://127.0.0.1:1", "--out",
            Path.Combine(folder, "out"));
    }

    private static string Url(Company company) =>
        $"http://{company.Endpoints!["http"]!.GetValue<string>()}";

    private async Task<string> MirrorAsync(Company company, CancellationToken stop)
    {
        string folder = Path.Combine(network.NewFolder(), "mirror");
        await EndsAsync(Passed, stop, "mirror", Url(company), "--out", folder);
        return folder;
    }

    private async Task<string> SaveAsync(
        string path, string folder, string name, CancellationToken stop)
    {
        Answer answer = await Waiting.UntilAsync(
            $"{path} to be there",
            () => network.B.GetAsync(path, stop),
            seen => seen.Status == HttpStatusCode.OK,
            stop);
        string file = Path.Combine(folder, name);
        await File.WriteAllTextAsync(file, answer.Text, stop);
        return file;
    }

    private static async Task<Ended> EndsAsync(
        int code, CancellationToken stop, params string[] arguments)
    {
        Ended ended = await OutsideProcess.RunAsync(stop, ["audit", .. arguments]);
        Assert.True(
            ended.ExitCode == code,
            $"{string.Join(' ', arguments)}: {ended.ExitCode}\n{ended.Output}\n{ended.Errors}");
        return ended;
    }
}
