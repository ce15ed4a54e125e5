using System.CommandLine;
using Tomada.Cli.Import.Ocpi;
using Tomada.Cli.Import.Osm;
using Tomada.Routing;

namespace Tomada.Cli.Import;

/// <summary><c>tomada import</c>: maps and station feeds of others become the project's files.
/// </summary>
internal static class ImportCommand
{
    public static Command Create() =>
        new("import", "Makes road graphs and station lists out of public data.")
        {
            OsmCommand(),
            OcpiCommand.Create(),
        };

    private static Command OsmCommand()
    {
        Argument<FileInfo> file =
            new("file") { Description = "A map: .osm.pbf, .osm.gz or .osm." };
        Option<FileInfo> target = new("--out")
        {
            Description = "The road graph to write.",
            DefaultValueFactory = _ => new FileInfo(RoadGraphFile.Name),
        };
        Option<string> country = new("--country")
        {
            Description = "Whose speed limits hold where the map states none: br or eu.",
            DefaultValueFactory = _ => "br",
        };
        country.AcceptOnlyFromAmong("br", "eu");
        Option<FileInfo?> json = Json();
        Command command = new(
            "osm",
            "Makes a road graph of a map of OpenStreetMap; says what was left aside and why.")
        {
            file, target, country, json,
        };
        command.SetAction(parsed =>
        {
            ImportReport report = new("ways");
            RoadGraph graph = ReadOsm(
                parsed.GetRequiredValue(file), parsed.GetValue(country) == "br", report);
            Write(parsed.GetRequiredValue(target), RoadGraphFile.Write(graph).Span);
            Finish(report, parsed.GetValue(json));
            return ExitCodes.Passed;
        });
        return command;
    }

    internal static Option<FileInfo?> Json() => new("--json")
    {
        Description = "Also write the report to this file as JSON.",
    };

    private static RoadGraph ReadOsm(FileInfo file, bool isBrazil, ImportReport report)
    {
        try
        {
            using FileStream stream = file.OpenRead();
            return OsmImport.Read(file.Name, stream, isBrazil, report, Console.Error.WriteLine);
        }
        catch (Exception unreadable) when (unreadable
            is OsmUnreadableException or IOException or UnauthorizedAccessException)
        {
            throw CommandException.Failed(unreadable.Message);
        }
    }

    internal static void Finish(ImportReport report, FileInfo? json)
    {
        report.Show();
        if (json is not null)
        {
            report.Write(json);
        }
    }

    internal static void Write(FileInfo target, ReadOnlySpan<byte> bytes)
    {
        // A whole file or none: a reader never finds half of one.
        string part = target.FullName + ".part";
        try
        {
            File.WriteAllBytes(part, bytes);
            File.Move(part, target.FullName, overwrite: true);
        }
        catch (Exception unwritable) when (unwritable
            is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCodes.Disk, unwritable.Message);
        }
    }
}
