using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>What a policy may say (C2SP tlog-policy, from Structure to Character set).</summary>
internal static class PolicyRules
{
    public const string TokenAllowed = "octets without controls and spaces";

    /// <summary>The first rule that is broken, or null.</summary>
    public static string? WhyNot(
        ImmutableArray<PolicyLog> logs,
        ImmutableArray<PolicyWitness> witnesses,
        ImmutableArray<PolicyGroup> groups,
        string quorum)
    {
        foreach ((string what, int count) in new[]
        {
            ("logs", logs.Length), ("witnesses", witnesses.Length), ("groups", groups.Length),
        })
        {
            if (count > TreeLimits.PolicyLinesMax)
            {
                return $"{count} {what} are more than {TreeLimits.PolicyLinesMax}";
            }
        }

        SortedSet<string> names = new(StringComparer.Ordinal);
        return WhyNotLogs(logs) ?? WhyNotWitnesses(witnesses, names)
            ?? WhyNotGroups(groups, names)
            ?? (quorum == TlogPolicy.NoQuorum || names.Contains(quorum)
                ? null
                : $"quorum: {quorum} is no witness or group defined before");
    }

    private static string? WhyNotLogs(ImmutableArray<PolicyLog> logs)
    {
        SortedSet<PublicKey> keys = [];
        foreach (PolicyLog log in logs)
        {
            string? why = log.Key.Kind != NoteSignatureKind.Ed25519
                ? "a log's key is of type 01"
                : WhyNotUrl(log.Url) ?? (keys.Add(log.Key.Key) ? null : "its key is listed twice");
            if (why is not null)
            {
                return $"log {log.Key.Name}: {why}";
            }
        }

        return null;
    }

    private static string? WhyNotWitnesses(
        ImmutableArray<PolicyWitness> witnesses, SortedSet<string> names)
    {
        SortedSet<PublicKey> keys = [];
        foreach (PolicyWitness witness in witnesses)
        {
            string? why = witness.Key.Kind != NoteSignatureKind.Cosignature
                ? "a witness's key is of type 04"
                : WhyNotUrl(witness.Url)
                    ?? (keys.Add(witness.Key.Key) ? null : "its key is listed twice")
                    ?? WhyNotName(witness.Name, names);
            if (why is not null)
            {
                return $"witness {witness.Name}: {why}";
            }
        }

        return null;
    }

    private static string? WhyNotGroups(
        ImmutableArray<PolicyGroup> groups, SortedSet<string> names)
    {
        SortedSet<string> members = new(StringComparer.Ordinal);
        foreach (PolicyGroup group in groups)
        {
            string? why = group.Threshold >= 1 && group.Threshold <= group.Members.Length
                ? null
                : $"its number is not 1 to its {group.Members.Length} members";
            foreach (string member in group.Members)
            {
                why ??= !names.Contains(member)
                    ? $"{member} is no witness or group defined before"
                    : members.Add(member) ? null : $"{member} is a member already";
            }

            why ??= WhyNotName(group.Name, names);
            if (why is not null)
            {
                return $"group {group.Name}: {why}";
            }
        }

        return null;
    }

    private static string? WhyNotName(string name, SortedSet<string> names) =>
        !IsToken(name) ? $"a name is {TokenAllowed}"
        : name == TlogPolicy.NoQuorum ? "the name none is taken"
        : names.Add(name) ? null : "the name is defined twice";

    private static string? WhyNotUrl(string? url) =>
        url is null || IsToken(url) ? null : $"a URL is {TokenAllowed}";

    private static bool IsToken(string text)
    {
        foreach (char c in text)
        {
            if (c is <= ' ' or '\u007F' or > '\u00FF')
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
