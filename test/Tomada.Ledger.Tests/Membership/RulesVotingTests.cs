using Xunit;

namespace Tomada.Ledger.Tests.Membership;

public class RulesVotingTests
{
    private static readonly Rules s_next =
        Rules.Default with { Version = 2, GridMs = 10 * 60_000 };

    private readonly LedgerWorld _world = LedgerWorld.Empty();

    [Fact]
    public void Rules_hold_from_the_block_in_which_a_quorum_has_asked()
    {
        Assert.Empty(_world.Submit(LedgerWorld.A, new SetRules(s_next)).Effects);
        Assert.Equal(Rules.Default, _world.State.Rules);

        TransactionEntry second = _world.Submit(LedgerWorld.B, new SetRules(s_next));
        RulesChanged changed = Assert.IsType<RulesChanged>(Assert.Single(second.Effects));
        Assert.Equal(s_next, changed.Rules);
        Assert.Equal(s_next, _world.State.Rules);
        Assert.Empty(_world.State.RulesVotes);
    }

    [Fact]
    public void Votes_for_different_rules_do_not_add_up()
    {
        _world.Submit(LedgerWorld.A, new SetRules(s_next));
        _world.Submit(LedgerWorld.B, new SetRules(s_next with { LeadMs = 0 }));
        Assert.Equal(Rules.Default, _world.State.Rules);
        Assert.Equal(2, _world.State.RulesVotes.Count);
    }

    [Fact]
    public void One_member_asking_twice_is_one_voice_and_its_later_word_counts()
    {
        Rules other = s_next with { LeadMs = 0 };
        _world.Submit(LedgerWorld.A, new SetRules(s_next));
        _world.Submit(LedgerWorld.A, new SetRules(s_next));
        Assert.Equal(Rules.Default, _world.State.Rules);

        _world.Submit(LedgerWorld.A, new SetRules(other));
        _world.Submit(LedgerWorld.B, new SetRules(s_next));
        Assert.Equal(Rules.Default, _world.State.Rules);
        _world.Submit(LedgerWorld.C, new SetRules(other));
        Assert.Equal(other, _world.State.Rules);
    }

    [Fact]
    public void Versions_follow_one_another() => Assert.Equal(
        OutcomeCode.OutOfRules,
        _world.Submit(LedgerWorld.A, new SetRules(s_next with { Version = 3 })).Outcome.Code);

    [Fact]
    public void The_clock_keeps_its_speed_unless_genesis_says_simulated()
    {
        LedgerWorld real = LedgerWorld.Empty(simulated: false);
        Assert.Equal(
            OutcomeCode.OutOfRules,
            real.Submit(LedgerWorld.A, new SetRules(s_next with { ClockFactor = 2 })).Outcome.Code);
    }

    [Fact]
    public void A_new_factor_turns_the_clock_at_its_block_without_a_jump()
    {
        _world.Submit(LedgerWorld.A, new SetRules(s_next with { ClockFactor = 60 }));
        _world.Submit(LedgerWorld.B, new SetRules(s_next with { ClockFactor = 60 }));

        ClockAnchor clock = _world.State.Clock;
        Assert.Equal(_world.State.Time, clock.Ledger);
        Assert.Equal(_world.State.Time, clock.ToLedger(clock.Wall));
        Assert.Equal(
            _world.State.Time.Plus(TimeSpan.FromMinutes(1)),
            clock.ToLedger(clock.Wall.Plus(TimeSpan.FromSeconds(1))));
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(3, 0, 2)]
    [InlineData(4, 1, 3)]
    [InlineData(5, 1, 4)]
    [InlineData(7, 2, 5)]
    [InlineData(10, 3, 7)]
    public void Quorums_are_those_of_the_design(int members, int faults, int quorum)
    {
        Assert.Equal(faults, Governance.FaultsOf(members));
        Assert.Equal(quorum, Governance.QuorumOf(members));
    }
}
