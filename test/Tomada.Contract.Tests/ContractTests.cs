using System.Diagnostics;
using Tomada.DeviceApi;

namespace Tomada.Contract.Tests;

/// <summary>
/// The npm client judges the interface by the published files alone: what it is told must fit the
/// schemas, and what the samples say must be taken.
/// </summary>
public class ContractTests
{
    private static readonly string s_root = FindRoot();
    private static readonly string s_npm =
        Path.Combine(s_root, "test", "Tomada.Contract.Tests", "npm");

    [Fact]
    public Task The_document_is_AsyncAPI_3_and_every_sample_fits_its_schema() =>
        NodeAgreesAsync("document.mjs");

    public static TheoryData<string, string, string> EachWay()
    {
        TheoryData<string, string, string> each = [];
        foreach (string mode in (string[])[Company.Embedded, Company.External])
        {
            each.Add(mode, "4", "station");
            each.Add(mode, "5", "station");
            each.Add(mode, "4", "car");
            each.Add(mode, "5", "car");
        }

        return each;
    }

    [Theory]
    [MemberData(nameof(EachWay))]
    public async Task The_npm_client_keeps_the_contract(string mode, string version, string kind)
    {
        using RefusalCounter refused = new();
        await using Company company = await Company.StartAsync(mode);
        await NodeAgreesAsync(
            company, mode, $"mqtt://{company.Plain}", version,
            kind == "car" ? DeviceKind.Car : DeviceKind.Station);
        if (mode == Company.External && version == "5")
        {
            // What the broker let through was looked at by the node.
            await refused.UntilAsync("topic", Stop);
            await refused.UntilAsync("acl", Stop);
            await refused.UntilAsync("payload", Stop);
        }
    }

    [Theory]
    [InlineData(Company.Embedded, "ws")]
    [InlineData(Company.Embedded, "mqtts")]
    [InlineData(Company.External, "mqtts")]
    public async Task The_npm_client_keeps_it_over_other_transports(string mode, string transport)
    {
        await using Company company = await Company.StartAsync(mode);
        string authority = company.FileOf("ca.pem");
        await File.WriteAllTextAsync(authority, company.Desks.Registry.Authority.Pem, Stop);
        string url = transport == "mqtts"
            ? $"mqtts://127.0.0.1:{company.Tls.Port}"
            : $"ws://{company.Desks.Embedded.WebSocketEndPoint}/mqtt";
        await NodeAgreesAsync(company, mode, url, "5", DeviceKind.Car, authority);
    }

    [Theory]
    [InlineData(Company.Embedded, "mqttv311")]
    [InlineData(Company.Embedded, "mqttv5")]
    [InlineData(Company.External, "mqttv311")]
    [InlineData(Company.External, "mqttv5")]
    public async Task Mosquitto_asks_and_is_answered(string mode, string version)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_sub"), "mosquitto-clients is missing.");
        await using Company company = await Company.StartAsync(mode);
        string secret = await company.EnrollAsync(DeviceKind.Car, "one");
        string[] who =
        [
            "-h", "127.0.0.1", "-p", $"{company.Plain.Port}", "-q", "1", "-V", version,
            "-u", "car/one", "-P", secret, "-i", "car/one",
        ];
        const string Down = "tomada/1/br-aaa/car/one/dn/";
        using Process ear = Start("mosquitto_sub", [.. who, "-t", Down + "node", "-C", "1"]);
        string? node = await ear.StandardOutput.ReadLineAsync(Stop);
        Assert.Contains("\"majors\":[1]", node, StringComparison.Ordinal);
        await ear.WaitForExitAsync(Stop);
        string sample = await File.ReadAllTextAsync(
            Path.Combine(s_root, "spec", "devices", "samples", "request-history.json"), Stop);
        using Process mouth = Start("mosquitto_rr",
        [
            .. who, "-t", "tomada/1/br-aaa/car/one/up/request/history",
            "-e", Down + "reply/history", "-m", sample,
        ]);
        string? reply = await mouth.StandardOutput.ReadLineAsync(Stop);
        Assert.Contains("\"code\":\"OK\"", reply, StringComparison.Ordinal);
        Assert.Contains("\"trips\":[]", reply, StringComparison.Ordinal);
        await mouth.WaitForExitAsync(Stop);
        Assert.Equal(0, mouth.ExitCode);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Others are there as well, so that there is something foreign to hear.</summary>
    private static async Task NodeAgreesAsync(
        Company company, string mode, string url, string version, DeviceKind kind,
        params string[] authority)
    {
        string secret = await company.EnrollAsync(kind, "one");
        await company.EnrollAsync(kind, "two");
        await company.EnrollAsync(
            kind == DeviceKind.Car ? DeviceKind.Station : DeviceKind.Car, "one");
        await NodeAgreesAsync(
            "device.mjs",
            [url, version, DeviceAddress.KindName(kind), secret, mode, .. authority]);
    }

    private static async Task NodeAgreesAsync(string script, params string[] arguments)
    {
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(s_npm, "node_modules")),
            "npm mqtt is not installed; ./check does it where npm finds its registry.");
        using Process node = Start(
            "node", [Path.Combine(s_npm, script), s_root, .. arguments]);
        Task<string> errors = node.StandardError.ReadToEndAsync(Stop);
        string said = await node.StandardOutput.ReadToEndAsync(Stop);
        await node.WaitForExitAsync(Stop);
        Assert.Equal(string.Empty, await errors);
        Assert.EndsWith("agreed\n", said, StringComparison.Ordinal);
        Assert.Equal(0, node.ExitCode);
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

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
