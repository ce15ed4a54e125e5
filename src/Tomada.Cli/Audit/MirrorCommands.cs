using System.CommandLine;
using Tomada.Audit;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Cli.Audit;

/// <summary>Commands about a whole mirror.</summary>
internal static class MirrorCommands
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private delegate AuditReport Check(
        MirrorFolder mirror,
        Digest? network,
        TlogPolicy? policy,
        VerifySignature? verify,
        IProgress<AuditProgress>? progress);

    public static Command Mirror()
    {
        Argument<Uri> url = new("url")
        {
            Description = "A node's public address, as http://127.0.0.1:8080.",
            CustomParser = Commands.Options.Address,
        };
        Option<DirectoryInfo> to = new("--out")
        {
            Description = "The folder; made when it is not there, brought up to date when it is.",
            Required = true,
        };
        Option<Digest?> network = AuditOptions.Network();
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new("mirror", "Copies a node's public log, or what is new of it.")
        {
            url, to, network, json,
        };
        command.SetAction((parsed, stop) => Task.Run(
            () => MirrorAsync(
                parsed.GetRequiredValue(url),
                parsed.GetRequiredValue(to),
                parsed.GetValue(network),
                parsed.GetValue(json),
                stop),
            CancellationToken.None));
        return command;
    }

    public static Command Fsck() => OfMirror(
        "fsck",
        "Checks that a mirror is one whole log that its members decided.",
        ChainFsck.Run,
        "one whole log, decided by its members");

    public static Command Replay() => OfMirror(
        "replay",
        "Runs the whole log again: every outcome, effect, state root and invariant.",
        LogReplay.Run,
        "the rules make this log, to the last state root");

    private static Command OfMirror(string name, string what, Check check, string passed)
    {
        Argument<DirectoryInfo> folder = AuditOptions.Folder();
        Option<Digest?> network = AuditOptions.Network();
        Option<FileInfo?> policy = AuditOptions.Policy();
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new(name, what) { folder, network, policy, json };
        command.SetAction(parsed =>
        {
            MirrorFolder mirror = AuditOptions.Open(parsed.GetRequiredValue(folder));
            TlogPolicy? wanted = parsed.GetValue(policy) is { } file
                ? AuditOptions.ReadPolicy(file) : null;
            AuditReport report = AuditOutput.WithBar(progress =>
                check(mirror, parsed.GetValue(network), wanted, null, progress));
            return AuditOutput.End($"audit {name}", report, parsed.GetValue(json), passed);
        });
        return command;
    }

    private static async Task<int> MirrorAsync(
        Uri url, DirectoryInfo to, Digest? network, FileInfo? json, CancellationToken stop)
    {
        string text = url.AbsoluteUri;
        using HttpClient http = new()
        {
            BaseAddress = new Uri(text.EndsWith('/') ? text : text + "/"),
            Timeout = s_timeout,
        };
        HttpLog log = new(http, TimeProvider.System);
        try
        {
            to.Create();
            AuditReport report = await AuditOutput.WithBarAsync(progress =>
                new MirrorUpdate(
                    new MirrorFolder(to.FullName), log.FetchAsync, Ed25519.Verify, progress)
                    .RunAsync(network, stop));
            return AuditOutput.End("audit mirror", report, json, $"{to} holds the node's log");
        }
        catch (LogUnreachableException silent)
        {
            throw CommandException.Unreachable(silent.Message);
        }
        catch (TaskCanceledException slow) when (!stop.IsCancellationRequested)
        {
            throw CommandException.Unreachable($"{url} does not answer: {slow.Message}");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Configuration(refused.Message);
        }
    }
}
