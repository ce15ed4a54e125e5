using System.Text.Json.Serialization;

namespace Tomada.Node;

/// <summary>How the node fares.</summary>
/// <param name="Company">Whose node.</param>
/// <param name="Phase">FOUNDING, or RUNNING once the genesis is complete.</param>
/// <param name="Candidates">While founding: companies with a mutual handshake, this one not
/// counted.</param>
/// <param name="Network">Network id; empty while founding.</param>
/// <param name="Height">Newest block.</param>
/// <param name="Tip">Its digest.</param>
/// <param name="StateRoot">Root of the state.</param>
/// <param name="ClockFactor">Speed of the ledger clock.</param>
/// <param name="LedgerNow">The ledger clock.</param>
/// <param name="Members">Members of the network.</param>
/// <param name="Reachable">Companies with a live channel.</param>
/// <param name="Pending">Own transactions that wait.</param>
/// <param name="Counters">What this process has counted since its start, as "name
/// tag=value".</param>
public sealed record StatusAnswer(
    string Company,
    string Phase,
    string[] Candidates,
    string Network,
    long Height,
    string Tip,
    string StateRoot,
    int ClockFactor,
    string LedgerNow,
    string[] Members,
    string[] Reachable,
    int Pending,
    SortedDictionary<string, long> Counters)
{
    /// <summary>Members proven to have contradicted themselves, each once.</summary>
    public string[] Guilty { get; init; } = [];

    /// <summary>Why this node does not vote; empty when it does, or is no member.</summary>
    public string NotVoting { get; init; } = "";

    /// <summary>
    /// The newest block that others have for certain; above <see cref="Height"/> while this node
    /// catches up.
    /// </summary>
    public long NetworkHeight { get; init; }
}

/// <summary>A station of this company as the node sees it.</summary>
public sealed record StationAnswer(string Id, bool Online, StationEvseAnswer[] Evses);

/// <summary>One EVSE of it: OCPI status, and the leg it is reserved for.</summary>
public sealed record StationEvseAnswer(
    string Uid, string Status, string? Reservation, string[] Acknowledged);

/// <summary>How a submitted transaction ended.</summary>
public sealed record SubmitAnswer(
    string Id, string End, string? Outcome, long Height, long Index, string Explanation);

/// <summary>A device's new credential; it is shown once.</summary>
public sealed record EnrolAnswer(string Kind, string Id, string Secret);

/// <summary>A credential of a device; what proves it is never told again.</summary>
/// <param name="Kind">car or station.</param>
/// <param name="Id">Its id.</param>
/// <param name="Credential">SECRET, CERTIFICATE or TOKEN.</param>
/// <param name="Until">Of a token: good until then.</param>
public sealed record DeviceAnswer(string Kind, string Id, string Credential, string? Until);

/// <summary>The network's companies and what is about to change among them.</summary>
/// <param name="Phase">FOUNDING, MUST_JOIN, JOINING or RUNNING.</param>
/// <param name="Self">Whose node.</param>
/// <param name="Members">Who votes.</param>
/// <param name="Parties">Who did, and still may have something open.</param>
/// <param name="Candidates">Connected, invited, and unknown to the ledger.</param>
/// <param name="Proposals">Open changes, the oldest first.</param>
public sealed record NetworkAnswer(
    string Phase,
    string Self,
    string[] Members,
    PartyAnswer[] Parties,
    CandidateAnswer[] Candidates,
    ProposalAnswer[] Proposals);

/// <summary>A company that was a member.</summary>
public sealed record PartyAnswer(string Company, string Status, string Since, bool Open);

/// <summary>A company that waits at the door.</summary>
public sealed record CandidateAnswer(string Company, string Name, string IdentityKey);

/// <summary>An open change of the members.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Admit, Suspend, Remove, Replace, Depart or Rotate.</param>
/// <param name="Leaving">Who goes.</param>
/// <param name="Joining">Who comes.</param>
/// <param name="JoiningIdentity">Its identity key, to compare.</param>
/// <param name="ProposedBy">Who asked first.</param>
/// <param name="ProposedAt">When; it ends seven days later.</param>
/// <param name="Votes">Members whose votes count now.</param>
/// <param name="VotesNeeded">A quorum; 0 when nobody votes on it.</param>
/// <param name="Approved">Whether enough stand behind it.</param>
/// <param name="Ready">Who of the new members is ready.</param>
/// <param name="ReadyNeeded">How many of them must be.</param>
/// <param name="Awaited">Who of them has not said so.</param>
public sealed record ProposalAnswer(
    string Id,
    string Kind,
    string? Leaving,
    string? Joining,
    string? JoiningIdentity,
    string ProposedBy,
    string ProposedAt,
    string[] Votes,
    int VotesNeeded,
    bool Approved,
    string[] Ready,
    int ReadyNeeded,
    string[] Awaited);

/// <summary>One line of text, as an invitation is.</summary>
public sealed record TextAnswer(string Text);

/// <summary>What a check of the whole stored chain found.</summary>
/// <param name="Height">Blocks that were checked.</param>
/// <param name="Faults">Lowest first; none when everything is sound.</param>
public sealed record ChainAnswer(long Height, ChainFault[] Faults);

/// <summary>How far the newest check of the stored chain is.</summary>
/// <param name="Checked">Blocks looked at so far; 0 before the first check.</param>
/// <param name="Height">The newest block.</param>
public sealed record ChainProgressAnswer(long Checked, long Height);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(StationAnswer[]))]
[JsonSerializable(typeof(SubmitAnswer))]
[JsonSerializable(typeof(EnrolAnswer))]
[JsonSerializable(typeof(DeviceAnswer[]))]
[JsonSerializable(typeof(NetworkAnswer))]
[JsonSerializable(typeof(TextAnswer))]
[JsonSerializable(typeof(ChainAnswer))]
[JsonSerializable(typeof(ChainProgressAnswer))]
[JsonSerializable(typeof(TimelineAnswer))]
public sealed partial class NodeJson : JsonSerializerContext;
