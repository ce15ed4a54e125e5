using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>
/// How a node that is far behind gets a state without executing the chain. Numbers are never
/// reused.
/// </summary>
public abstract record SyncMessage
{
    private SyncMessage()
    {
    }

    public static UnionCodec<SyncMessage> Codec { get; } = new UnionCodec<SyncMessage>()
        .Case(1, SnapshotAsked.Codec)
        .Case(2, SnapshotOffered.Codec)
        .Case(3, SealsAsked.Codec)
        .Case(4, Seals.Codec)
        .Case(5, PartAsked.Codec)
        .Case(6, Part.Codec);

    /// <summary>Asks for the newest snapshot.</summary>
    public sealed record SnapshotAsked : SyncMessage
    {
        public static new Codec<SnapshotAsked> Codec { get; } =
            RecordCodec<SnapshotAsked>.Versioned(1);
    }

    /// <summary>The newest snapshot, and its block with the proof; both absent when there is
    /// none.</summary>
    public sealed record SnapshotOffered(SnapshotHead? Head, ConsensusMessage.Decided? Block)
        : SyncMessage
    {
        public static new Codec<SnapshotOffered> Codec { get; } =
            RecordCodec<SnapshotOffered>.Versioned(1)
            .Optional(1, "head", x => x.Head, SnapshotHead.Codec)
            .Optional(2, "block", x => x.Block, ConsensusMessage.Decided.Codec);
    }

    /// <summary>Asks for seals, both ends included.</summary>
    public sealed record SealsAsked(long From, long To) : SyncMessage
    {
        public static new Codec<SealsAsked> Codec { get; } = RecordCodec<SealsAsked>.Versioned(1)
            .Field(1, "from", x => x.From, Codecs.Long(1, Limits.HeightMax))
            .Field(2, "to", x => x.To, Codecs.Long(1, Limits.HeightMax));
    }

    /// <summary>
    /// Seals from the height that was asked for on; the last one carries its proof. Empty when they
    /// are not there.
    /// </summary>
    public sealed record Seals(ImmutableArray<SealLink> Links) : SyncMessage
    {
        public static new Codec<Seals> Codec { get; } = RecordCodec<Seals>.Versioned(1)
            .Field(1, "links", x => x.Links, Codecs.List(
                SealLink.Codec, 0, ReplicationLimits.SealsPerAnswerMax));
    }

    /// <summary>Asks for a part of the snapshot of a height.</summary>
    public sealed record PartAsked(long Height, int Number) : SyncMessage
    {
        public static new Codec<PartAsked> Codec { get; } = RecordCodec<PartAsked>.Versioned(1)
            .Field(1, "height", x => x.Height, Codecs.Long(1, Limits.HeightMax))
            .Field(
                2, "number", x => x.Number, Codecs.Int(0, ReplicationLimits.SnapshotPartsMax - 1));
    }

    /// <summary>A part; empty when the snapshot is not there any more.</summary>
    public sealed record Part(long Height, int Number, byte[] Bytes) : SyncMessage
    {
        public static new Codec<Part> Codec { get; } = RecordCodec<Part>.Versioned(1)
            .Field(1, "height", x => x.Height, Codecs.Long(1, Limits.HeightMax))
            .Field(
                2, "number", x => x.Number, Codecs.Int(0, ReplicationLimits.SnapshotPartsMax - 1))
            .Field(3, "bytes", x => x.Bytes, Codecs.Bytes(
                0, ReplicationLimits.SnapshotPartBytesMax));
    }
}
