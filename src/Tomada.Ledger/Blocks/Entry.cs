using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// One leaf of the public log: a transaction with its outcome and effects, or effects that the
/// rules alone made (expiry, cut-off), or the seal that ends a block.
/// </summary>
public abstract record Entry
{
    private static readonly UnionCodec<Entry> s_codec = new UnionCodec<Entry>()
        .Case(1, TransactionEntry.Codec)
        .Case(2, RuleEntry.Codec)
        .Case(3, Seal.Codec);

    private protected Entry()
    {
    }

    public static Codec<Entry> Codec => s_codec;
}

/// <summary>A transaction in the log.</summary>
/// <param name="Transaction">The signed bytes as received.</param>
/// <param name="Outcome">Applied, or why not.</param>
/// <param name="Effects">What it changed; empty when refused.</param>
public sealed record TransactionEntry(
    byte[] Transaction, Outcome Outcome, ImmutableArray<Effect> Effects) : Entry
{
    public static new Codec<TransactionEntry> Codec { get; } =
        RecordCodec<TransactionEntry>.Versioned(1)
        .Field(
            1, "transaction", x => x.Transaction, Codecs.Bytes(1, LedgerLimits.TransactionBytesMax))
        .Field(2, "outcome", x => x.Outcome, Outcome.Codec)
        .Field(3, "effects", x => x.Effects, Codecs.List(Effect.Codec, 0, LedgerLimits.EffectsMax));
}

/// <summary>What the rules did by themselves, because a deadline passed.</summary>
public sealed record RuleEntry(ImmutableArray<Effect> Effects) : Entry
{
    public static new Codec<RuleEntry> Codec { get; } = RecordCodec<RuleEntry>.Versioned(1)
        .Field(1, "effects", x => x.Effects, Codecs.List(Effect.Codec, 1, LedgerLimits.EffectsMax));
}

/// <summary>
/// The last entry of a block. Its hash is the block's digest; it is written once by its proposer
/// and never changed when another leader proposes it again, so it holds neither its own ballot nor
/// its own certificate.
/// </summary>
/// <param name="Height">1 for the first block.</param>
/// <param name="Previous">Digest of the block before; the network id at height 1.</param>
/// <param name="FirstIndex">Index in the log of the block's first entry.</param>
/// <param name="Count">Entries before the seal.</param>
/// <param name="TransactionRoot">RFC 6962 root over those entries.</param>
/// <param name="StateRoot">Root of the state tree after the block.</param>
/// <param name="GovernanceRoot">Hash of members, keys, f and q after the block: what votes of the
/// next height sign.</param>
/// <param name="Time">Block time on the ledger clock; strictly increasing.</param>
/// <param name="Proposer">Who made the value.</param>
/// <param name="Certificate">Certificate of the block before, as the proposer held it; absent at
/// height 1.</param>
public sealed record Seal(
    long Height,
    Digest Previous,
    long FirstIndex,
    int Count,
    Digest TransactionRoot,
    Digest StateRoot,
    Digest GovernanceRoot,
    Timestamp Time,
    CompanyId Proposer,
    byte[]? Certificate) : Entry
{
    public static new Codec<Seal> Codec { get; } = RecordCodec<Seal>.Versioned(1)
        .Field(1, "height", x => x.Height, Codecs.Long(1, long.MaxValue))
        .Field(2, "previous", x => x.Previous, Digest.Codec)
        .Field(3, "firstIndex", x => x.FirstIndex, Codecs.Long(0, long.MaxValue))
        .Field(4, "count", x => x.Count, Codecs.Int(0, LedgerLimits.BlockEntriesMax))
        .Field(5, "transactionRoot", x => x.TransactionRoot, Digest.Codec)
        .Field(6, "stateRoot", x => x.StateRoot, Digest.Codec)
        .Field(7, "governanceRoot", x => x.GovernanceRoot, Digest.Codec)
        .Field(8, "time", x => x.Time, Timestamp.Codec)
        .Field(9, "proposer", x => x.Proposer, CompanyId.Codec)
        .Optional(
            10,
            "certificate",
            x => x.Certificate,
            Codecs.Bytes(1, LedgerLimits.CertificateBytesMax));
}

/// <summary>
/// A block as proposed, stored and sent: the bytes of its entries, the seal last.
/// </summary>
/// <param name="Entries">Each the canonical bytes of an <see cref="Entry"/>; a leaf of the
/// log.</param>
public sealed record Block(ImmutableArray<byte[]> Entries)
{
    public static Codec<Block> Codec { get; } = RecordCodec<Block>.Versioned(1)
        .Field(1, "entries", x => x.Entries, Codecs.List(
            Codecs.Bytes(1, LedgerLimits.EntryBytesMax),
            1,
            LedgerLimits.BlockEntriesMax + 1));

    /// <summary>The block's digest: SHA-256 of its seal entry's bytes.</summary>
    public Digest Digest => Digest.Of(Entries[^1]);
}
