using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// A member asks for a change and votes for it at once. When the same change is open already this
/// is a vote like any other.
/// </summary>
/// <param name="Change">Admit, Suspend, Remove or Replace.</param>
public sealed record ProposeMember(MemberChange Change) : Body
{
    public static new Codec<ProposeMember> Codec { get; } = RecordCodec<ProposeMember>.Versioned(1)
        .Field(1, "change", x => x.Change, MemberChange.Codec);
}

/// <summary>A member's vote for an open change, or the end of one it gave.</summary>
/// <param name="Proposal">The change's id.</param>
/// <param name="Approves">False takes an earlier vote back; there is no vote against.</param>
public sealed record VoteMember(Digest Proposal, bool Approves) : Body
{
    public static new Codec<VoteMember> Codec { get; } = RecordCodec<VoteMember>.Versioned(1)
        .Field(1, "proposal", x => x.Proposal, Digest.Codec)
        .Field(2, "approves", x => x.Approves, Codecs.Bool);
}

/// <summary>
/// A member's new key, in force from the height after the block that holds this. It needs nobody's
/// vote: who lost its disk votes again with a key that can contradict nothing.
/// </summary>
public sealed record RotateKey(KeyChange Key) : Body
{
    public static new Codec<RotateKey> Codec { get; } = RecordCodec<RotateKey>.Versioned(1)
        .Field(1, "key", x => x.Key, KeyChange.Codec);
}

/// <summary>
/// A member wants to vote no more; its open legs, sessions and payments go on to their end.
/// </summary>
public sealed record Leave : Body
{
    public static new Codec<Leave> Codec { get; } = RecordCodec<Leave>.Versioned(1);
}

/// <summary>
/// "I am up and know the newest block": said by each company of the members that an approved change
/// would lead to, also by the one that is none yet. Counts for 60 s.
/// </summary>
/// <param name="Proposal">The change's id.</param>
/// <param name="Height">The newest block that the signer knows; 0 at genesis.</param>
/// <param name="Tip">Its digest; the network id at height 0.</param>
/// <param name="TipTime">Its time; at most 30 s before that of the newest block.</param>
public sealed record Ready(Digest Proposal, long Height, Digest Tip, Timestamp TipTime) : Body
{
    public static new Codec<Ready> Codec { get; } = RecordCodec<Ready>.Versioned(1)
        .Field(1, "proposal", x => x.Proposal, Digest.Codec)
        .Field(2, "height", x => x.Height, Codecs.Long(0, long.MaxValue))
        .Field(3, "tip", x => x.Tip, Digest.Codec)
        .Field(4, "tipTime", x => x.TipTime, Timestamp.Codec);
}
