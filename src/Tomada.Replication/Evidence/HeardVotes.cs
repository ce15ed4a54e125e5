using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>The votes that were heard at one height, unchecked.</summary>
/// <param name="Height">Decided when they were written down.</param>
/// <param name="Members">The governance root that they sign.</param>
/// <param name="Votes">As they came.</param>
public sealed record HeardHeight(long Height, Digest Members, ImmutableArray<SignedVote> Votes)
{
    public static Codec<HeardHeight> Codec { get; } = RecordCodec<HeardHeight>.Part()
        .Field(1, "height", each => each.Height, Codecs.Long(0, VoteContent.HeightMax))
        .Field(2, "members", each => each.Members, Digest.Codec)
        .Field(3, "votes", each => each.Votes, Codecs.List(
            SignedVote.Codec, 0, Limits.WatchedPerPeerMax));
}

/// <summary>The votes of a stretch of heights, as a node keeps them for a day.</summary>
/// <param name="Heights">Ascending; those of which nothing was heard are left out.</param>
public sealed record HeardVotes(ImmutableArray<HeardHeight> Heights)
{
    public static Codec<HeardVotes> Codec { get; } = RecordCodec<HeardVotes>.Versioned(1)
        .Field(1, "heights", each => each.Heights, Codecs.List(
            HeardHeight.Codec, 1, ReplicationLimits.HeardHeightsPerRowMax));
}

/// <summary>A vote with the governance root that it signs: all that its key needs.</summary>
public sealed record ShownVote(Digest Members, SignedVote Vote)
{
    public static Codec<ShownVote> Codec { get; } = RecordCodec<ShownVote>.Part()
        .Field(1, "members", each => each.Members, Digest.Codec)
        .Field(2, "vote", each => each.Vote, SignedVote.Codec);
}

/// <summary>A vote of a height that only the store may still know something about.</summary>
/// <param name="From">Who brought it.</param>
/// <param name="Vote">Unchecked.</param>
public sealed record LateVote(CompanyId From, SignedVote Vote);

/// <summary>A vote of this node that its disk does not know: the key that signed is lost.</summary>
/// <param name="Key">The voting key; it must sign no more.</param>
/// <param name="ShownBy">Who held the vote.</param>
/// <param name="Vote">Signed by the key.</param>
public sealed record LostVote(PublicKey Key, CompanyId ShownBy, SignedVote Vote);
