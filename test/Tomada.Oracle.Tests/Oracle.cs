using System.Diagnostics;
using Xunit;

namespace Tomada.Oracle.Tests;

/// <summary>Runs a stranger's program on cases; it must agree with every one.</summary>
internal static class Oracle
{
    private const string GoPath = "/usr/share/gocode";

    private static readonly string s_root = FindRoot();
    private static readonly string s_here = Path.Combine(s_root, "test", "Tomada.Oracle.Tests");

    /// <summary>Go with golang.org/x/mod, as Debian packages both.</summary>
    public static Task GoAgreesAsync(Cases cases)
    {
        Assert.SkipUnless(
            OnPath("go") && Directory.Exists($"{GoPath}/src/golang.org/x/mod/sumdb"),
            "golang-go and golang-golang-x-mod-dev are not installed; ./check as root does it.");
        ProcessStartInfo start = new("go");
        start.ArgumentList.Add("run");
        start.ArgumentList.Add(Path.Combine(s_here, "go", "main.go"));
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOPATH"] = GoPath;
        start.Environment["GOCACHE"] = Path.Combine(s_root, "artifacts", "go-cache");
        return AgreesAsync(start, cases);
    }

    /// <summary>Node with @transmute/rfc9162 from npm.</summary>
    public static Task NodeAgreesAsync(Cases cases)
    {
        Assert.SkipUnless(
            OnPath("node") && Directory.Exists(Path.Combine(s_here, "npm", "node_modules")),
            "@transmute/rfc9162 is not installed; ./check does it where npm finds its registry.");
        ProcessStartInfo start = new("node");
        start.ArgumentList.Add(Path.Combine(s_here, "npm", "verify.mjs"));
        return AgreesAsync(start, cases);
    }

    private static async Task AgreesAsync(ProcessStartInfo start, Cases cases)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        string folder = Directory.CreateTempSubdirectory("tomada-oracle-").FullName;
        try
        {
            string file = Path.Combine(folder, "cases.json");
            await File.WriteAllBytesAsync(file, cases.ToJson(), stop);
            start.ArgumentList.Add(file);
            start.RedirectStandardOutput = true;
            start.RedirectStandardError = true;
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(stop);
            string said = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            Assert.Equal(string.Empty, await errors);
            Assert.Equal($"judged {cases.Count}\n", said);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(
            folder => File.Exists(Path.Combine(folder, program)));

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
