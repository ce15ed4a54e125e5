using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Audit;
using Tomada.Cli.Audit;
using Tomada.Cli.Trips;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Primitives;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada trip</c>: what a company knows of its trips.</summary>
internal static class TripCommand
{
    private static readonly JsonSerializerOptions s_indented =
        new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create() => new(
        "trip", "What this company knows of a trip, beyond what is public.")
    {
        Timeline(),
    };

    private static Command Timeline()
    {
        Argument<TripId> trip = new("trip")
        {
            Description = "The trip's id.",
            CustomParser = result => Options.Parse(
                result, text => new TripId(Digest.Parse(text))),
        };
        Option<DirectoryInfo> data = Options.Data();
        Option<string> language = AuditOptions.Language();
        Option<FileInfo?> json = new("--json")
        {
            Description = "Writes the events to this file, for programs.",
        };
        Command command = new(
            "timeline",
            "Tells a trip on one time line: the ledger, the company's own devices, and what the "
            + "company did between, in the order in which its running node saw it.")
        {
            trip, data, language, json,
        };
        command.SetAction(async (parsed, stop) =>
        {
            using ControlClient control =
                ControlClient.Open(parsed.GetRequiredValue(data).FullName);
            TimelineAnswer answer =
                await control.TimelineAsync(parsed.GetRequiredValue(trip), stop);
            Language spoken = AuditOptions.LanguageOf(parsed.GetRequiredValue(language));
            string[] sentences = [.. answer.Events.Select(each => Sentence(each, spoken))];
            for (int i = 0; i < sentences.Length; i++)
            {
                TimelineEvent each = answer.Events[i];
                string who = each.Source == "LEDGER"
                    ? string.Create(CultureInfo.InvariantCulture, $"entry {each.Index}")
                    : each.Device ?? "";
                Console.Out.WriteLine($"{each.At}  {who,-20} {sentences[i]}");
            }

            Console.Out.WriteLine(TimelineWords.End(answer, spoken));
            if (parsed.GetValue(json) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, Write(answer, sentences), stop);
            }

            return ExitCodes.Passed;
        });
        return command;
    }

    private static string Sentence(TimelineEvent each, Language language)
    {
        if (each.Entry is null)
        {
            return TimelineWords.Say(each, language);
        }

        Entry entry = Entry.Codec.Decode(Convert.FromBase64String(each.Entry));
        SignedTransaction? transaction = null;
        if (entry is TransactionEntry said)
        {
            SignedTransaction.TryDecode(said.Transaction, out transaction, out _);
        }

        return Explainer.Explain(entry, transaction, language);
    }

    private static string Write(TimelineAnswer answer, string[] sentences)
    {
        JsonObject json = JsonSerializer.SerializeToNode(
            answer, NodeJson.Default.TimelineAnswer)!.AsObject();
        JsonArray events = json["events"]!.AsArray();
        for (int i = 0; i < sentences.Length; i++)
        {
            events[i]!["sentence"] = sentences[i];
        }

        return new JsonObject
        {
            ["command"] = "trip timeline",
            ["passed"] = true,
            ["results"] = new JsonArray(new JsonObject
            {
                ["id"] = "events",
                ["measured"] = sentences.Length,
                ["limit"] = null,
                ["unit"] = "events",
                ["peer"] = null,
                ["ratio"] = null,
                ["pass"] = true,
            }),
            ["timeline"] = json,
        }.ToJsonString(s_indented);
    }
}
