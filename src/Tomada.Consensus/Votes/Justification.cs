using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Consensus;

/// <summary>One Promise as a justification keeps it: without certificate and value.</summary>
/// <param name="Company">Who promised.</param>
/// <param name="LockedBallot">Ballot of its lock; -1 when unlocked.</param>
/// <param name="Digest">Of the locked value; zeros when unlocked.</param>
/// <param name="Signature">64 bytes.</param>
public sealed record PromiseSeal(
    CompanyId Company, int LockedBallot, Digest Digest, byte[] Signature)
{
    public static Codec<PromiseSeal> Codec { get; } = RecordCodec<PromiseSeal>.Part()
        .Field(1, "company", each => each.Company, CompanyId.Codec)
        .Field(2, "lockedBallot", each => each.LockedBallot,
            Codecs.Int(VoteContent.Unlocked, Limits.BallotMax))
        .Field(3, "digest", each => each.Digest, Digest.Codec)
        .Field(4, "signature", each => each.Signature, Signing.SignatureCodec);
}

/// <summary>
/// J: q Promises for one (height, ballot), and the endorsement certificate of the highest lock
/// among
/// them. It says which value may be proposed there: any fresh one, or exactly the locked one. A
/// block
/// decided above ballot 0 is only complete with it, because it convicts the liars of a fork.
/// </summary>
/// <param name="Height">1 or more.</param>
/// <param name="Ballot">1 or more.</param>
/// <param name="Promises">Exactly q, ascending by company.</param>
/// <param name="Lock">EC of the highest lock; null when all are unlocked.</param>
public sealed record Justification(
    long Height, int Ballot, ImmutableArray<PromiseSeal> Promises, Certificate? Lock)
{
    public static Codec<Justification> Codec { get; } = RecordCodec<Justification>.Versioned(1)
        .Field(1, "height", each => each.Height, Certificate.HeightCodec)
        .Field(2, "ballot", each => each.Ballot, Certificate.BallotCodec)
        .Field(3, "promises", each => each.Promises,
            Codecs.List(PromiseSeal.Codec, 1, Limits.MembersMax))
        .Optional(4, "lock", each => each.Lock, Certificate.Codec);

    /// <summary>Whether a value may be proposed, and decided, in the ballot of this.</summary>
    public bool Allows(Digest value) => Lock is null || Lock.Digest == value;

    /// <summary>
    /// q distinct members promised this height and ballot, each lock is below it, and the highest
    /// one
    /// is certified for the digest that every Promise with that lock names.
    /// </summary>
    /// <param name="members">The members of its height.</param>
    /// <param name="verifier">Network and algorithm.</param>
    public bool IsValid(MemberSet members, VoteVerifier verifier) =>
        IsValid(members, verifier, members.Q);

    internal bool IsValid(MemberSet members, VoteVerifier verifier, int quorum)
    {
        if (Ballot < 1 || Promises.Length != quorum || !IsSigned(members, verifier))
        {
            return false;
        }

        int highest = Promises.Max(each => each.LockedBallot);
        if (highest == VoteContent.Unlocked)
        {
            return Lock is null;
        }

        return Lock is { } ec && ec.Height == Height && ec.Ballot == highest
            && Promises.All(each => each.LockedBallot < highest || each.Digest == ec.Digest)
            && ec.IsValid(members, verifier, VoteType.Endorse, quorum);
    }

    private bool IsSigned(MemberSet members, VoteVerifier verifier)
    {
        for (int i = 0; i < Promises.Length; i++)
        {
            PromiseSeal each = Promises[i];
            bool ascending = i == 0 || Promises[i - 1].Company < each.Company;
            bool sound = each.LockedBallot < Ballot
                && (each.LockedBallot != VoteContent.Unlocked || each.Digest == Digest.Zero);
            VoteContent content = new(
                VoteType.Promise, Height, Ballot, each.Digest, each.LockedBallot);
            if (!ascending || !sound
                || !verifier.IsSigned(members, content, each.Company, each.Signature))
            {
                return false;
            }
        }

        return true;
    }
}
