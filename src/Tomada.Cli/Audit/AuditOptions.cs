using System.CommandLine;
using System.CommandLine.Parsing;
using Tomada.Audit;
using Tomada.Cli.Commands;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Cli.Audit;

/// <summary>Arguments and options that several audit commands share.</summary>
internal static class AuditOptions
{
    private static readonly string[] s_languages = ["en", "pt"];

    public static Argument<DirectoryInfo> Folder() => new("dir")
    {
        Description = "A mirror made by 'tomada audit mirror'.",
    };

    public static Argument<FileInfo> File(string what) => new("file") { Description = what };

    public static Option<FileInfo?> Json() => new("--json")
    {
        Description = "Writes what was found to this file, for programs.",
    };

    public static Option<FileInfo?> Policy() => new("--policy")
    {
        Description = "Whose signatures count, and how many (C2SP tlog-policy).",
    };

    public static Option<Digest?> Network() => new("--network")
    {
        Description = "The network's id: anything else is refused. Without it the genesis' word "
            + "is taken.",
        CustomParser = result => Options.Parse<Digest?>(result, text => Digest.Parse(text)),
    };

    public static Option<DirectoryInfo?> Mirror(string what, bool required) => new("--mirror")
    {
        Description = what,
        Required = required,
    };

    public static Option<string> Language()
    {
        Option<string> option = new("--lang")
        {
            Description = "Language of the sentences: en or pt.",
            DefaultValueFactory = _ => "en",
        };
        option.Validators.Add(Validate);
        return option;
    }

    public static Language LanguageOf(string text) =>
        text == "pt" ? Tomada.Audit.Language.Portuguese : Tomada.Audit.Language.English;

    /// <exception cref="CommandException">There is no such folder.</exception>
    public static MirrorFolder Open(DirectoryInfo folder) => folder.Exists
        ? new MirrorFolder(folder.FullName)
        : throw CommandException.Configuration($"{folder} is not a folder.");

    /// <exception cref="CommandException">There is no such file, or it cannot be read.</exception>
    public static byte[] Read(FileInfo file)
    {
        try
        {
            return MirrorFolder.Read(file.FullName);
        }
        catch (Exception wrong) when (wrong is MirrorException or IOException
            or UnauthorizedAccessException)
        {
            throw CommandException.Configuration(wrong.Message);
        }
    }

    /// <exception cref="CommandException">It is not a policy.</exception>
    public static TlogPolicy ReadPolicy(FileInfo file) =>
        TlogPolicy.TryParse(Read(file), out TlogPolicy? policy, out string? why)
            ? policy
            : throw CommandException.Configuration($"{file}: {why}");

    private static void Validate(OptionResult result)
    {
        if (result.Tokens is [{ Value: var given }] && !s_languages.Contains(given))
        {
            result.AddError("--lang is en or pt.");
        }
    }
}
