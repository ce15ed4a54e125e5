using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Tomada.Audit;

namespace Tomada.Cli.Audit;

/// <summary>What an audit found, for people and for programs.</summary>
internal static class AuditOutput
{
    private static readonly JsonWriterOptions s_indented = new() { Indented = true };

    /// <summary>Runs a check under a progress bar, on a terminal only.</summary>
    public static T WithBar<T>(Func<IProgress<AuditProgress>?, T> check) => IsTerminal
        ? AnsiConsole.Progress().AutoClear(true).Start(context => check(new Bar(context)))
        : check(null);

    /// <summary>The same for one that waits for others.</summary>
    public static Task<T> WithBarAsync<T>(Func<IProgress<AuditProgress>?, Task<T>> check) =>
        IsTerminal
            ? AnsiConsole.Progress().AutoClear(true)
                .StartAsync(context => check(new Bar(context)))
            : check(null);

    /// <summary>Tells the findings and writes the file; the exit code.</summary>
    /// <param name="command">As "audit fsck".</param>
    /// <param name="report">What was found.</param>
    /// <param name="json">Where to write it for programs; null for nowhere.</param>
    /// <param name="passed">What to say when nothing is wrong.</param>
    public static int End(string command, AuditReport report, FileInfo? json, string passed)
    {
        foreach (Finding finding in report.Findings)
        {
            Console.Out.WriteLine(finding);
        }

        if (report.Untold > 0)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"and {report.Untold} more"));
        }

        string counts = string.Join(", ", report.Counts.Select(each =>
            string.Create(CultureInfo.InvariantCulture, $"{each.Id} {each.Measured}")));
        Console.Out.WriteLine(report.Passed
            ? $"passed: {passed} ({counts})"
            : $"failed: {(FindingClass)report.ExitCode} ({counts})");
        if (json is not null)
        {
            Write(json, command, report);
        }

        return report.ExitCode;
    }

    /// <summary>Writes what an entry is, for programs.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="id">What was looked for.</param>
    /// <param name="found">The entry; null when it is not in the log.</param>
    /// <param name="sentence">What it is; null with it.</param>
    /// <param name="language">Of the sentence: en or pt.</param>
    public static void WriteStory(
        FileInfo file, string id, FoundEntry? found, string? sentence, string language)
    {
        using FileStream stream = Create(file);
        using Utf8JsonWriter json = new(stream, s_indented);
        json.WriteStartObject();
        json.WriteString("command", "audit explain");
        json.WriteBoolean("passed", found is not null);
        json.WriteString("id", id);
        json.WriteString("transaction", found?.Transaction?.Id.ToString());
        WriteNumber(json, "index", found?.Index);
        WriteNumber(json, "height", found?.Height);
        json.WriteString("time", found?.Time.ToString());
        json.WriteString("language", language);
        json.WriteString("sentence", sentence);
        json.WriteEndObject();
    }

    private static FileStream Create(FileInfo file)
    {
        try
        {
            return file.Create();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Configuration(refused.Message);
        }
    }

    private static bool IsTerminal => AnsiConsole.Profile.Capabilities.Interactive
        && !Console.IsOutputRedirected && !Console.IsErrorRedirected;

    private static void Write(FileInfo file, string command, AuditReport report)
    {
        using FileStream stream = Create(file);
        using Utf8JsonWriter json = new(stream, s_indented);
        json.WriteStartObject();
        json.WriteString("command", command);
        json.WriteBoolean("passed", report.Passed);
        json.WriteStartArray("results");
        foreach (FindingClass kind in Enum.GetValues<FindingClass>())
        {
            int found = report.Findings.Count(each => each.Class == kind);
            WriteResult(json, NameOf(kind), found, 0, "findings", found == 0);
        }

        foreach (AuditCount each in report.Counts)
        {
            WriteResult(json, each.Id, each.Measured, null, each.Unit, true);
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (Finding each in report.Findings)
        {
            WriteFinding(json, each);
        }

        json.WriteEndArray();
        json.WriteNumber("untold", report.Untold);
        json.WriteEndObject();
    }

    private static string NameOf(FindingClass kind) =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    private static void WriteResult(
        Utf8JsonWriter json, string id, double measured, double? limit, string unit, bool pass)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteNumber("measured", measured);
        if (limit is { } most)
        {
            json.WriteNumber("limit", most);
        }
        else
        {
            json.WriteNull("limit");
        }

        json.WriteString("unit", unit);
        json.WriteNull("peer");
        json.WriteNull("ratio");
        json.WriteBoolean("pass", pass);
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("class", NameOf(finding.Class));
        json.WriteNumber("exitCode", (int)finding.Class);
        json.WriteString("invariant", finding.Invariant);
        WriteNumber(json, "height", finding.Height);
        WriteNumber(json, "index", finding.Index);
        json.WriteString("what", finding.What);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } some)
        {
            json.WriteNumber(name, some);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private sealed class Bar(ProgressContext context) : IProgress<AuditProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(AuditProgress value)
        {
            lock (_tasks)
            {
                if (!_tasks.TryGetValue(value.Stage, out ProgressTask? task))
                {
                    task = context.AddTask(value.Stage, maxValue: Math.Max(1, value.Total));
                    _tasks.Add(value.Stage, task);
                }

                task.Value = value.Done;
            }
        }
    }
}
