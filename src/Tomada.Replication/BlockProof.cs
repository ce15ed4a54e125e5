using Tomada.Consensus;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>
/// What proves that a block was decided, as it is stored beside it and shown to auditors: the
/// decision certificate and, above ballot 0, the justification of its ballot.
/// </summary>
public sealed record BlockProof(Certificate Certificate, Justification? Justification)
{
    public static Codec<BlockProof> Codec { get; } = RecordCodec<BlockProof>.Versioned(1)
        .Field(1, "certificate", each => each.Certificate, Certificate.Codec)
        .Optional(2, "justification", each => each.Justification, Consensus.Justification.Codec);

    public static BlockProof Of(ConsensusMessage.Decided decided) =>
        new(decided.Certificate, decided.Justification);

    /// <summary>The block with this proof, as peers exchange it.</summary>
    public ConsensusMessage.Decided With(byte[] block) => new(block, Certificate, Justification);
}
