using System.CommandLine;
using Tomada.Audit;

namespace Tomada.Cli.Audit;

/// <summary>Commands about exported files.</summary>
internal static class ExportCommands
{
    public static Command VerifyExport()
    {
        Argument<FileInfo> file = AuditOptions.File(
            "An export of transactions, CSV or JSON lines, as the node wrote it.");
        Option<DirectoryInfo?> mirror = AuditOptions.Mirror(
            "The mirror that it must be equal to.", true);
        Option<FileInfo?> manifest = new("--manifest")
        {
            Description = "The node's /v1/export/transactions/manifest of the same part: sums, "
                + "root, and where the export ends.",
        };
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new(
            "verify-export", "Checks that an export's rows, sums and root equal the log's (I15).")
        {
            file, mirror, manifest, json,
        };
        command.SetAction(parsed =>
        {
            try
            {
                using FileStream rows = parsed.GetRequiredValue(file).OpenRead();
                byte[]? said =
                    parsed.GetValue(manifest) is { } given ? AuditOptions.Read(given) : null;
                AuditReport report = AuditOutput.WithBar(progress => ExportCheck.Run(
                    rows,
                    AuditOptions.Open(parsed.GetRequiredValue(mirror)!),
                    said,
                    null,
                    progress));
                return AuditOutput.End(
                    "audit verify-export", report, parsed.GetValue(json), "the log says the same");
            }
            catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
            {
                throw CommandException.Configuration(wrong.Message);
            }
        });
        return command;
    }
}
