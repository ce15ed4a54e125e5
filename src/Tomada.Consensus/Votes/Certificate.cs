using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Consensus;

/// <summary>
/// q votes of one type for one height, ballot and digest: of Endorse an endorsement certificate
/// (EC), of Accept a decision certificate (DC). The value is not inside.
/// </summary>
/// <param name="Type">Endorse or Accept.</param>
/// <param name="Height">1 or more.</param>
/// <param name="Ballot">0 or more.</param>
/// <param name="Digest">Of the value.</param>
/// <param name="Seals">Exactly q, ascending by company.</param>
public sealed record Certificate(
    VoteType Type, long Height, int Ballot, Digest Digest, ImmutableArray<VoteSeal> Seals)
{
    /// <summary>Codec of a height.</summary>
    internal static readonly Codec<long> HeightCodec = Codecs.Long(0, Limits.HeightMax);

    /// <summary>Codec of a ballot.</summary>
    internal static readonly Codec<int> BallotCodec = Codecs.Int(0, Limits.BallotMax);

    public static Codec<Certificate> Codec { get; } = RecordCodec<Certificate>.Versioned(1)
        .Field(1, "type", each => each.Type, Codecs.Enum<VoteType>())
        .Field(2, "height", each => each.Height, HeightCodec)
        .Field(3, "ballot", each => each.Ballot, BallotCodec)
        .Field(4, "digest", each => each.Digest, Digest.Codec)
        .Field(5, "seals", each => each.Seals, Codecs.List(VoteSeal.Codec, 1, Limits.MembersMax));

    /// <summary>C6: q distinct members, one height, one ballot, one digest, all signed.</summary>
    /// <param name="members">The members of the certificate's own height, never today's.</param>
    /// <param name="verifier">Network and algorithm.</param>
    /// <param name="type">What the votes must be.</param>
    public bool IsValid(MemberSet members, VoteVerifier verifier, VoteType type) =>
        Type == type && Type is VoteType.Endorse or VoteType.Accept
        && IsValid(members, verifier, type, members.Q);

    internal bool IsValid(MemberSet members, VoteVerifier verifier, VoteType type, int quorum)
    {
        if (Type != type || Seals.Length != quorum)
        {
            return false;
        }

        VoteContent content = new(Type, Height, Ballot, Digest);
        for (int i = 0; i < Seals.Length; i++)
        {
            bool ascending = i == 0 || Seals[i - 1].Company < Seals[i].Company;
            if (!ascending
                || !verifier.IsSigned(members, content, Seals[i].Company, Seals[i].Signature))
            {
                return false;
            }
        }

        return true;
    }
}
