using Tomada.Primitives.Encoding;

namespace Tomada.Primitives;

/// <summary>
/// A vote without the message it came in: what was signed, by whom, and the signature.
/// </summary>
/// <param name="Type">The phase.</param>
/// <param name="Height">Height it votes at.</param>
/// <param name="Ballot">Ballot of that height.</param>
/// <param name="Digest">As in <see cref="VoteContent"/>.</param>
/// <param name="LockedBallot">As in <see cref="VoteContent"/>.</param>
/// <param name="Signer">The member whose voting key signed.</param>
/// <param name="Signature">64 bytes.</param>
public sealed record SignedVote(
    VoteType Type, long Height, int Ballot, Digest Digest, int LockedBallot, CompanyId Signer,
    byte[] Signature)
{
    public static Codec<SignedVote> Codec { get; } = RecordCodec<SignedVote>.Versioned(1)
        .Field(1, "type", each => each.Type, Codecs.Enum<VoteType>())
        .Field(2, "height", each => each.Height, Codecs.Long(0, VoteContent.HeightMax))
        .Field(3, "ballot", each => each.Ballot, Codecs.Int(0, VoteContent.BallotMax))
        .Field(4, "digest", each => each.Digest, Digest.Codec)
        .Field(5, "lockedBallot", each => each.LockedBallot,
            Codecs.Int(VoteContent.Unlocked, VoteContent.BallotMax))
        .Field(6, "signer", each => each.Signer, CompanyId.Codec)
        .Field(7, "signature", each => each.Signature, Signing.SignatureCodec);

    public static SignedVote Of(in VoteContent content, CompanyId signer, byte[] signature) => new(
        content.Type, content.Height, content.Ballot, content.Digest, content.LockedBallot, signer,
        signature);

    /// <summary>What was signed.</summary>
    public VoteContent Content => new(Type, Height, Ballot, Digest, LockedBallot);

    /// <summary>
    /// Whether it says something: only a Promise names a lock, below its own ballot.
    /// </summary>
    public bool IsSound => Type == VoteType.Promise
        ? LockedBallot < Ballot && (LockedBallot != VoteContent.Unlocked || Digest == Digest.Zero)
        : LockedBallot == VoteContent.Unlocked;

    /// <summary>Whether this key signed it, as a vote of this network and member set.</summary>
    /// <param name="network">The network id.</param>
    /// <param name="members">The governance root of its height.</param>
    /// <param name="votingKey">The signer's, at its height.</param>
    /// <param name="verify">The algorithm.</param>
    public bool IsSigned(
        Digest network, Digest members, PublicKey votingKey, VerifySignature verify) =>
        verify(votingKey, Content.SignedBytes(network, members), Signature);
}
