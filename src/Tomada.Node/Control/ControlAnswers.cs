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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(StationAnswer[]))]
[JsonSerializable(typeof(SubmitAnswer))]
[JsonSerializable(typeof(EnrolAnswer))]
public sealed partial class NodeJson : JsonSerializerContext;
