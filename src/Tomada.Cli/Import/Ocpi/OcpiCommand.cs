using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.Cli.Commands;
using Tomada.Primitives;

namespace Tomada.Cli.Import.Ocpi;

/// <summary><c>tomada import ocpi</c>.</summary>
internal static class OcpiCommand
{
    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        Argument<string[]> sources = new("feed")
        {
            Description = "Files or http(s) addresses of locations and tariffs, OCPI 2.1.1 to 2.3.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<DirectoryInfo> target = new("--out")
        {
            Description = "The folder for locations.json, tariffs.json and report.json.",
            Required = true,
        };
        Option<CompanyId?> party = new("--party")
        {
            Description = $"Whose records these are when they do not say it: {CompanyId.Allowed}.",
            CustomParser = result => Options.Parse<CompanyId?>(
                result, text => CompanyId.Parse(text)),
        };
        Option<FileInfo?> json = ImportCommand.Json();
        Command command = new(
            "ocpi",
            "Makes clean OCPI 2.2.1 of station feeds as they are; says what was corrected or "
            + "refused, and why. 'tomada plan --stations' reads the folder.")
        {
            sources, target, party, json,
        };
        command.SetAction(async (parsed, stop) =>
        {
            OcpiImport import = new(parsed.GetValue(party));
            foreach (string source in parsed.GetRequiredValue(sources))
            {
                OcpiFeed feed = await OcpiFeed.ReadAsync(source, stop);
                await Console.Error.WriteLineAsync($"{source}: {feed.Records.Count} records");
                import.Add(feed);
            }

            (JsonArray locations, JsonArray tariffs) = import.Finish();
            string folder = parsed.GetRequiredValue(target).FullName;
            Write(folder, "locations.json", locations);
            Write(folder, "tariffs.json", tariffs);
            ImportCommand.Finish(import.Report, new FileInfo(Path.Combine(folder, "report.json")));
            if (parsed.GetValue(json) is { } copy)
            {
                import.Report.Write(copy);
            }

            return ExitCodes.Passed;
        });
        return command;
    }

    private static void Write(string folder, string name, JsonArray records)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Disk, unwritable.Message);
        }

        ImportCommand.Write(
            new FileInfo(Path.Combine(folder, name)),
            JsonSerializer.SerializeToUtf8Bytes<JsonNode>(records, s_readable));
    }
}
