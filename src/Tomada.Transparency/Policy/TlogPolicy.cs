using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>A log line (C2SP tlog-policy, Defining a log).</summary>
/// <param name="Key">Kind 01; its name is the origin of the log.</param>
/// <param name="Url">Where to ask it, or null; says nothing about trust.</param>
public sealed record PolicyLog(NoteKey Key, string? Url = null);

/// <summary>A witness line (C2SP tlog-policy, Defining a witness).</summary>
/// <param name="Name">What groups and the quorum call it.</param>
/// <param name="Key">Kind 04.</param>
/// <param name="Url">Where to ask it, or null; says nothing about trust.</param>
public sealed record PolicyWitness(string Name, NoteKey Key, string? Url = null);

/// <summary>A group line (C2SP tlog-policy, Defining a witness group).</summary>
/// <param name="Name">What later groups and the quorum call it.</param>
/// <param name="Threshold">How many members must have witnessed; 1 to all of them.</param>
/// <param name="Members">Witnesses and earlier groups, each in one group at most.</param>
public sealed record PolicyGroup(string Name, int Threshold, ImmutableArray<string> Members);

/// <summary>A checkpoint that a policy accepts.</summary>
/// <param name="Checkpoint">The head.</param>
/// <param name="Logs">The log keys that signed it under its origin; at least one.</param>
/// <param name="Cosignatures">The witnesses that cosigned it, and when.</param>
public sealed record AcceptedCheckpoint(
    Checkpoint Checkpoint,
    ImmutableArray<NoteKey> Logs,
    ImmutableArray<VerifiedSignature> Cosignatures);

/// <summary>
/// Whose signatures make a checkpoint valid (C2SP tlog-policy): one of the logs, and a quorum of
/// the witnesses. Names and URLs are octets, held as one character U+0000 to U+00FF each, as the
/// specification's Character set asks; a company's id is the same both ways. Immutable.
/// </summary>
public sealed class TlogPolicy
{
    /// <summary>
    /// The quorum that asks for no witness (C2SP tlog-policy, Defining the quorum).
    /// </summary>
    public const string NoQuorum = "none";

    private const string CompaniesGroup = "companies";

    private readonly ImmutableArray<NoteKey> _known;

    private TlogPolicy(
        ImmutableArray<PolicyLog> logs,
        ImmutableArray<PolicyWitness> witnesses,
        ImmutableArray<PolicyGroup> groups,
        string quorum)
    {
        Logs = logs;
        Witnesses = witnesses;
        Groups = groups;
        Quorum = quorum;
        _known = [.. logs.Select(log => log.Key), .. witnesses.Select(each => each.Key)];
    }

    /// <summary>Any one of them must have signed; 0 to 64, no key twice.</summary>
    public ImmutableArray<PolicyLog> Logs { get; }

    /// <summary>Who may cosign; 0 to 64, no key and no name twice.</summary>
    public ImmutableArray<PolicyWitness> Witnesses { get; }

    /// <summary>0 to 64, each naming only witnesses and earlier groups.</summary>
    public ImmutableArray<PolicyGroup> Groups { get; }

    /// <summary>The witness or group that must have witnessed, or "none".</summary>
    public string Quorum { get; }

    /// <summary>
    /// "A number of these companies": each signs as the log under the origin and cosigns under its
    /// own name, as <see cref="NoteKey.OfLog"/> and <see cref="NoteKey.OfCompany"/> say.
    /// </summary>
    /// <param name="origin"><see cref="Checkpoint.OriginOf"/> the network.</param>
    /// <param name="companies">1 to 64 members with their identity keys, no key twice.</param>
    /// <param name="quorum">Cosignatures that a checkpoint needs; 1 to all companies.</param>
    public static TlogPolicy OfCompanies(
        string origin,
        IReadOnlyCollection<KeyValuePair<CompanyId, PublicKey>> companies,
        int quorum)
    {
        PolicyWitness[] witnesses =
        [
            .. companies.Select(each => new PolicyWitness(
                each.Key.Value, NoteKey.OfCompany(origin, each.Key, each.Value))),
        ];
        PolicyGroup group = new(CompaniesGroup, quorum, [.. witnesses.Select(each => each.Name)]);
        bool isAllowed = TryCreate(
            [.. companies.Select(each => new PolicyLog(NoteKey.OfLog(origin, each.Value)))],
            [.. witnesses],
            [group],
            CompaniesGroup,
            out TlogPolicy? policy,
            out string? why);
        Invariant.Require(isAllowed, $"a network's policy is one: {why}");
        return policy!;
    }

    /// <summary>Puts a policy together, if C2SP tlog-policy allows it.</summary>
    /// <param name="logs">In any order.</param>
    /// <param name="witnesses">In any order.</param>
    /// <param name="groups">Each after the groups that it names.</param>
    /// <param name="quorum">A name of those, or "none".</param>
    /// <param name="policy">The policy, when the answer is true.</param>
    /// <param name="why">Otherwise what is wrong and what is allowed.</param>
    public static bool TryCreate(
        ImmutableArray<PolicyLog> logs,
        ImmutableArray<PolicyWitness> witnesses,
        ImmutableArray<PolicyGroup> groups,
        string quorum,
        [NotNullWhen(true)] out TlogPolicy? policy,
        [NotNullWhen(false)] out string? why)
    {
        why = PolicyRules.WhyNot(logs, witnesses, groups, quorum);
        policy = why is null ? new TlogPolicy(logs, witnesses, groups, quorum) : null;
        return policy is not null;
    }

    /// <summary>Reads a policy file (C2SP tlog-policy, Policy file syntax and structure).</summary>
    /// <param name="bytes">At most <see cref="TreeLimits.PolicyBytesMax"/> bytes.</param>
    /// <param name="policy">The policy, when the answer is true.</param>
    /// <param name="why">Otherwise the line and what is allowed there.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out TlogPolicy? policy,
        [NotNullWhen(false)] out string? why)
    {
        PolicyReader reader = new();
        policy = null;
        why = reader.Read(bytes);
        return why is null && TryCreate(
            [.. reader.Logs], [.. reader.Witnesses], [.. reader.Groups], reader.Quorum!,
            out policy, out why);
    }

    /// <summary>
    /// The policy file in one form: logs, witnesses, groups with their number, the quorum; no
    /// comments. Reads back as the same policy.
    /// </summary>
    public byte[] Encode()
    {
        StringBuilder text = new();
        foreach (PolicyLog log in Logs)
        {
            text.Append("log ").Append(KeyOctets(log.Key)).Append(Last(log.Url)).Append('\n');
        }

        foreach (PolicyWitness witness in Witnesses)
        {
            text.Append("witness ").Append(witness.Name).Append(' ')
                .Append(KeyOctets(witness.Key)).Append(Last(witness.Url)).Append('\n');
        }

        foreach (PolicyGroup group in Groups)
        {
            text.Append("group ").Append(group.Name).Append(' ')
                .Append(group.Threshold.ToString(CultureInfo.InvariantCulture)).Append(' ')
                .AppendJoin(' ', group.Members).Append('\n');
        }

        return Encoding.Latin1.GetBytes(text.Append($"quorum {Quorum}\n").ToString());
    }

    /// <summary>Whether these witnesses are enough, by their names in this policy.</summary>
    public bool IsQuorum(IEnumerable<string> witnesses)
    {
        SortedSet<string> witnessed = new(witnesses, StringComparer.Ordinal);
        witnessed.IntersectWith(Witnesses.Select(each => each.Name));
        foreach (PolicyGroup group in Groups)
        {
            if (group.Members.Count(witnessed.Contains) >= group.Threshold)
            {
                witnessed.Add(group.Name);
            }
        }

        return Quorum == NoQuorum || witnessed.Contains(Quorum);
    }

    /// <summary>
    /// Whether a signed head is valid: one of the logs signed it under its own origin, and a quorum
    /// of the witnesses cosigned it. Signatures of other keys are passed over; a wrong one of a key
    /// in this policy refuses the note (C2SP signed-note, Signatures).
    /// </summary>
    /// <param name="note">The head with its signatures.</param>
    /// <param name="verify">Checks Ed25519.</param>
    /// <param name="accepted">The head and who signed it, when the answer is true.</param>
    /// <param name="refusal">Otherwise the class of what is wrong, and what it is.</param>
    public bool TryAccept(
        SignedNote note,
        VerifySignature verify,
        [NotNullWhen(true)] out AcceptedCheckpoint? accepted,
        [NotNullWhen(false)] out TlogRefusal? refusal)
    {
        accepted = null;
        if (!Checkpoint.TryParse(note.Text, out Checkpoint? head, out string? why))
        {
            refusal = new TlogRefusal(TlogFinding.Malformed, $"checkpoint: {why}");
            return false;
        }

        if (!note.TryVerify(_known, verify, out var signatures, out why)
            && note.Signatures.Any(each => _known.Any(key => key.Names(each))))
        {
            refusal = new TlogRefusal(TlogFinding.WrongSignature, why);
            return false;
        }

        ImmutableArray<NoteKey> logs =
        [
            .. signatures.Select(each => each.Key).Where(key =>
                key.Kind == NoteSignatureKind.Ed25519 && key.Name == head.Origin),
        ];
        if (logs.IsEmpty)
        {
            refusal = new TlogRefusal(
                TlogFinding.UnknownLog, $"no log of the policy signed as {head.Origin}");
            return false;
        }

        ImmutableArray<VerifiedSignature> cosignatures =
            [.. signatures.Where(each => each.Key.Kind == NoteSignatureKind.Cosignature)];
        string[] names =
        [
            .. from each in Witnesses
               where cosignatures.Any(signature => signature.Key == each.Key)
               select each.Name,
        ];
        if (!IsQuorum(names))
        {
            string who = names.Length == 0 ? "nobody" : string.Join(' ', names);
            refusal = new TlogRefusal(
                TlogFinding.QuorumMissed, $"{who} cosigned, which is not {Quorum} of the policy");
            return false;
        }

        accepted = new AcceptedCheckpoint(head, logs, cosignatures);
        refusal = null;
        return true;
    }

    private static string Last(string? url) => url is null ? string.Empty : $" {url}";

    private static string KeyOctets(NoteKey key) =>
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(key.ToString()));
}
