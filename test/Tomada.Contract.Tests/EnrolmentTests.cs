using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Tomada.DeviceApi;

namespace Tomada.Contract.Tests;

/// <summary>A new car gets its credential with Mosquitto's clients and a token.</summary>
public class EnrolmentTests
{
    private const string Up = "tomada/1/br-aaa/car/one/up/";
    private const string Down = "tomada/1/br-aaa/car/one/dn/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Company.Embedded)]
    [InlineData(Company.External)]
    public async Task A_token_becomes_a_certificate_that_is_good_until_it_is_revoked(string mode)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_sub"), "mosquitto-clients is missing.");
        await using Company company = await Company.StartAsync(mode);
        string token = await company.IssueTokenAsync(DeviceKind.Car, "one");
        await File.WriteAllTextAsync(
            company.FileOf("ca.pem"), company.Desks.Registry.Authority.Pem, Stop);
        string[] byToken =
        [
            "-h", "127.0.0.1", "-p", $"{company.Tls.Port}",
            "--cafile", company.FileOf("ca.pem"), "-V", "5", "-q", "1",
            "-u", "car/one", "-P", token,
        ];
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(
            company.FileOf("key.pem"), key.ExportPkcs8PrivateKeyPem(), Stop);

        // The subject that a device asks for is ignored: it is what its token says.
        CertificateRequest csr = new("CN=station/one", key, HashAlgorithmName.SHA256);
        JsonElement reply = await EnrolAsync(company, byToken, csr.CreateSigningRequestPem());
        Assert.Equal("OK", reply.GetProperty("code").GetString());
        await File.WriteAllTextAsync(
            company.FileOf("cert.pem"),
            reply.GetProperty("body").GetProperty("certificate").GetString(), Stop);

        string[] byCertificate =
        [
            "-h", "127.0.0.1", "-p", $"{company.Certificates.Port}", .. byToken[4..^4],
            "--cert", company.FileOf("cert.pem"),
            "--key", company.FileOf("key.pem"),
        ];
        string[] state = ["-i", "car/one", "-t", Up + "state", "-m", Payload(
            """{"online":true,"firmware":"1"}""")];
        Assert.Equal(0, await RunAsync([.. byCertificate, .. state]));
        Assert.NotEqual(0, await RunAsync([.. byToken, .. state]));
        using Process ear = Start(
            "mosquitto_sub", [.. byCertificate, "-i", "car/one", "-t", Down + "#"]);
        Assert.Contains(
            "majors", await ear.StandardOutput.ReadLineAsync(Stop), StringComparison.Ordinal);
        Assert.True(company.Desks.Registry.Revoke(DeviceKind.Car, "one"));
        await ear.WaitForExitAsync(Stop);
        await company.HeardAsync();
        Assert.NotEqual(0, await RunAsync([.. byCertificate, .. state]));
    }

    [Theory]
    [InlineData(Company.Embedded)]
    [InlineData(Company.External)]
    public async Task A_token_without_a_request_becomes_a_secret(string mode)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_sub"), "mosquitto-clients is missing.");
        await using Company company = await Company.StartAsync(mode);
        string token = await company.IssueTokenAsync(DeviceKind.Car, "one");
        string[] who =
        [
            "-h", "127.0.0.1", "-p", $"{company.Plain.Port}", "-V", "5",
            "-q", "1", "-u", "car/one", "-P", token,
        ];
        JsonElement reply = await EnrolAsync(company, who, null);
        string secret = reply.GetProperty("body").GetProperty("secret").GetString()!;
        string[] state = ["-i", "car/one", "-t", Up + "state", "-m", Payload(
            """{"online":true,"firmware":"1"}""")];
        Assert.Equal(0, await RunAsync([.. who[..^1], secret, .. state]));
        Assert.NotEqual(0, await RunAsync([.. who, .. state]));
    }

    [Theory]
    [InlineData(Company.Embedded)]
    [InlineData(Company.External)]
    public async Task A_revoked_device_is_disconnected_and_comes_in_no_more(string mode)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_sub"), "mosquitto-clients is missing.");
        await using Company company = await Company.StartAsync(mode);
        string secret = await company.EnrollAsync(DeviceKind.Car, "one");
        string[] who =
        [
            "-h", "127.0.0.1", "-p", $"{company.Plain.Port}", "-V", "5", "-q", "1",
            "-u", "car/one", "-P", secret, "-i", "car/one",
        ];
        using Process ear = Start("mosquitto_sub", [.. who, "-t", Down + "#"]);
        Assert.Contains(
            "majors", await ear.StandardOutput.ReadLineAsync(Stop), StringComparison.Ordinal);
        company.Desks.Registry.Revoke(DeviceKind.Car, "one");

        // The client ends when it is told that it may not, now or when it tries again.
        await ear.WaitForExitAsync(Stop);
        string[] state = ["-t", Up + "state", "-m", Payload("""{"online":true,"firmware":"1"}""")];
        Assert.NotEqual(0, await RunAsync([.. who, .. state]));
    }

    private static async Task<JsonElement> EnrolAsync(Company company, string[] who, string? csr)
    {
        string body = csr is null ? "{}" : $$"""{"csr":{{JsonSerializer.Serialize(csr)}}}""";
        using Process asks = Start("mosquitto_rr",
        [
            .. who, "-i", "car/one", "-t", Up + "request/enroll", "-e", Down + "reply/enroll",
            "-m", Payload(body),
        ]);
        string? line = await asks.StandardOutput.ReadLineAsync(Stop);
        await asks.WaitForExitAsync(Stop);
        await company.HeardAsync();
        return JsonDocument.Parse(line!).RootElement.GetProperty("body");
    }

    private static string Payload(string body) =>
        $$"""{"v":1,"id":"{{Guid.CreateVersion7()}}","ts":"2026-11-23T14:00:00.000Z","bs":1"""
        + $$""","seq":1,"body":{{body}}}""";

    private static async Task<int> RunAsync(string[] arguments)
    {
        using Process process = Start("mosquitto_pub", arguments);
        await process.WaitForExitAsync(Stop);
        return process.ExitCode;
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
