using System.CommandLine;
using System.Text.Json.Nodes;
using Tomada.Node;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Cli.Commands;

/// <summary>How an operator invites, joins, votes, goes, and changes keys.</summary>
internal static class NetworkChanges
{
    public static IEnumerable<Command> Create() =>
    [
        Invite(),
        Join(),
        Proposals(),
        Approve(),
        PutOut("suspend", "Votes that a member votes no more until it is admitted again."),
        PutOut("remove", "Votes that a member is put out."),
        Replace(),
        Change("leave", "Leaves the network; what is open goes on to its end."),
        RotateKey("rotate-key"),
        Abandon(),
    ];

    /// <summary>A new key in place of one of the three: also <c>tomada keys rotate</c>.</summary>
    public static Command RotateKey(string name)
    {
        Option<DirectoryInfo> data = Options.Data();
        Argument<KeyKind> key = new("key")
        {
            Description = "identity, voting or tls. The node makes the new key and takes it over "
                + "when the ledger names it.",
        };
        Command command = new(name, "Puts a new key in place of an old one.") { data, key };
        command.SetAction((parsed, stop) => SubmitAsync(
            parsed.GetRequiredValue(data),
            "rotate-key",
            new JsonObject
            {
                ["key"] = parsed.GetRequiredValue(key).ToString().ToLowerInvariant(),
            },
            stop));
        return command;
    }

    /// <summary>One line on an open change: what, how many votes, and for whom it waits.</summary>
    public static string Describe(ProposalAnswer proposal)
    {
        string whom = (proposal.Leaving, proposal.Joining) switch
        {
            ({ } leaving, { } joining) => $"{leaving} by {joining}",
            ({ } leaving, null) => leaving,
            (null, { } joining) => joining,
            _ => proposal.ProposedBy,
        };
        string waits = !proposal.Approved
            ? $"{proposal.Votes.Length} of {proposal.VotesNeeded} votes"
            : proposal.Ready.Length < proposal.ReadyNeeded
                ? $"approved; {proposal.Ready.Length} of {proposal.ReadyNeeded} ready, "
                    + $"waits for {string.Join(", ", proposal.Awaited)}"
                : "approved and ready; its turn comes";
        string keys = proposal.JoiningIdentity is { } key ? $", identity {key}" : "";
        return $"{proposal.Kind} {whom}: {waits} (proposal {proposal.Id}{keys})";
    }

    private static Command Invite()
    {
        Option<DirectoryInfo> data = Options.Data();
        Command command = new(
            "invite",
            "Prints an invitation: give it and, apart from it, the network's code to a newcomer.")
        {
            data,
        };
        command.SetAction(async (parsed, stop) =>
        {
            using ControlClient control = Open(parsed.GetRequiredValue(data));
            Console.WriteLine(await control.InvitationAsync(stop));
            return ExitCodes.Passed;
        });
        return command;
    }

    private static Command Join()
    {
        Option<DirectoryInfo> data = Options.Data();
        Argument<string> invitation = new("invitation")
        {
            Description = "What a member's 'tomada network invite' printed.",
        };
        Command command = new(
            "join", "Accepts an invitation; the members then decide.") { data, invitation };
        command.SetAction(async (parsed, stop) =>
        {
            using ControlClient control = Open(parsed.GetRequiredValue(data));
            await control.OrderAsync("join", new JsonObject
            {
                ["invitation"] = parsed.GetRequiredValue(invitation),
            }, stop);
            Console.WriteLine(
                "Accepted. The node takes over the ledger; the members decide on its admission.");
            return ExitCodes.Passed;
        });
        return command;
    }

    private static Command Proposals()
    {
        Option<DirectoryInfo> data = Options.Data();
        Command command = new("proposals", "Lists what is about to change.") { data };
        command.SetAction(async (parsed, stop) =>
        {
            using ControlClient control = Open(parsed.GetRequiredValue(data));
            NetworkAnswer network = await control.NetworkAsync(stop);
            foreach (ProposalAnswer each in network.Proposals)
            {
                Console.WriteLine(Describe(each));
            }

            Console.WriteLine($"{network.Proposals.Length} open");
            return ExitCodes.Passed;
        });
        return command;
    }

    private static Command Approve()
    {
        Option<DirectoryInfo> data = Options.Data();
        Argument<string> what = new("what")
        {
            Description = "A company at the door, or the id of a proposal.",
        };
        Command command = new(
            "approve", "Votes for a newcomer, or for an open proposal.") { data, what };
        command.SetAction((parsed, stop) =>
        {
            string named = parsed.GetRequiredValue(what);
            string field = Digest.TryParse(named, out _) ? "proposal" : "company";
            return SubmitAsync(
                parsed.GetRequiredValue(data), "approve", new JsonObject { [field] = named }, stop);
        });
        return command;
    }

    private static Command PutOut(string name, string description)
    {
        Option<DirectoryInfo> data = Options.Data();
        Argument<string> company = new("company") { Description = "The member's id." };
        Option<string> reason = Reason();
        Command command = new(name, description) { data, company, reason };
        command.SetAction((parsed, stop) => SubmitAsync(
            parsed.GetRequiredValue(data),
            name,
            new JsonObject
            {
                ["company"] = parsed.GetRequiredValue(company),
                ["reason"] = parsed.GetValue(reason),
            },
            stop));
        return command;
    }

    private static Command Replace()
    {
        Option<DirectoryInfo> data = Options.Data();
        Argument<string> company = new("company") { Description = "The member that goes." };
        Option<string> with = new("--with")
        {
            Description = "The company at the door that comes in its place.",
            Required = true,
        };
        Option<string> reason = Reason();
        Command command = new(
            "replace", "Votes that one goes and one comes; the number of members stays.")
        {
            data, company, with, reason,
        };
        command.SetAction((parsed, stop) => SubmitAsync(
            parsed.GetRequiredValue(data),
            "replace",
            new JsonObject
            {
                ["company"] = parsed.GetRequiredValue(company),
                ["with"] = parsed.GetRequiredValue(with),
                ["reason"] = parsed.GetValue(reason),
            },
            stop));
        return command;
    }

    private static Command Change(string name, string description)
    {
        Option<DirectoryInfo> data = Options.Data();
        Command command = new(name, description) { data };
        command.SetAction((parsed, stop) =>
            SubmitAsync(parsed.GetRequiredValue(data), name, [], stop));
        return command;
    }

    private static Command Abandon()
    {
        Option<DirectoryInfo> data = Options.Data();
        Command command = new(
            "abandon",
            "Gives up a founding that never completes; only when its founders are gone for ever.")
        {
            data,
        };
        command.SetAction(async (parsed, stop) =>
        {
            using ControlClient control = Open(parsed.GetRequiredValue(data));
            await control.OrderAsync("abandon", [], stop);
            Console.WriteLine("Abandoned.");
            return ExitCodes.Passed;
        });
        return command;
    }

    private static Option<string> Reason() => new("--reason")
    {
        Description = "Why, for people; it stands on the ledger. At most 50 characters are kept.",
        DefaultValueFactory = _ => "no reason given",
    };

    private static ControlClient Open(DirectoryInfo data) => ControlClient.Open(data.FullName);

    private static async Task<int> SubmitAsync(
        DirectoryInfo data, string verb, JsonObject order, CancellationToken stop)
    {
        using ControlClient control = Open(data);
        SubmitAnswer answer = await control.ChangeAsync(verb, order, stop);
        Console.WriteLine($"{verb}: {answer.Explanation}");
        return answer.Outcome == "Applied" ? ExitCodes.Passed : ExitCodes.Failed;
    }
}
