using CsCheck;
using Tomada.Primitives;
using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Consensus.Tests.Members;

public class QuorumTests
{
    [Theory]
    [InlineData(1, 0, 1, 0, 1)]
    [InlineData(2, 0, 2, 0, 2)]
    [InlineData(3, 0, 2, 1, 1)]
    [InlineData(4, 1, 3, 1, 2)]
    [InlineData(5, 1, 4, 1, 3)]
    [InlineData(6, 1, 4, 2, 2)]
    [InlineData(7, 2, 5, 2, 3)]
    [InlineData(8, 2, 6, 2, 4)]
    [InlineData(9, 2, 6, 3, 3)]
    [InlineData(10, 3, 7, 3, 4)]
    public void Quorums_of_one_to_ten_members_are_as_specified(
        int members, int faults, int votes, int crashes, int liarsToFork)
    {
        Assert.Equal(faults, Quorum.Faults(members));
        Assert.Equal(votes, Quorum.Votes(members));
        Assert.Equal(crashes, Quorum.CrashesSurvived(members));
        Assert.Equal(liarsToFork, Quorum.LiarsToFork(members));
    }

    [Fact]
    public void Two_quorums_share_an_honest_member_and_liars_cannot_stop_one() =>
        Gen.Int[1, Limits.MembersMax].Sample(n =>
            (2 * Quorum.Votes(n)) - n >= Quorum.Faults(n) + 1
            && n - Quorum.Faults(n) >= Quorum.Votes(n));

    [Fact]
    public void A_quorum_is_the_least_count_whose_pairs_share_an_honest_member() =>
        Gen.Int[1, Limits.MembersMax].Sample(n =>
        {
            int least = Enumerable.Range(1, n).First(q => (2 * q) - n >= Quorum.Faults(n) + 1);
            return least == Quorum.Votes(n);
        });

    [Fact]
    public void A_set_is_a_ring_sorted_by_company()
    {
        MemberSet members = Set("br-ccc", "br-aaa", "br-bbb");
        Assert.Equal(["br-aaa", "br-bbb", "br-ccc"], members.Members.Select(m => m.Company.Value));
        Assert.Equal("br-aaa", members.Leader(2, 1).Company.Value);
        Assert.Equal(-1, members.IndexOf(CompanyId.Parse("br-zzz")));
    }

    [Fact]
    public void A_company_cannot_be_a_member_twice() =>
        Assert.Throws<InvariantBrokenException>(() => Set("br-aaa", "br-aaa"));

    [Fact]
    public void A_leader_stays_for_a_term_of_block_time_and_then_hands_on()
    {
        MemberSet members = Set("br-aaa", "br-bbb", "br-ccc");
        Timestamp genesis = new(1_000_000);
        LeaderTerm term = LeaderTerm.AtGenesis(members, genesis);
        Assert.Equal(0, term.StartIndex(members));

        CompanyId b = CompanyId.Parse("br-bbb");
        LeaderTerm taken = term.After(b, genesis.Plus(TimeSpan.FromSeconds(10)), members);
        Assert.Equal(1, taken.StartIndex(members));
        LeaderTerm kept = taken.After(b, genesis.Plus(TimeSpan.FromSeconds(69)), members);
        Assert.Equal(taken, kept);
        LeaderTerm over = kept.After(b, genesis.Plus(TimeSpan.FromSeconds(70)), members);
        Assert.Equal(2, over.StartIndex(members));
    }

    [Fact]
    public void A_leader_that_left_is_followed_by_its_successor()
    {
        LeaderTerm term = new(CompanyId.Parse("br-bbb"), new Timestamp(1_000));
        MemberSet without = Set("br-aaa", "br-ccc");
        LeaderTerm next = term.After(term.Leader, new Timestamp(2_000), without);
        Assert.Equal("br-ccc", without.Members[next.StartIndex(without)].Company.Value);
    }

    private static MemberSet Set(params string[] companies) => new(
        companies.Select((company, i) =>
            new Member(CompanyId.Parse(company), StandInSignatures.KeyOf(i))),
        Digest.Of("members"u8));
}
