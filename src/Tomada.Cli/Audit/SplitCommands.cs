using System.Collections.Immutable;
using System.CommandLine;
using Tomada.Audit;
using Tomada.Primitives;

namespace Tomada.Cli.Audit;

/// <summary>Commands about forks and who is guilty of them.</summary>
internal static class SplitCommands
{
    public static Command Compare()
    {
        Argument<DirectoryInfo[]> folders = new("dirs")
        {
            Description = "Two or more mirrors of one network, taken from different places.",
            Arity = new ArgumentArity(2, 100),
        };
        Option<FileInfo?> to = new("--out")
        {
            Description = "Where to write the evidence, when there is some; default "
                + "evidence.json in the first mirror's folder 'evidence'.",
        };
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new(
            "compare", "Looks for a split view, and names the guilty by their own signatures.")
        {
            folders, to, json,
        };
        command.SetAction(parsed =>
        {
            MirrorFolder[] mirrors =
                [.. parsed.GetRequiredValue(folders).Select(AuditOptions.Open)];
            SplitReport split = SplitView.Compare(mirrors);
            if (!split.Evidence.IsEmpty)
            {
                string file = parsed.GetValue(to)?.FullName ?? mirrors[0].FileOf(
                    Path.Combine(MirrorFolder.EvidenceName, "evidence.json"));
                MirrorFolder.Write(file, EvidenceFile.Encode(split.Evidence));
                Console.Out.WriteLine(
                    $"evidence against {string.Join(", ", split.Guilty)}: {file}");
            }

            return AuditOutput.End(
                "audit compare", split.Report, parsed.GetValue(json), "one log");
        });
        return command;
    }

    public static Command Evidence()
    {
        Argument<FileInfo> file = AuditOptions.File(
            "Evidence from 'compare' or from a node's /v1/evidence.");
        Option<DirectoryInfo?> mirror = AuditOptions.Mirror(
            "A mirror that says whose key it was at that height; without it the file's word is "
                + "taken.",
            false);
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new("evidence", "Checks evidence of guilt, without any node.")
        {
            file, mirror, json,
        };
        command.SetAction(parsed =>
        {
            AuditReport report = EvidenceCheck.Run(
                AuditOptions.Read(parsed.GetRequiredValue(file)),
                out ImmutableSortedSet<CompanyId> guilty,
                parsed.GetValue(mirror) is { } folder ? AuditOptions.Open(folder) : null);
            return AuditOutput.End(
                "audit evidence",
                report,
                parsed.GetValue(json),
                $"guilty: {string.Join(", ", guilty)}"
                    + (parsed.GetValue(mirror) is null ? ", if the keys are theirs" : ""));
        });
        return command;
    }
}
