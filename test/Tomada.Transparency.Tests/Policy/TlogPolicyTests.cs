using System.Text;
using CsCheck;
using Xunit;

namespace Tomada.Transparency.Tests;

public class TlogPolicyTests
{
    private static readonly string s_log = Signer.Number(1).LogKey.ToString();

    private static readonly string[] s_witness =
        [.. Enumerable.Range(0, 8).Select(n => Signer.Number(n).WitnessKey.ToString())];

    [Fact]
    public void A_number_of_companies_is_a_policy_of_plain_lines()
    {
        string text = Encoding.ASCII.GetString(Signer.Policy(3, 2).Encode());
        string[] lines = text.Split('\n');
        Assert.Equal($"log {s_log}", lines[0]);
        Assert.Equal($"witness br-001 {s_witness[1]}", lines[3]);
        Assert.Equal(
            ["group companies 2 br-001 br-002 br-003", "quorum companies", ""], lines[6..]);
    }

    [Fact]
    public void What_is_written_reads_back_as_the_same_policy() =>
        Gen.Int[1, 40].SelectMany(n => Gen.Select(Gen.Const(n), Gen.Int[1, n])).Sample(
            (companies, quorum) =>
            {
                byte[] bytes = Signer.Policy(companies, quorum).Encode();
                TlogPolicy read = Parse(bytes);
                Assert.Equal(bytes, read.Encode());
                Assert.Equal(companies, read.Logs.Length);
                Assert.Equal(companies, read.Witnesses.Length);
            },
            iter: 20);

    [Fact]
    public void The_example_of_the_specification_asks_both_its_groups()
    {
        TlogPolicy policy = Parse(
            $"log {s_log}\n\nwitness X1 {s_witness[1]}\nwitness X2 {s_witness[2]}\n"
            + $"witness X3 {s_witness[3]}\ngroup X-witnesses 2 X1 X2 X3\n\n"
            + $"witness Y1 {s_witness[4]}\nwitness Y2 {s_witness[5]}\nwitness Y3 {s_witness[6]}\n"
            + "group Y-witnesses any Y1 Y2 Y3\n\n"
            + "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n");
        Assert.True(policy.IsQuorum(["X1", "X3", "Y2"]));
        Assert.True(policy.IsQuorum(["X1", "X2", "X3", "Y1", "Y2", "Y3"]));
        Assert.False(policy.IsQuorum(["X1", "Y1", "Y2", "Y3"]));
        Assert.False(policy.IsQuorum(["X1", "X2", "X3"]));
        Assert.False(policy.IsQuorum([]));
        Assert.False(policy.IsQuorum(["X-and-Y"]));
    }

    [Fact]
    public void Whoever_is_counted_twice_counts_once() =>
        Assert.False(Signer.Policy(3, 2).IsQuorum(["br-001", "br-001"]));

    [Fact]
    public void Exactly_a_quorum_of_the_companies_is_enough() =>
        Gen.Select(Gen.Int[1, 10], Gen.Int[1, 10], Gen.Int[0, 1023]).Sample(
            (companies, quorum, who) =>
            {
                quorum = Math.Min(quorum, companies);
                string[] names =
                [
                    .. Enumerable.Range(1, companies).Where(n => ((who >> (n - 1)) & 1) == 1)
                        .Select(n => $"br-{n:d3}"),
                ];
                return Signer.Policy(companies, quorum).IsQuorum(names) == names.Length >= quorum;
            });

    [Fact]
    public void Spaces_tabs_comments_urls_and_any_octets_are_read()
    {
        byte[] bytes =
        [
            .. "  # a comment: \t\n\n \t\nlog\t"u8, .. Encoding.ASCII.GetBytes(s_log),
            .. "  https://e.example\nwitness "u8, 0xE9,
            .. Encoding.ASCII.GetBytes($" {s_witness[1]} https://w.example\n"),
            .. "# "u8, 0xFF, 0xFE, .. "\nquorum "u8, 0xE9, 0x0A,
        ];
        TlogPolicy policy = Parse(bytes);
        Assert.Equal("https://e.example", policy.Logs[0].Url);
        Assert.Equal("https://w.example", policy.Witnesses[0].Url);
        Assert.Equal("\u00E9", policy.Quorum);
        Assert.Equal(policy.Encode(), Parse(policy.Encode()).Encode());
        Assert.Contains((byte)0xE9, policy.Encode());
    }

    [Fact]
    public void A_key_whose_name_is_not_ascii_reads_back()
    {
        NoteKey key = new("caf\u00E9", NoteSignatureKind.Ed25519, Signer.Number(1).Public);
        TlogPolicy policy = Parse($"log {key}\nquorum none\n");
        Assert.Equal(key, policy.Logs[0].Key);
        Assert.Equal(key, Parse(policy.Encode()).Logs[0].Key);
    }

    public static TheoryData<string, string> BadPolicies() => new()
    {
        { "", "the quorum line is missing" },
        { "quorum none", "does not end with a newline" },
        { "quorum none\nquorum none\n", "line 2: a policy has one quorum line" },
        { "quorum nobody\n", "line 1: nobody is no witness or group" },
        { $"quorum W\nwitness W {s_witness[1]}\n", "line 1: W is no witness" },
        { "Quorum none\n", "line 1: is not" },
        { "quorum none # comment\n", "line 1: is not" },
        { "quorum none\r\n", "line 1: the only controls" },
        { "quorum none\u007F\n", "line 1: the only controls" },
        { "log key\nquorum none\n", "line 1: is no name+id+key" },
        { $"log {s_witness[1]}\nquorum none\n", "a log's key is of type 01" },
        { $"log {s_log}\nlog {s_log}\nquorum none\n", "its key is listed twice" },
        { $"witness W {s_log}\nquorum none\n", "a witness's key is of type 04" },
        { $"witness W {s_witness[1]}\nwitness V {s_witness[1]}\nquorum none\n", "listed twice" },
        { $"witness W {s_witness[1]}\nwitness W {s_witness[2]}\nquorum none\n", "defined twice" },
        { $"witness none {s_witness[1]}\nquorum none\n", "the name none is taken" },
        { $"witness W {s_witness[1]}\ngroup G 0 W\nquorum G\n", "line 2: 0 is not all, any" },
        { $"witness W {s_witness[1]}\ngroup G 2 W\nquorum G\n", "line 2: 2 is not all, any" },
        { $"witness W {s_witness[1]}\ngroup G 01 W\nquorum G\n", "line 2: 01 is not all, any" },
        { $"witness W {s_witness[1]}\ngroup G +1 W\nquorum G\n", "line 2: +1 is not all, any" },
        { $"witness W {s_witness[1]}\ngroup G all\nquorum G\n", "line 2: is not" },
        { "group G any H\ngroup H any G\nquorum G\n", "line 1: H is no witness" },
        { "group G any none\nquorum G\n", "line 1: none is no witness" },
        { $"witness W {s_witness[1]}\ngroup G 1 W W\nquorum G\n", "W is a member already" },
        {
            $"witness W {s_witness[1]}\ngroup G any W\ngroup H any W\nquorum G\n",
            "group H: W is a member already"
        },
        {
            $"witness W {s_witness[1]}\ngroup W any W\nquorum W\n",
            "line 2: the name W is defined twice"
        },
    };

    [Theory]
    [MemberData(nameof(BadPolicies))]
    public void What_is_not_allowed_is_refused_with_its_line(string text, string reason)
    {
        Assert.False(TlogPolicy.TryParse(Encoding.Latin1.GetBytes(text), out _, out string? why));
        Assert.Contains(reason, why);
    }

    [Fact]
    public void A_policy_beyond_its_limits_is_refused()
    {
        Assert.False(TlogPolicy.TryParse(
            new byte[TreeLimits.PolicyBytesMax + 1], out _, out string? why));
        Assert.Equal("65537 bytes are more than 65536", why);
        string logs = string.Concat(Enumerable.Range(0, 65).Select(
            n => $"log {Signer.Number(n).LogKey}\n"));
        Assert.False(TlogPolicy.TryParse(
            Encoding.ASCII.GetBytes(logs + "quorum none\n"), out _, out why));
        Assert.Equal("65 logs are more than 64", why);
    }

    [Fact]
    public void A_head_needs_its_log_and_its_quorum()
    {
        TlogPolicy policy = Signer.Policy(4, 3);
        Assert.Null(Finding(policy, Signer.Note(5, 1, 2, 3)));
        Assert.Null(Finding(policy, Signer.Note(5, 1, 2, 3, 4, 9)));
        Assert.Equal(TlogFinding.QuorumMissed, Finding(policy, Signer.Note(5, 1, 2)));
        Assert.Equal(TlogFinding.QuorumMissed, Finding(policy, Signer.Note(5, 1, 2, 2)));
        Assert.Equal(TlogFinding.QuorumMissed, Finding(policy, Signer.Note(5, 1, 2, 9)));
        SignedNote note = Signer.Note(5, 1, 2, 3);
        Assert.Equal(
            TlogFinding.UnknownLog,
            Finding(policy, note with { Signatures = note.Signatures[1..] }));
        string text = note.Text;
        Assert.Equal(
            TlogFinding.UnknownLog,
            Finding(policy, new SignedNote(text, [Signer.Number(9).AsLog(text)])));
        NoteSignature wrong = Signer.Number(4).Cosign("another\ntext\n");
        Assert.Equal(
            TlogFinding.WrongSignature,
            Finding(policy, note with { Signatures = [.. note.Signatures, wrong] }));
        Assert.Equal(
            TlogFinding.Malformed,
            Finding(policy, new SignedNote("x\n", [Signer.Number(1).AsLog("x\n")])));
    }

    [Fact]
    public void A_log_key_accepts_only_heads_of_its_own_origin()
    {
        NoteKey other = new("other.log", NoteSignatureKind.Ed25519, Signer.Number(1).Public);
        string text = Signer.Head(5).ToText();
        SignedNote note = new(text, [other.Sign(text, 0, Signer.Number(1).Sign)]);
        Assert.Equal(TlogFinding.UnknownLog, Finding(Parse($"log {other}\nquorum none\n"), note));
    }

    [Fact]
    public void A_policy_without_a_quorum_asks_for_the_log_alone()
    {
        TlogPolicy policy = Parse($"log {s_log}\nquorum none\n");
        Assert.Null(Finding(policy, Signer.Note(5)));
    }

    private static TlogFinding? Finding(TlogPolicy policy, SignedNote note) =>
        policy.TryAccept(note, Signer.Verify, out _, out TlogRefusal? refusal)
            ? null
            : refusal.Finding;

    private static TlogPolicy Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    private static TlogPolicy Parse(byte[] bytes)
    {
        Assert.True(TlogPolicy.TryParse(bytes, out TlogPolicy? policy, out string? why), why);
        return policy;
    }
}
