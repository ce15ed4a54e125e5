using Tomada.Consensus;
using Tomada.Primitives;
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

    /// <summary>
    /// Whether a quorum of these members decided the block at this height, and above ballot 0 was
    /// allowed to.
    /// </summary>
    /// <param name="block">Digest of the block.</param>
    /// <param name="height">From 1.</param>
    /// <param name="members">The members of that height, never today's.</param>
    /// <param name="verifier">Network and algorithm.</param>
    public bool Proves(Digest block, long height, MemberSet members, VoteVerifier verifier) =>
        Certificate.Height == height
        && Certificate.Digest == block
        && Certificate.IsValid(members, verifier, VoteType.Accept)
        && (Certificate.Ballot == 0
            || (Justification is { } promises
                && promises.Height == height
                && promises.Ballot == Certificate.Ballot
                && promises.Allows(block)
                && promises.IsValid(members, verifier)));

    public static BlockProof Of(ConsensusMessage.Decided decided) =>
        new(decided.Certificate, decided.Justification);

    /// <summary>The block with this proof, as peers exchange it.</summary>
    public ConsensusMessage.Decided With(byte[] block) => new(block, Certificate, Justification);
}
