using System.Collections.Immutable;
using System.Text;

namespace Tomada.Transparency;

/// <summary>
/// Reads the lines of a policy file (C2SP tlog-policy, Structure and Character set). A name must be
/// defined on an earlier line; the other rules are checked on the whole.
/// </summary>
internal sealed class PolicyReader
{
    private const string KeyAllowed = "is no name+id+key of a type that is read";

    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly SortedSet<string> _defined = new(StringComparer.Ordinal);

    public List<PolicyLog> Logs { get; } = [];

    public List<PolicyWitness> Witnesses { get; } = [];

    public List<PolicyGroup> Groups { get; } = [];

    public string? Quorum { get; private set; }

    /// <summary>Reads the file; the first line that is not allowed, or null.</summary>
    public string? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > TreeLimits.PolicyBytesMax)
        {
            return $"{bytes.Length} bytes are more than {TreeLimits.PolicyBytesMax}";
        }

        // Each octet is a character: what is not ASCII is opaque.
        string[] lines = Encoding.Latin1.GetString(bytes).Split('\n');
        if (lines[^1].Length != 0)
        {
            return "the last line does not end with a newline";
        }

        for (int i = 0; i < lines.Length - 1; i++)
        {
            string? why = ReadLine(lines[i]);
            if (why is not null)
            {
                return $"line {i + 1}: {why}";
            }
        }

        return Quorum is null ? "the quorum line is missing" : null;
    }

    private string? ReadLine(string line)
    {
        foreach (char c in line)
        {
            if (c is < ' ' and not '\t' or '\u007F')
            {
                return "the only controls allowed are tab and newline";
            }
        }

        string[] items = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (items.Length == 0 || items[0][0] == '#')
        {
            return null;
        }

        return items[0] switch
        {
            "log" when items.Length is 2 or 3 => ReadLog(items),
            "witness" when items.Length is 3 or 4 => ReadWitness(items),
            "group" when items.Length >= 4 => ReadGroup(items),
            "quorum" when items.Length == 2 => ReadQuorum(items[1]),
            _ => "is not 'log key [url]', 'witness name key [url]', 'group name number|all|any "
                + "name...' or 'quorum name'",
        };
    }

    private string? ReadLog(string[] items)
    {
        if (ReadKey(items[1]) is not { } key)
        {
            return KeyAllowed;
        }

        Logs.Add(new PolicyLog(key, items.Length > 2 ? items[2] : null));
        return null;
    }

    private string? ReadWitness(string[] items)
    {
        if (ReadKey(items[2]) is not { } key)
        {
            return KeyAllowed;
        }

        Witnesses.Add(new PolicyWitness(items[1], key, items.Length > 3 ? items[3] : null));
        return _defined.Add(items[1]) ? null : $"the name {items[1]} is defined twice";
    }

    private string? ReadGroup(string[] items)
    {
        ImmutableArray<string> members = [.. items[3..]];
        long threshold = items[2] switch
        {
            "all" => members.Length,
            "any" => 1,
            _ => NoteText.TryParseDecimal(items[2], members.Length, out long number) ? number : 0,
        };
        if (threshold == 0)
        {
            return $"{items[2]} is not all, any or a number from 1 to {members.Length}";
        }

        if (members.FirstOrDefault(each => !_defined.Contains(each)) is { } unknown)
        {
            return $"{unknown} is no witness or group defined before";
        }

        Groups.Add(new PolicyGroup(items[1], (int)threshold, members));
        return _defined.Add(items[1]) ? null : $"the name {items[1]} is defined twice";
    }

    private string? ReadQuorum(string name)
    {
        if (Quorum is not null)
        {
            return "a policy has one quorum line";
        }

        Quorum = name;
        return name == TlogPolicy.NoQuorum || _defined.Contains(name)
            ? null
            : $"{name} is no witness or group defined before";
    }

    private static NoteKey? ReadKey(string octets)
    {
        try
        {
            string text = s_strictUtf8.GetString(Encoding.Latin1.GetBytes(octets));
            return NoteKey.TryParse(text, out NoteKey? key, out _) ? key : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
