using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// What must be done, in this order: write Votes, Append and the pending rows in one synced
/// transaction; then send; then serve; then tell who waits. A failed sync ends the process.
/// </summary>
public sealed record ReplicatorOutput
{
    /// <summary>Rows that keep this replica from ever contradicting itself.</summary>
    public required ImmutableArray<DurableRecord> Votes { get; init; }

    /// <summary>Decided and executed blocks, ascending.</summary>
    public required ImmutableArray<AppendedBlock> Append { get; init; }

    /// <summary>Own transactions that began to wait; the others' wait in memory.</summary>
    public required ImmutableArray<SignedTransaction> PendingAdded { get; init; }

    /// <summary>Own transactions that wait no more.</summary>
    public required ImmutableArray<TransactionId> PendingRemoved { get; init; }

    /// <summary>Messages, after the sync.</summary>
    public required ImmutableArray<OutgoingMessage> Send { get; init; }

    /// <summary>
    /// Peers that asked for older blocks: read them from the store and send them.
    /// </summary>
    public required ImmutableArray<BlockService> Serve { get; init; }

    /// <summary>
    /// Blocks below the tip that a peer sent: for who fills the holes of a store.
    /// </summary>
    public ImmutableArray<OlderBlocks> Older { get; init; } = [];

    /// <summary>What peers asked or said of heads: for who cosigns them.</summary>
    public ImmutableArray<HeadInput> Heads { get; init; } = [];

    /// <summary>What peers asked or said of their EVSEs: for who plans trips.</summary>
    public ImmutableArray<OutlookInput> Outlooks { get; init; } = [];

    /// <summary>What peers asked or said of snapshots: for who keeps them.</summary>
    public ImmutableArray<SyncInput> Syncing { get; init; } = [];

    /// <summary>
    /// A peer has a snapshot far ahead of where this node runs: it should open anew, for a start
    /// takes one up. A claim, with nothing proven. Null nearly always.
    /// </summary>
    public SnapshotHead? FarAhead { get; init; }

    /// <summary>Own transactions that ended without entering a block.</summary>
    public required ImmutableArray<EndedTransaction> Ended { get; init; }

    /// <summary>What was not believed, for metrics.</summary>
    public required ImmutableArray<RefusedInput> Refusals { get; init; }

    /// <summary>
    /// Votes to keep for a day, in the same write; they need no sync of their own.
    /// </summary>
    public ImmutableArray<HeardVotes> Heard { get; init; } = [];

    /// <summary>
    /// Members that contradicted themselves: keep it, warn, and report it on the ledger.
    /// </summary>
    public ImmutableArray<Evidence> Found { get; init; } = [];

    /// <summary>
    /// Votes to compare with those kept of their height, by
    /// <see cref="ReplicatorInput.Recalled"/>.
    /// </summary>
    public ImmutableArray<LateVote> Recall { get; init; } = [];

    /// <summary>
    /// The disk is not the one that this node voted with: remember that the key is lost, and ask
    /// the ledger for a fresh one. Null nearly always.
    /// </summary>
    public LostVote? Lost { get; init; }
}

/// <summary>A block to append: executed, with its proof.</summary>
public sealed record AppendedBlock(AppliedBlock Applied, ConsensusMessage.Decided Proof);

/// <summary>A message to one peer, or to all when <c>To</c> is null.</summary>
public sealed record OutgoingMessage(CompanyId? To, PeerMessage Message);

/// <summary>A peer that wants blocks from this height on.</summary>
public sealed record BlockService(CompanyId To, long FromHeight);

/// <summary>Blocks below the tip, as a peer sent them: nothing of them is checked.</summary>
public sealed record OlderBlocks(CompanyId From, ImmutableArray<ConsensusMessage.Decided> Blocks);

/// <summary>A message of who is far behind, or to it; nothing of it is checked.</summary>
public sealed record SyncInput(CompanyId From, SyncMessage Message);

/// <summary>A message about heads of the log; nothing of it is checked.</summary>
public sealed record HeadInput(CompanyId From, PeerMessage Message);

/// <summary>A message about EVSEs' next hours; nothing of it is checked.</summary>
public sealed record OutlookInput(CompanyId From, PeerMessage Message);

/// <summary>An own transaction that will never be in a block, and why.</summary>
public sealed record EndedTransaction(TransactionId Id, TransactionEnd End, string Why);

/// <summary>How a transaction's life ends.</summary>
public enum TransactionEnd
{
    /// <summary>It is in a block; its outcome stands beside it.</summary>
    Decided = 1,

    /// <summary>Block time passed its validUntil first.</summary>
    Expired = 2,

    /// <summary>It may never enter a block.</summary>
    Refused = 3,

    /// <summary>Too many wait already; try again later.</summary>
    Busy = 4,

    /// <summary>
    /// Nobody can say here: its submitter stopped waiting before a block told its end, or a block
    /// that this node has not executed used its number. Ask the ledger for its id.
    /// </summary>
    Undecided = 5,
}

/// <summary>An input that was not believed.</summary>
/// <param name="From">Whose channel it came through.</param>
/// <param name="Reason">A stable name.</param>
/// <param name="Detail">For people.</param>
public sealed record RefusedInput(CompanyId From, string Reason, string Detail);
