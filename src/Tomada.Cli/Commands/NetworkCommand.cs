using System.CommandLine;
using Spectre.Console;
using Tomada.Consensus;
using Tomada.Node;

namespace Tomada.Cli.Commands;

/// <summary>
/// <c>tomada network</c>: how the network stands, as this company's node sees it, and what its
/// operator does about the members.
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
            Show(await control.StatusAsync(stop), await control.NetworkAsync(stop));
            return ExitCodes.Passed;
        });
        Command network = new("network", "Looks after the network and its members.") { status };
        foreach (Command each in NetworkChanges.Create())
        {
            network.Add(each);
        }

        return network;
    }

    private static void Show(StatusAnswer status, NetworkAnswer network)
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
            Row(table, "crashes survived", $"{Quorum.CrashesSurvived(n)} of {n}");
            Row(table, "liars tolerated", Liars(n));
            Row(table, "block", $"{status.Height} {status.Tip}");
            if (status.NetworkHeight > status.Height)
            {
                Row(table, "catching up", $"{status.NetworkHeight - status.Height} blocks to go");
            }

            Row(table, "state root", status.StateRoot);
            Row(table, "ledger clock", $"{status.LedgerNow} at factor {status.ClockFactor}");
            Row(table, "waiting", $"{status.Pending}");
            Row(table, "guilty", status.Guilty.Length == 0
                ? "nobody" : $"{string.Join(", ", status.Guilty)}; see /v1/evidence");
            if (status.NotVoting.Length > 0)
            {
                Row(table, "does not vote", status.NotVoting);
            }
            foreach (PartyAnswer party in network.Parties)
            {
                string open = party.Open ? "; something of it is open" : "";
                Row(
                    table,
                    "was a member",
                    $"{party.Company}, {party.Status} since {party.Since}{open}");
            }
        }

        foreach (CandidateAnswer candidate in network.Candidates)
        {
            Row(
                table,
                "at the door",
                $"{candidate.Company} '{candidate.Name}', identity {candidate.IdentityKey}");
        }

        foreach (ProposalAnswer proposal in network.Proposals)
        {
            Row(table, "pending", NetworkChanges.Describe(proposal));
        }

        AnsiConsole.Write(table);
    }

    private static string Liars(int n)
    {
        string fork = $"{Quorum.Faults(n)}; a fork needs {Quorum.LiarsToFork(n)} and proves them";
        return n == 3 ? $"{fork}. Three survive a crash, not a liar" : fork;
    }

    private static void Row(Table table, string name, string value) =>
        table.AddRow(new Text(name, new Style(decoration: Decoration.Dim)), new Text(value));
}
