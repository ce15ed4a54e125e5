using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Consensus;

/// <summary>
/// The sticky leader: start(h) is the proposer of block h − 1 until its term ends, then its
/// successor.
/// A function of the chain alone; terms count block time, never blocks, because the rate of blocks
/// runs from none to hundreds a second.
/// </summary>
/// <param name="Leader">Whom start(h) names.</param>
/// <param name="Since">Block time at which its term began.</param>
public sealed record LeaderTerm(CompanyId Leader, Timestamp Since)
{
    /// <summary>Length of a term in block time: 60 s.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    public static Codec<LeaderTerm> Codec { get; } = RecordCodec<LeaderTerm>.Part()
        .Field(1, "leader", term => term.Leader, CompanyId.Codec)
        .Field(2, "since", term => term.Since, Timestamp.Codec);

    /// <summary>Before block 1: the first member of the ring, from genesis time on.</summary>
    public static LeaderTerm AtGenesis(MemberSet members, Timestamp genesisTime) =>
        new(members.Members[0].Company, genesisTime);

    /// <summary>The term after a block: of its proposer, or of the successor when the term is over
    /// or the proposer is no member any more.</summary>
    /// <param name="proposer">Creator of the block.</param>
    /// <param name="blockTime">Time of the block.</param>
    /// <param name="next">Members of the following height.</param>
    public LeaderTerm After(CompanyId proposer, Timestamp blockTime, MemberSet next)
    {
        LeaderTerm term = proposer == Leader ? this : new LeaderTerm(proposer, blockTime);
        bool over = blockTime.Since(term.Since) >= Length;
        return over || !next.Contains(proposer)
            ? new LeaderTerm(next.Members[next.SuccessorOf(proposer)].Company, blockTime)
            : term;
    }

    /// <summary>Position of start(h) in the ring of that height.</summary>
    public int StartIndex(MemberSet members) =>
        members.IndexOf(Leader) is >= 0 and int at ? at : members.SuccessorOf(Leader);
}
