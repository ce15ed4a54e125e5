using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tomada.Audit;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Cli.Audit;

/// <summary>The command about a row of the state.</summary>
internal static class StateCommand
{
    public static Command Create()
    {
        Argument<FileInfo> file = AuditOptions.File(
            "A StateReceipt, or the answer of /v1/state that has one in it.");
        Option<FileInfo> policy = new("--policy")
        {
            Description = "Whose signatures count, and how many (C2SP tlog-policy).",
            Required = true,
        };
        Option<string?> table = new("--table")
        {
            Description = "The table that you mean (spec/encoding.md, State tree); with --key.",
        };
        Option<string?> key = new("--key")
        {
            Description = "The row that you mean: an id as it is, anything else in JSON.",
        };
        Option<FileInfo?> json = AuditOptions.Json();
        Command command = new(
            "verify-state", "Checks what the state had, or had not, after a block.")
        {
            file, policy, table, key, json,
        };
        command.SetAction(parsed =>
        {
            (Table? rows, Digest? path) = Row(parsed.GetValue(table), parsed.GetValue(key));
            AuditReport report = StateCheck.Run(
                AuditOptions.Read(parsed.GetRequiredValue(file)),
                AuditOptions.ReadPolicy(parsed.GetRequiredValue(policy)),
                out ProvenAnswer? proven,
                path);
            if (proven is not null)
            {
                Console.Out.WriteLine(Sentence(proven, rows));
            }

            return AuditOutput.End(
                "audit verify-state", report, parsed.GetValue(json), "the state says so");
        });
        return command;
    }

    private static (Table? Rows, Digest? Path) Row(string? table, string? key)
    {
        if (table is null && key is null)
        {
            return (null, null);
        }

        Table[] all = [.. Tables.All.Where(each => each.IsProven)];
        Table rows = all.FirstOrDefault(each => each.Name == table)
            ?? throw new CommandException(
                ExitCodes.Usage,
                $"--table is one of {string.Join(", ", all.Select(each => each.Name))}.");
        return key is not null && rows.TryPathOf(key, out Digest path)
            ? (rows, path)
            : throw new CommandException(ExitCodes.Usage, $"--key is {rows.KeyAllowed}.");
    }

    private static string Sentence(ProvenAnswer proven, Table? rows)
    {
        StateAnswer answer = proven.Answer;
        string what = answer.Value is null
            ? "nothing"
            : Json(rows, answer.Value) ?? Convert.ToHexStringLower(answer.Value);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            after block {proven.Seal.Height} ({proven.Seal.Time}) at {answer.Path}: {what}
            seal of {proven.Head.Size} entries, cosigned by {string.Join(", ", proven.Cosigners)}
            """);
    }

    private static string? Json(Table? rows, byte[] value)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            if (rows is null || !rows.TryWriteJson(json, value))
            {
                return null;
            }
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
