using System.CommandLine;
using Spectre.Console;
using Tomada.Consensus;
using Tomada.Node;

namespace Tomada.Cli.Commands;

/// <summary>
/// <c>tomada network</c>: how the network stands, as this company's node sees it.
/// </summary>
internal static class NetworkCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> data = Options.Data();
        Command status = new("status", "Shows the network as the company's node sees it.") { data };
        status.SetAction(async (parsed, stop) =>
        {
            using ControlClient control =
                ControlClient.Open(parsed.GetRequiredValue(data).FullName);
            Show(await control.StatusAsync(stop));
            return ExitCodes.Passed;
        });
        return new Command("network", "Looks after the network.") { status };
    }

    private static void Show(StatusAnswer status)
    {
        Table table = new Table().HideHeaders().AddColumns("", "").Border(TableBorder.None);
        Row(table, "company", status.Company);
        Row(table, "phase", status.Phase);
        if (status.Members.Length == 0)
        {
            Row(table, "found so far", string.Join(", ", status.Candidates));
        }
        else
        {
            int n = status.Members.Length;
            Row(table, "network", status.Network);
            Row(table, "members", string.Join(", ", status.Members));
            Row(table, "reachable", string.Join(", ", status.Reachable));
            Row(table, "crashes survived", $"{n - Quorum.Votes(n)}");
            Row(
                table,
                "liars tolerated",
                $"{Quorum.Faults(n)}; a fork needs {(2 * Quorum.Votes(n)) - n} and proves them");
            Row(table, "block", $"{status.Height} {status.Tip}");
            Row(table, "state root", status.StateRoot);
            Row(table, "ledger clock", $"{status.LedgerNow} at factor {status.ClockFactor}");
            Row(table, "waiting", $"{status.Pending}");
            Row(table, "guilty", status.Guilty.Length == 0
                ? "nobody" : $"{string.Join(", ", status.Guilty)}; see /v1/evidence");
            if (status.NotVoting.Length > 0)
            {
                Row(table, "does not vote", status.NotVoting);
            }
        }

        AnsiConsole.Write(table);
    }

    private static void Row(Table table, string name, string value) =>
        table.AddRow(new Text(name, new Style(decoration: Decoration.Dim)), new Text(value));
}
