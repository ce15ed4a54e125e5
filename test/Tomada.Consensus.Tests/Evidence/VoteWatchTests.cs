using System.Collections.Immutable;
using Tomada.Consensus.Tests.Replicas;
using Tomada.Primitives;
using Tomada.Simulation.Consensus;
using Xunit;
using static Tomada.Consensus.Tests.Guilt.EvidenceTests;

namespace Tomada.Consensus.Tests.Guilt;

public class VoteWatchTests
{
    private readonly MemberSet _members = new(
        Enumerable.Range(0, 4).Select(i => new Member(Company(i), Key(i))),
        Digest.Of("members"u8));

    private readonly CheckBudget _budget = new(failuresMax: 3, periodMs: 1_000);
    private readonly VoteWatch _watch;
    private int _checks;

    public VoteWatchTests()
    {
        _watch = new VoteWatch(
            new VoteVerifier(Digest.Of("network"u8), Verify), _budget, heightsMax: 2);
        _watch.Begin(7, _members);
    }

    [Fact]
    public void Votes_in_harmony_cost_no_signature_check()
    {
        for (int ballot = 0; ballot < 5; ballot++)
        {
            Assert.Null(_watch.Offer(Company(1), Vote(VoteType.Endorse, ballot, "v")));
            Assert.Null(_watch.Offer(Company(2), Vote(VoteType.Endorse, ballot, "v")));
        }

        Assert.Equal(0, _checks);
    }

    [Fact]
    public void A_contradiction_is_found_whoever_brings_its_halves_and_told_once()
    {
        _watch.Offer(Company(1), Vote(VoteType.Endorse, 0, "v"));
        Evidence? found = _watch.Offer(Company(2), Vote(VoteType.Endorse, 0, "w"));
        Assert.Equal(EvidenceKind.TwoEndorsements, found?.Kind);
        Assert.Null(_watch.Offer(Company(2), Vote(VoteType.Endorse, 0, "x")));
        Assert.Null(_watch.Offer(Company(2), Vote(VoteType.Endorse, 0, "w")));
    }

    [Fact]
    public void A_forgery_that_came_first_hides_nothing()
    {
        SignedVote forged = Vote(VoteType.Accept, 0, "v") with { Signature = new byte[64] };
        _watch.Offer(Company(3), forged);
        Assert.Null(_watch.Offer(Company(1), Vote(VoteType.Accept, 0, "w")));
        Assert.NotNull(_watch.Offer(Company(2), Vote(VoteType.Accept, 0, "v")));
    }

    [Fact]
    public void Who_brings_forgeries_runs_out_of_credit_and_nobody_else_does()
    {
        _budget.At(0);
        _watch.Offer(Company(0), Vote(VoteType.Accept, 0, "v"));
        for (int i = 0; i < 100; i++)
        {
            SignedVote forged = Vote(VoteType.Accept, 0, $"w{i}") with { Signature = new byte[64] };
            Assert.Null(_watch.Offer(Company(3), forged));
        }

        Assert.Equal(3, _checks);
        Assert.NotNull(_watch.Offer(Company(1), Vote(VoteType.Accept, 0, "w")));
    }

    [Fact]
    public void What_one_peer_brings_is_bounded_and_pushes_out_only_its_own()
    {
        _watch.Offer(Company(1), Vote(VoteType.Endorse, 0, "v"));
        for (int i = 1; i <= 2 * Limits.WatchedPerSignerMax; i++)
        {
            _watch.Offer(Company(3), Vote(VoteType.Endorse, i, "v"));
        }

        Assert.Equal(1 + Limits.WatchedPerSignerMax, _watch.AllVotes(7).Count());
        Assert.NotNull(_watch.Offer(Company(2), Vote(VoteType.Endorse, 0, "w")));
    }

    [Fact]
    public void Two_values_in_one_ballot_are_told_once()
    {
        Assert.False(_watch.Splits(Vote(VoteType.Endorse, 0, "v")));
        Assert.False(_watch.Splits(Vote(VoteType.Accept, 0, "v", signer: 1)));
        Assert.False(_watch.Splits(Vote(VoteType.Endorse, 1, "w", signer: 2)));
        Assert.True(_watch.Splits(Vote(VoteType.Endorse, 0, "w", signer: 2)));
        Assert.False(_watch.Splits(Vote(VoteType.Endorse, 0, "x", signer: 3)));
    }

    [Fact]
    public void The_lowest_height_is_dropped_for_a_new_one()
    {
        _watch.Offer(Company(1), Vote(VoteType.Endorse, 0, "v"));
        _watch.Begin(8, _members);
        Assert.Single(_watch.AllVotes(7));
        _watch.Begin(9, _members);
        Assert.Empty(_watch.AllVotes(7));
        Assert.Null(_watch.Offer(Company(2), Vote(VoteType.Endorse, 0, "w")));
    }

    [Fact]
    public void Strangers_and_heights_that_are_not_held_are_passed_over()
    {
        _watch.Offer(Company(1), Vote(VoteType.Endorse, 0, "v", height: 6));
        _watch.Offer(Company(1), Vote(VoteType.Endorse, 0, "v", signer: 9));
        Assert.Empty(_watch.AllVotes(6).Concat(_watch.AllVotes(7)));
    }

    [Fact]
    public void The_newest_vote_is_that_of_the_last_phase_of_the_last_ballot()
    {
        _watch.Offer(Company(0), Vote(VoteType.Accept, 0, "v"));
        _watch.Offer(Company(0), Promise(1, 0));
        Assert.Equal(VoteType.Promise, _watch.Newest(Company(0))?.Type);
        _watch.Offer(Company(0), Vote(VoteType.Endorse, 1, "v"));
        Assert.Equal(VoteType.Endorse, _watch.Newest(Company(0))?.Type);
        _watch.Offer(
            Company(3), Vote(VoteType.Endorse, 9, "v") with { Signature = new byte[64] });
        Assert.Equal(1, _watch.Newest(Company(0))?.Ballot);
        Assert.Null(_watch.Newest(Company(1)));
    }

    [Fact]
    public void Every_message_gives_all_its_votes()
    {
        OneReplica one = new();
        byte[] v = OneReplica.Value(1);
        Lock held = one.Lock(0, v);
        Justification j = OneReplica.Justify(
            1, held.Certificate, one.Promise(0, 1, held), one.Promise(2, 1), one.Promise(3, 1));
        Certificate dc = one.Certificate(VoteType.Accept, 1, v, 0, 2, 3);
        (ConsensusMessage Message, int Votes)[] messages =
        [
            (one.Propose(1, 1, v, j), 7),
            (one.Endorse(0, 0, v), 1),
            (one.Accept(0, 0, v), 1),
            (one.Promise(0, 1, held), 4),
            (new ConsensusMessage.Decided(v, dc, j), 9),
            (new ConsensusMessage.Tip(9), 0),
        ];
        Assert.Equal(ConsensusMessage.Codec.Types.Count(), messages.Length);
        VoteVerifier verifier = new(OneReplica.Network, StandInSignatures.Verify);
        foreach ((ConsensusMessage message, int count) in messages)
        {
            ImmutableArray<SignedVote> votes =
                [.. MessageVotes.In(message, value => Digest.Of(value.Span))];
            Assert.Equal(count, votes.Length);
            Assert.All(votes, vote => Assert.True(verifier.IsSigned(
                one.Members, vote.Content, vote.Signer, vote.Signature)));
        }
    }

    private bool Verify(PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        _checks++;
        return StandInSignatures.Verify(key, message, signature);
    }
}
