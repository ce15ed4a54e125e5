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

    [Theory]
    [InlineData("4", "station")]
    [InlineData("5", "station")]
    [InlineData("4", "car")]
    [InlineData("5", "car")]
    public async Task The_npm_client_keeps_the_contract(string version, string kind)
    {
        await using Company company = await Company.StartAsync();
        DeviceKind of = kind == "car" ? DeviceKind.Car : DeviceKind.Station;
        await NodeAgreesAsync(
            "device.mjs", $"mqtt://{company.Desks.Broker.EndPoint}", version, kind,
            company.Enroll(of, "one"));
    }

    [Theory]
    [InlineData("ws")]
    [InlineData("mqtts")]
    public async Task The_npm_client_keeps_it_over_other_transports(string transport)
    {
        await using Company company = await Company.StartAsync();
        string authority = company.FileOf("ca.pem");
        await File.WriteAllTextAsync(authority, company.Desks.Registry.Authority.Pem, Stop);
        string url = transport == "mqtts"
            ? $"mqtts://127.0.0.1:{company.Desks.Broker.TlsEndPoint!.Port}"
            : $"ws://{company.Desks.Broker.WebSocketEndPoint}/mqtt";
        await NodeAgreesAsync(
            "device.mjs", url, "5", "car", company.Enroll(DeviceKind.Car, "one"), authority);
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Mosquitto_asks_and_is_answered(string version)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_sub"), "mosquitto-clients is missing.");
        await using Company company = await Company.StartAsync();
        string secret = company.Enroll(DeviceKind.Car, "one");
        string[] who =
        [
            "-h", "127.0.0.1", "-p", $"{company.Desks.Broker.EndPoint.Port}", "-q", "1",
            "-V", version, "-u", "car/one", "-P", secret,
        ];
        const string Down = "tomada/1/br-aaa/car/one/dn/";
        using Process ear = Start(
            "mosquitto_sub", [.. who, "-i", "car/one/ear", "-t", Down + "#", "-C", "2"]);

        // The first is dn/node: from then on the ear hears.
        string? first = await ear.StandardOutput.ReadLineAsync(Stop);
        Assert.Contains("\"majors\":[1]", first, StringComparison.Ordinal);
        string sample = await File.ReadAllTextAsync(
            Path.Combine(s_root, "spec", "devices", "samples", "request-history.json"), Stop);
        using Process mouth = Start("mosquitto_pub",
        [
            .. who, "-i", "car/one/mouth", "-t", "tomada/1/br-aaa/car/one/up/request/history",
            "-m", sample,
        ]);
        string? reply = await ear.StandardOutput.ReadLineAsync(Stop);
        Assert.Contains("\"code\":\"OK\"", reply, StringComparison.Ordinal);
        Assert.Contains("\"trips\":[]", reply, StringComparison.Ordinal);
        await mouth.WaitForExitAsync(Stop);
        Assert.Equal(0, mouth.ExitCode);
        await ear.WaitForExitAsync(Stop);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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
