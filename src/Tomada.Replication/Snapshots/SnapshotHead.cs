using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>What a snapshot is of, beside the rows in its parts.</summary>
/// <param name="Height">The block after which the state was so.</param>
/// <param name="Tip">That block's digest.</param>
/// <param name="Parts">How many parts hold the rows, numbered from 0.</param>
/// <param name="Rows">How many rows they hold.</param>
/// <param name="Term">Whose term it is after the block; it follows from the seals before.</param>
/// <param name="Deciders">Who decided the block; the seal before it names their root.</param>
public sealed record SnapshotHead(
    long Height, Digest Tip, int Parts, long Rows, LeaderTerm Term, Governance Deciders)
{
    public static Codec<SnapshotHead> Codec { get; } = RecordCodec<SnapshotHead>.Versioned(1)
        .Field(1, "height", x => x.Height, Codecs.Long(1, Limits.HeightMax))
        .Field(2, "tip", x => x.Tip, Digest.Codec)
        .Field(3, "parts", x => x.Parts, Codecs.Int(1, ReplicationLimits.SnapshotPartsMax))
        .Field(4, "rows", x => x.Rows, Codecs.Long(1, long.MaxValue))
        .Field(5, "term", x => x.Term, LeaderTerm.Codec)
        .Field(6, "deciders", x => x.Deciders, Governance.Codec);
}
