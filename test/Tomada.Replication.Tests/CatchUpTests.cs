using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Xunit;

namespace Tomada.Replication.Tests;

public class CatchUpTests
{
    private const long Timeout = ReplicationLimits.BlockRequestTimeoutMs;
    private readonly CatchUp _catchUp = new();

    [Fact]
    public void Nobody_is_asked_for_what_nobody_claims()
    {
        _catchUp.Heard(Companies.B, 7);

        Assert.Null(_catchUp.Next(0, 7));
        Assert.Equal(long.MaxValue, _catchUp.WakeAtMs(7));
    }

    [Fact]
    public void One_peer_is_asked_at_a_time_for_the_next_block()
    {
        _catchUp.Heard(Companies.B, 7);
        _catchUp.Heard(Companies.C, 9);

        OutgoingMessage ask = Assert.IsType<OutgoingMessage>(_catchUp.Next(0, 3));

        Assert.Equal(Companies.B, ask.To);
        Assert.Equal(new PeerMessage.BlockRequest(4), ask.Message);
        Assert.Null(_catchUp.Next(Timeout - 1, 3));
        Assert.Equal(Timeout, _catchUp.WakeAtMs(3));
    }

    [Fact]
    public void A_silent_peer_is_asked_again_only_after_the_others()
    {
        _catchUp.Heard(Companies.B, 7);
        _catchUp.Heard(Companies.C, 7);

        CompanyId? first = _catchUp.Next(0, 3)!.To;
        CompanyId? second = _catchUp.Next(Timeout, 3)!.To;
        CompanyId? third = _catchUp.Next(2 * Timeout, 3)!.To;

        Assert.Equal([Companies.B, Companies.C, Companies.B], [first, second, third]);
    }

    [Fact]
    public void A_silent_peer_is_asked_again_when_there_is_no_other()
    {
        _catchUp.Heard(Companies.B, 7);

        Assert.Equal(Companies.B, _catchUp.Next(0, 3)!.To);
        Assert.Equal(Companies.B, _catchUp.Next(Timeout, 3)!.To);
    }

    [Fact]
    public void An_answer_that_helped_is_followed_by_the_next_question()
    {
        _catchUp.Heard(Companies.B, 7);
        _catchUp.Next(0, 3);

        OutgoingMessage ask = _catchUp.Answered(Companies.B, helped: true, 10, 5)!;

        Assert.Equal(new PeerMessage.BlockRequest(6), ask.Message);
        Assert.Null(_catchUp.Answered(Companies.B, helped: true, 20, 7));
    }

    [Fact]
    public void A_peer_that_answers_with_nothing_has_no_claim_any_more()
    {
        _catchUp.Heard(Companies.B, 7);
        _catchUp.Next(0, 3);

        Assert.Null(_catchUp.Answered(Companies.B, helped: false, 10, 3));
        Assert.Null(_catchUp.Next(Timeout, 3));
    }

    [Fact]
    public void An_answer_that_nobody_asked_for_leaves_the_question_open()
    {
        _catchUp.Heard(Companies.B, 7);
        _catchUp.Next(0, 3);

        Assert.Null(_catchUp.Answered(Companies.C, helped: false, 10, 3));
        Assert.Equal(Timeout, _catchUp.WakeAtMs(3));
    }

    [Fact]
    public void A_height_is_known_when_more_members_claim_it_than_may_lie()
    {
        MemberSet four = Members(4);
        MemberSet three = Members(3);
        _catchUp.Heard(CompanyId.Parse("br-zzz"), 900);
        _catchUp.Heard(Companies.B, 80);
        Assert.Equal(80, _catchUp.KnownHeight(three));
        Assert.Equal(0, _catchUp.KnownHeight(four));

        _catchUp.Heard(Companies.C, 70);
        Assert.Equal(70, _catchUp.KnownHeight(four));
    }

    private static MemberSet Members(int companies) =>
        MemberSets.Of(LedgerState.FromGenesis(ClusterCompanies.Found(companies, simulated: true)));
}
