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

    [Fact]
    public async Task A_token_becomes_a_certificate_that_is_good_until_it_is_revoked()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_sub"), "mosquitto-clients is missing.");
        await using Company company = await Company.StartAsync();
        string token = company.Desks.Registry.IssueToken(DeviceKind.Car, "one");
        await File.WriteAllTextAsync(
            company.FileOf("ca.pem"), company.Desks.Registry.Authority.Pem, Stop);
        string[] byToken =
        [
            "-h", "127.0.0.1", "-p", $"{company.Desks.Broker.TlsEndPoint!.Port}",
            "--cafile", company.FileOf("ca.pem"), "-V", "5", "-q", "1",
            "-u", "car/one", "-P", token,
        ];
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(
            company.FileOf("key.pem"), key.ExportPkcs8PrivateKeyPem(), Stop);

        // The subject that a device asks for is ignored: it is what its token says.
        CertificateRequest csr = new("CN=station/one", key, HashAlgorithmName.SHA256);
        JsonElement reply = await EnrolAsync(byToken, csr.CreateSigningRequestPem());
        Assert.Equal("OK", reply.GetProperty("code").GetString());
        await File.WriteAllTextAsync(
            company.FileOf("cert.pem"),
            reply.GetProperty("body").GetProperty("certificate").GetString(), Stop);

        string[] byCertificate =
        [
            .. byToken[..^4], "--cert", company.FileOf("cert.pem"),
            "--key", company.FileOf("key.pem"),
        ];
        string[] state = ["-i", "car/one", "-t", Up + "state", "-m", Payload(
            """{"online":true,"firmware":"1"}""")];
        Assert.Equal(0, await RunAsync([.. byCertificate, .. state]));
        Assert.NotEqual(0, await RunAsync([.. byToken, .. state]));
        Assert.True(company.Desks.Registry.Revoke(DeviceKind.Car, "one"));
        Assert.NotEqual(0, await RunAsync([.. byCertificate, .. state]));
    }

    [Fact]
    public async Task A_token_without_a_request_becomes_a_secret()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_sub"), "mosquitto-clients is missing.");
        await using Company company = await Company.StartAsync();
        string token = company.Desks.Registry.IssueToken(DeviceKind.Car, "one");
        string[] who =
        [
            "-h", "127.0.0.1", "-p", $"{company.Desks.Broker.EndPoint.Port}", "-V", "5",
            "-q", "1", "-u", "car/one", "-P", token,
        ];
        JsonElement reply = await EnrolAsync(who, null);
        string secret = reply.GetProperty("body").GetProperty("secret").GetString()!;
        string[] state = ["-i", "car/one", "-t", Up + "state", "-m", Payload(
            """{"online":true,"firmware":"1"}""")];
        Assert.Equal(0, await RunAsync([.. who[..^1], secret, .. state]));
        Assert.NotEqual(0, await RunAsync([.. who, .. state]));
    }

    private static async Task<JsonElement> EnrolAsync(string[] who, string? csr)
    {
        using Process ear = Start(
            "mosquitto_sub", [.. who, "-i", "car/one/ear", "-t", Down + "#", "-C", "2"]);
        Assert.Contains(
            "majors", await ear.StandardOutput.ReadLineAsync(Stop), StringComparison.Ordinal);
        string body = csr is null ? "{}" : $$"""{"csr":{{JsonSerializer.Serialize(csr)}}}""";
        Assert.Equal(0, await RunAsync(
            [.. who, "-i", "car/one", "-t", Up + "request/enroll", "-m", Payload(body)]));
        string? line = await ear.StandardOutput.ReadLineAsync(Stop);
        await ear.WaitForExitAsync(Stop);
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
