using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>How a proposal ends without taking effect.</summary>
public enum ProposalEnd
{
    /// <summary>Seven days passed.</summary>
    Expired = 1,

    /// <summary>Every vote was taken back.</summary>
    Withdrawn = 2,

    /// <summary>Another change made it impossible.</summary>
    Void = 3,
}

/// <summary>A change of the members was asked for and is open.</summary>
public sealed record MemberProposed(Digest Proposal) : Effect
{
    public static new Codec<MemberProposed> Codec { get; } = RecordCodec<MemberProposed>.Part()
        .Field(1, "proposal", x => x.Proposal, Digest.Codec);
}

/// <summary>A quorum stands behind a change; it waits for Ready.</summary>
public sealed record MemberApproved(Digest Proposal) : Effect
{
    public static new Codec<MemberApproved> Codec { get; } = RecordCodec<MemberApproved>.Part()
        .Field(1, "proposal", x => x.Proposal, Digest.Codec);
}

/// <summary>The members changed; the next height is decided by the new ones.</summary>
public sealed record MembersChanged(ConcludedChange Concluded) : Effect
{
    public static new Codec<MembersChanged> Codec { get; } = RecordCodec<MembersChanged>.Part()
        .Field(1, "concluded", x => x.Concluded, ConcludedChange.Codec);
}

/// <summary>A change's turn came, and it was not ready any more; it waits on.</summary>
public sealed record MemberChangeWaits(Digest Proposal) : Effect
{
    public static new Codec<MemberChangeWaits> Codec { get; } =
        RecordCodec<MemberChangeWaits>.Part()
        .Field(1, "proposal", x => x.Proposal, Digest.Codec);
}

/// <summary>A proposal ended without taking effect.</summary>
public sealed record MemberProposalEnded(Digest Proposal, ProposalEnd End) : Effect
{
    public static new Codec<MemberProposalEnded> Codec { get; } =
        RecordCodec<MemberProposalEnded>.Part()
        .Field(1, "proposal", x => x.Proposal, Digest.Codec)
        .Field(2, "end", x => x.End, Codecs.Enum<ProposalEnd>());
}
