using System.CommandLine;
using Tomada.Audit;
using Tomada.Transparency;

namespace Tomada.Cli.Audit;

/// <summary>Commands about one receipt or one checkpoint.</summary>
internal static class ReceiptCommands
{
    public static Command VerifyReceipt()
    {
        Argument<FileInfo> file = AuditOptions.File("A receipt (c2sp.org/tlog-proof@v1).");
        Option<FileInfo?> policy = AuditOptions.Policy();
        Option<DirectoryInfo?> mirror = AuditOptions.Mirror(
            "Takes the policy from the members of this mirror, after checking it wholly.", false);
        Option<FileInfo?> entry = new("--entry")
        {
            Description = "The entry's bytes, for a receipt that does not hold them.",
        };
        Option<string> language = AuditOptions.Language();
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new("verify-receipt", "Checks a receipt and says what it proves.")
        {
            file, policy, mirror, entry, language, json,
        };
        command.SetAction(parsed =>
        {
            FileInfo receipt = parsed.GetRequiredValue(file);
            TlogPolicy? wanted = PolicyFor(
                receipt,
                parsed.GetValue(policy),
                parsed.GetValue(mirror),
                out AuditReport? unsound);
            if (wanted is null)
            {
                return AuditOutput.End(
                    "audit verify-receipt", unsound!, parsed.GetValue(json), string.Empty);
            }

            AuditReport report = ReceiptCheck.Run(
                AuditOptions.Read(receipt),
                wanted,
                out ProvenReceipt? proven,
                parsed.GetValue(entry) is { } bytes ? AuditOptions.Read(bytes) : null);
            if (proven is { Entry: { } content })
            {
                Console.Out.WriteLine(Explainer.Explain(
                    content,
                    proven.Transaction,
                    AuditOptions.LanguageOf(parsed.GetRequiredValue(language))));
                Console.Out.WriteLine(
                    $"entry {proven.Index} of {proven.Head.Size}, cosigned by "
                        + string.Join(", ", proven.Cosigners));
            }

            return AuditOutput.End(
                "audit verify-receipt", report, parsed.GetValue(json), "the entry is in the log");
        });
        return command;
    }

    /// <summary>The policy; null when the mirror that should say it is not sound.</summary>
    private static TlogPolicy? PolicyFor(
        FileInfo receipt, FileInfo? policy, DirectoryInfo? mirror, out AuditReport? unsound)
    {
        unsound = null;
        if (mirror is not null)
        {
            TlogPolicy? members = null;
            unsound = AuditOutput.WithBar(progress =>
                MembersPolicy.Read(AuditOptions.Open(mirror), out members, null, progress));
            return members;
        }

        FileInfo beside = new(Path.Combine(
            receipt.DirectoryName ?? ".", MirrorFolder.PolicyName));
        FileInfo given = policy ?? (beside.Exists ? beside : throw new CommandException(
            ExitCodes.Usage,
            "whose signatures count? Give --policy, --mirror, or a file 'policy' beside the "
                + "receipt."));
        return AuditOptions.ReadPolicy(given);
    }

    public static Command VerifyCheckpoint()
    {
        Argument<FileInfo> file = AuditOptions.File("A signed checkpoint (C2SP tlog-checkpoint).");
        Option<FileInfo> policy = new("--policy")
        {
            Description = "Whose signatures count, and how many (C2SP tlog-policy).",
            Required = true,
        };
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new("verify-checkpoint", "Checks a checkpoint by a policy.")
        {
            file, policy, json,
        };
        command.SetAction(parsed =>
        {
            AuditReport report = CheckpointCheck.Run(
                AuditOptions.Read(parsed.GetRequiredValue(file)),
                AuditOptions.ReadPolicy(parsed.GetRequiredValue(policy)),
                out AcceptedCheckpoint? accepted);
            return AuditOutput.End(
                "audit verify-checkpoint",
                report,
                parsed.GetValue(json),
                $"{accepted?.Checkpoint.Size} entries under {accepted?.Checkpoint.Root}");
        });
        return command;
    }
}
