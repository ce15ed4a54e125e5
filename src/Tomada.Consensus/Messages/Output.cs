using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>
/// What must be done, in the order of the fields: persist and sync, then send, then append the
/// decided block (block, certificate, justification and state root in one write), apply it and give
/// back <see cref="Input.StartHeight"/>. A failed sync ends the process.
/// </summary>
/// <param name="Persist">Rows to write and sync before anything else of this output
/// happens.</param>
/// <param name="Send">Messages; sent only after the sync.</param>
/// <param name="Decided">The decision of this height; at most one until the next
/// StartHeight.</param>
/// <param name="Refusals">What was not believed, with the reason, for metrics.</param>
/// <param name="PeersAhead">Claimed heights above the next one: reasons to ask, not facts.</param>
/// <param name="PeersBehind">Peers that lack older blocks than this replica keeps: send them
/// theirs.</param>
public sealed record Output(
    ImmutableArray<DurableRecord> Persist,
    ImmutableArray<Outgoing> Send,
    Decision? Decided,
    ImmutableArray<Refusal> Refusals,
    ImmutableArray<PeerHeight> PeersAhead,
    ImmutableArray<PeerHeight> PeersBehind);

/// <summary>A message to one peer, or to all other members when <c>To</c> is null.</summary>
public sealed record Outgoing(CompanyId? To, ConsensusMessage Message);

/// <summary>A peer and the height that it says it wants to decide next.</summary>
public sealed record PeerHeight(CompanyId Company, long Height);

/// <summary>A decided value.</summary>
/// <param name="Value">As checked by <see cref="IValueRules.Check"/> in this step or an earlier
/// one.</param>
/// <param name="Proof">Value, certificate and, above ballot 0, the justification: append all of
/// it.</param>
public sealed record Decision(ValueCheck.CheckedValue Value, ConsensusMessage.Decided Proof);

/// <summary>Something that was not believed or not allowed. Nothing changed.</summary>
public sealed record Refusal(CompanyId From, RefusalReason Reason, string Detail);

/// <summary>Names of refusals, stable for metrics.</summary>
public enum RefusalReason
{
    NotAMember,
    BadSignature,
    BadCertificate,
    BadJustification,
    MissingJustification,
    NotTheLeader,
    NotTheLockedValue,
    OldBallot,
    OtherBallotStarted,
    ConflictingVote,
    InvalidValue,
    WrongParent,
    WrongProposer,
    WrongTime,
    MalformedValue,
    BadLock,
}

/// <summary>What a durable row says.</summary>
public enum DurableKind
{
    /// <summary>My proposal in the ballot: the whole message.</summary>
    Proposed = 1,

    /// <summary>The digest that I endorsed in the ballot.</summary>
    Endorsed = 2,

    /// <summary>What I accepted in the ballot: value and EC, my lock from then on.</summary>
    Accepted = 3,

    /// <summary>I entered the ballot and promised; no bytes.</summary>
    Promised = 4,
}

/// <summary>
/// A row that must be synced before what it belongs to leaves. The key is (height, kind, ballot); a
/// row is written once. Rows of heights below the tip may be dropped by the store.
/// </summary>
public sealed record DurableRecord(long Height, DurableKind Kind, int Ballot, byte[] Bytes);
