using System.Collections.Immutable;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>A company that said it is up, and the block time of its word.</summary>
public sealed record ReadyMark(CompanyId Company, Timestamp At)
{
    public static Codec<ReadyMark> Codec { get; } = RecordCodec<ReadyMark>.Part()
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "at", x => x.At, Timestamp.Codec);
}

/// <summary>A change of the members that waits for votes, for Ready, or for its turn.</summary>
/// <param name="Change">What is asked; its id is the row's key.</param>
/// <param name="ProposedBy">Who asked first.</param>
/// <param name="ProposedAt">Block time; seven days later it ends, and every vote with it.</param>
/// <param name="Votes">Who voted for it, in the order of their ids; only those who are members at
/// the moment count.</param>
/// <param name="Ready">Each company's newest word, in the order of their ids.</param>
public sealed record MemberProposal(
    MemberChange Change,
    CompanyId ProposedBy,
    Timestamp ProposedAt,
    ImmutableArray<CompanyId> Votes,
    ImmutableArray<ReadyMark> Ready)
{
    public static Codec<MemberProposal> Codec { get; } = RecordCodec<MemberProposal>.Versioned(1)
        .Field(1, "change", x => x.Change, MemberChange.Codec)
        .Field(2, "proposedBy", x => x.ProposedBy, CompanyId.Codec)
        .Field(3, "proposedAt", x => x.ProposedAt, Timestamp.Codec)
        .Field(
            4,
            "votes",
            x => x.Votes,
            Codecs.List(CompanyId.Codec, 0, LedgerLimits.ProposalVotesMax))
        .Field(
            5,
            "ready",
            x => x.Ready,
            Codecs.List(ReadyMark.Codec, 0, LedgerLimits.ProposalVotesMax));

    /// <summary>The same with a company's vote, given or taken back.</summary>
    public MemberProposal WithVote(CompanyId voter, bool approves) => this with
    {
        Votes =
        [
            .. Votes.Where(each => each != voter)
                .Concat(approves ? [voter] : [])
                .Order(),
        ],
    };

    /// <summary>The same with a company's word that it is up.</summary>
    public MemberProposal WithReady(CompanyId company, Timestamp at) => this with
    {
        Ready =
        [
            .. Ready.Where(each => each.Company != company)
                .Append(new ReadyMark(company, at))
                .OrderBy(each => each.Company),
        ],
    };
}

/// <summary>A change that took effect, with all that allowed it.</summary>
/// <param name="Proposal">Its id.</param>
/// <param name="Change">What changed.</param>
/// <param name="Votes">The members whose votes counted; empty when the change needs none.</param>
/// <param name="Ready">Who was ready; empty when the change needs none.</param>
/// <param name="At">Block time; in force from the next height on.</param>
public sealed record ConcludedChange(
    Digest Proposal,
    MemberChange Change,
    ImmutableArray<CompanyId> Votes,
    ImmutableArray<CompanyId> Ready,
    Timestamp At)
{
    public static Codec<ConcludedChange> Codec { get; } = RecordCodec<ConcludedChange>.Versioned(1)
        .Field(1, "proposal", x => x.Proposal, Digest.Codec)
        .Field(2, "change", x => x.Change, MemberChange.Codec)
        .Field(
            3,
            "votes",
            x => x.Votes,
            Codecs.List(CompanyId.Codec, 0, LedgerLimits.ProposalVotesMax))
        .Field(
            4,
            "ready",
            x => x.Ready,
            Codecs.List(CompanyId.Codec, 0, LedgerLimits.ProposalVotesMax))
        .Field(5, "at", x => x.At, Timestamp.Codec);
}

/// <summary>Why a company is no member any more.</summary>
public enum PartyStatus
{
    /// <summary>By its own will.</summary>
    Left = 1,

    /// <summary>By vote, until it is admitted again.</summary>
    Suspended = 2,

    /// <summary>By vote.</summary>
    Removed = 3,

    /// <summary>By vote, and another came in its place.</summary>
    Replaced = 4,
}

/// <summary>
/// A company that was a member. It does not vote; what it owes and is owed goes on to its end, and
/// its id stays its own.
/// </summary>
/// <param name="Member">Its keys as they were last.</param>
/// <param name="Status">How it ceased to be a member.</param>
/// <param name="Since">Block time of that.</param>
public sealed record Party(MemberRecord Member, PartyStatus Status, Timestamp Since)
{
    public static Codec<Party> Codec { get; } = RecordCodec<Party>.Versioned(1)
        .Field(1, "member", x => x.Member, MemberRecord.Codec)
        .Field(2, "status", x => x.Status, Codecs.Enum<PartyStatus>())
        .Field(3, "since", x => x.Since, Timestamp.Codec);
}
