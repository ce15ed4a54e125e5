using System.CommandLine;
using Tomada.Audit;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Cli.Audit;

/// <summary>Commands that tell what the log says.</summary>
internal static class StoryCommands
{
    private const string MirrorHelp = "The mirror that it is looked for in.";

    public static Command Explain()
    {
        Argument<string> id = new("id")
        {
            Description = "A transaction's id, or an index in the log.",
        };
        Option<DirectoryInfo?> mirror = AuditOptions.Mirror(MirrorHelp, true);
        Option<string> language = AuditOptions.Language();
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new("explain", "Says in one sentence what an entry of the log is.")
        {
            id, mirror, language, json,
        };
        command.SetAction(parsed =>
        {
            try
            {
                FoundEntry? found = AuditOutput.WithBar(progress => EntryFinder.Find(
                    AuditOptions.Open(parsed.GetRequiredValue(mirror)!),
                    parsed.GetRequiredValue(id),
                    null,
                    progress));
                string? sentence = found is null ? null : Explainer.Explain(
                    found.Entry,
                    found.Transaction,
                    AuditOptions.LanguageOf(parsed.GetRequiredValue(language)));
                if (parsed.GetValue(json) is { } file)
                {
                    AuditOutput.WriteStory(
                        file, parsed.GetRequiredValue(id), found, sentence,
                        parsed.GetRequiredValue(language));
                }

                if (found is null)
                {
                    Console.Error.WriteLine(
                        $"tomada: {parsed.GetRequiredValue(id)} is not in this log.");
                    return (int)FindingClass.Missing;
                }

                Console.Out.WriteLine(sentence);
                return ExitCodes.Passed;
            }
            catch (FormatException wrong)
            {
                throw new CommandException(ExitCodes.Usage, wrong.Message);
            }
            catch (MirrorException unreadable)
            {
                Console.Error.WriteLine($"tomada: {unreadable.Message}");
                return (int)unreadable.Class;
            }
        });
        return command;
    }

    public static Command Follow()
    {
        Argument<TripId> trip = new("trip")
        {
            Description = "The trip's id.",
            CustomParser = result => Commands.Options.Parse(
                result, text => new TripId(Digest.Parse(text))),
        };
        Option<DirectoryInfo?> mirror = AuditOptions.Mirror(MirrorHelp, true);
        Option<DirectoryInfo?> to = new("--out")
        {
            Description = "Writes the receipt of each step into this folder.",
        };
        Option<string> language = AuditOptions.Language();
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new(
            "follow", "Follows a trip from reservation to payment, each step with its proof.")
        {
            trip, mirror, to, language, json,
        };
        command.SetAction(parsed =>
        {
            TrailReport trail = AuditOutput.WithBar(progress => TripTrail.Follow(
                AuditOptions.Open(parsed.GetRequiredValue(mirror)!),
                parsed.GetRequiredValue(trip),
                AuditOptions.LanguageOf(parsed.GetRequiredValue(language)),
                null,
                progress));
            foreach (TrailStep step in trail.Steps)
            {
                Console.Out.WriteLine(
                    $"{step.Time} {step.Stage,-11} entry {step.Index}, block {step.Height}: "
                        + step.Sentence);
                if (parsed.GetValue(to) is { } folder)
                {
                    MirrorFolder.Write(
                        Path.Combine(
                            folder.FullName,
                            $"{step.Index:d9}-{step.Stage}{TlogProof.FileExtension}"),
                        step.Receipt.Encode());
                }
            }

            return AuditOutput.End(
                "audit follow", trail.Report, parsed.GetValue(json),
                "every step is in the log");
        });
        return command;
    }
}
