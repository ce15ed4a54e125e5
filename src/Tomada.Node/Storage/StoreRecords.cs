using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Storage;

/// <summary>What one write makes durable, wholly or not at all.</summary>
public sealed record StoreBatch
{
    /// <summary>
    /// Vote records that are added. One that is there already stays, and must be equal.
    /// </summary>
    public ImmutableArray<VoteRecord> Votes { get; init; } = [];

    /// <summary>Vote records of heights below this one are dropped; null drops none.</summary>
    public long? PruneVotesBelow { get; init; }

    /// <summary>Decided blocks in order, the first one just above the stored tip.</summary>
    public ImmutableArray<AppendedBlock> Blocks { get; init; } = [];

    /// <summary>
    /// Transactions that wait for a block, in order of arrival; those already there stay.
    /// </summary>
    public ImmutableArray<PendingTransaction> PendingAdded { get; init; } = [];

    /// <summary>Transactions that wait no longer.</summary>
    public ImmutableArray<TransactionId> PendingRemoved { get; init; } = [];

    /// <summary>Named single values that are set.</summary>
    public ImmutableArray<MetaRecord> Meta { get; init; } = [];

    /// <summary>Statements of another part of the node that go into the same write.</summary>
    public Action<SqliteConnection>? Also { get; init; }

    public bool IsEmpty => Also is null && Votes.IsEmpty && PruneVotesBelow is null
        && Blocks.IsEmpty
        && PendingAdded.IsEmpty && PendingRemoved.IsEmpty && Meta.IsEmpty;
}

/// <summary>Something consensus must remember before it speaks.</summary>
/// <param name="Height">The height it belongs to.</param>
/// <param name="Kind">What it is; the numbers are the writer's.</param>
/// <param name="Ballot">The ballot; 0 where there is one record for each height.</param>
/// <param name="Bytes">Its canonical bytes.</param>
public sealed record VoteRecord(long Height, int Kind, long Ballot, byte[] Bytes);

/// <summary>A decided block as it is stored.</summary>
/// <param name="Height">From 1.</param>
/// <param name="FirstIndex">Index in the log of its first entry.</param>
/// <param name="Block">Canonical bytes of the <see cref="Ledger.Block"/>.</param>
/// <param name="Certificate">What proves that it was decided.</param>
/// <param name="Transactions">Where each transaction stands in the log.</param>
public sealed record AppendedBlock(
    long Height,
    long FirstIndex,
    byte[] Block,
    byte[] Certificate,
    ImmutableArray<IndexedTransaction> Transactions);

/// <summary>A transaction and its index in the log.</summary>
public readonly record struct IndexedTransaction(TransactionId Id, long Index);

/// <summary>A signed transaction that waits for a block.</summary>
public sealed record PendingTransaction(TransactionId Id, byte[] Bytes);

/// <summary>A named single value.</summary>
public sealed record MetaRecord(string Key, byte[] Bytes);

/// <summary>A block read back.</summary>
/// <param name="Height">From 1.</param>
/// <param name="FirstIndex">Index in the log of its first entry.</param>
/// <param name="Bytes">Canonical bytes of the block.</param>
public sealed record StoredBlock(long Height, long FirstIndex, byte[] Bytes)
{
    /// <summary>The block itself.</summary>
    public Block Decode() => Block.Codec.Decode(Bytes);
}

/// <summary>Where a transaction stands.</summary>
/// <param name="Height">Its block.</param>
/// <param name="Index">Its entry's index in the log.</param>
public readonly record struct TransactionPlace(long Height, long Index);

/// <summary>Tables that another part of the node keeps in the same file.</summary>
/// <param name="Name">Names the part; its version is remembered under it.</param>
/// <param name="Migrations">SQL in order; the n-th brings the part's tables to version n. Never
/// edited, only added to.</param>
public sealed record StoreExtension(string Name, ImmutableArray<string> Migrations);
