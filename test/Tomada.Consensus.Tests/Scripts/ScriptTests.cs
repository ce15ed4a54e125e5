using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace Tomada.Consensus.Tests.Scripts;

/// <summary>
/// Dialogues with what every member does. A line "> command" is followed by its expected output;
/// REWRITE=1 records it anew, to be reviewed as a difference.
/// </summary>
public class ScriptTests
{
    public static TheoryData<string> Names =>
    [
        .. Directory.GetFiles(Folder(), "*.txt")
            .Select(file => Path.GetFileName(file)[..^4])
            .Order(),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_dialogue_goes_as_recorded(string name)
    {
        string path = Path.Combine(Folder(), name + ".txt");
        string recorded = File.ReadAllText(path);
        string played = Play(recorded, ProtocolMutation.None);
        if (Environment.GetEnvironmentVariable("REWRITE") == "1")
        {
            File.WriteAllText(path, played);
        }
        else
        {
            Assert.Equal(recorded, played);
        }
    }

    [Fact]
    public void Counting_accepts_of_two_ballots_together_forks_three_members()
    {
        string script = File.ReadAllText(Path.Combine(Folder(), "mixed-accepts.txt"));
        Assert.Single(Decisions(Play(script, ProtocolMutation.None)));
        Assert.Equal(2, Decisions(Play(script, ProtocolMutation.MixAcceptsOfBallots)).Count);
    }

    [Fact]
    public void Proposing_any_lock_instead_of_the_highest_forks_three_members()
    {
        string script = File.ReadAllText(Path.Combine(Folder(), "highest-lock.txt"));
        Assert.Single(Decisions(Play(script, ProtocolMutation.None)));
        Assert.Equal(2, Decisions(Play(script, ProtocolMutation.AnyLockInsteadOfHighest)).Count);
    }

    [Fact]
    public void A_clock_that_judges_a_locked_value_halts_the_chain_after_a_power_cut()
    {
        string script = File.ReadAllText(Path.Combine(Folder(), "power-cut.txt"));
        Assert.Single(Decisions(Play(script, ProtocolMutation.None)));
        Assert.Empty(Decisions(Play(script, ProtocolMutation.ClockJudgesLockedValue)));
    }

    [Fact]
    public void Two_locks_of_one_ballot_still_decide_one_value()
    {
        string script = File.ReadAllText(Path.Combine(Folder(), "two-locks.txt"));
        Assert.Single(Decisions(Play(script, ProtocolMutation.None)));
    }

    /// <summary>The different values decided at height 1.</summary>
    private static HashSet<string> Decisions(string transcript) =>
    [
        .. transcript.Split('\n')
            .Where(line => line.Contains("DECIDES Decided 1/", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4]),
    ];

    private static string Play(string script, ProtocolMutation mutation)
    {
        ScriptedCluster cluster = new(mutation);
        StringBuilder played = new();
        foreach (string line in script.Split('\n'))
        {
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                played.Append(line).Append('\n').Append(cluster.Run(line[2..]));
            }
            else if (line.StartsWith('#'))
            {
                played.Append(line).Append('\n');
            }
        }

        return played.ToString();
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Dialogues");
}
