using Tomada.Primitives;
using Xunit;

namespace Tomada.Consensus.Tests.Replicas;

public class RefusalTests
{
    private static readonly byte[] V = OneReplica.Value(1);
    private static readonly byte[] W = OneReplica.Value(2);
    private readonly OneReplica _one = new();

    [Fact]
    public void A_valid_proposal_is_endorsed_and_the_endorsement_is_persisted()
    {
        Output output = _one.Hear(_one.Propose(0, 0, V));
        DurableRecord row = Assert.Single(output.Persist);
        Assert.Equal((DurableKind.Endorsed, 0), (row.Kind, row.Ballot));
        Assert.IsType<ConsensusMessage.Endorse>(Assert.Single(output.Send).Message);
    }

    [Fact]
    public void A_second_proposal_of_one_ballot_is_refused()
    {
        _one.Hear(_one.Propose(0, 0, V));
        Assert.Equal(RefusalReason.ConflictingVote, _one.RefusalOf(_one.Propose(0, 0, W)));
    }

    [Fact]
    public void Only_the_leader_of_the_ballot_may_propose() =>
        Assert.Equal(RefusalReason.NotTheLeader, _one.RefusalOf(_one.Propose(2, 0, V)));

    [Fact]
    public void A_fresh_value_must_be_made_by_its_leader() => Assert.Equal(
        RefusalReason.WrongProposer, _one.RefusalOf(_one.Propose(0, 0, OneReplica.Value(1, 3))));

    [Fact]
    public void A_proposal_with_another_signature_is_refused() => Assert.Equal(
        RefusalReason.BadSignature,
        _one.RefusalOf(_one.Propose(0, 0, V) with { Signature = new byte[64] }));

    [Fact]
    public void Above_ballot_0_a_proposal_needs_a_justification() => Assert.Equal(
        RefusalReason.MissingJustification, _one.RefusalOf(_one.Propose(2, 2, V)));

    [Fact]
    public void Too_few_promises_justify_nothing() => Assert.Equal(
        RefusalReason.BadJustification,
        Refused(OneReplica.Justify(2, null, _one.Promise(0, 2), _one.Promise(2, 2))));

    [Fact]
    public void One_member_counts_once_in_a_justification() => Assert.Equal(
        RefusalReason.BadJustification,
        Refused(OneReplica.Justify(
            2, null, _one.Promise(0, 2), _one.Promise(0, 2), _one.Promise(2, 2))));

    [Fact]
    public void Promises_of_another_ballot_justify_nothing() => Assert.Equal(
        RefusalReason.BadJustification,
        Refused(OneReplica.Justify(
            2, null, _one.Promise(0, 1), _one.Promise(2, 2), _one.Promise(3, 2))));

    [Fact]
    public void A_stranger_justifies_nothing() => Assert.Equal(
        RefusalReason.BadJustification,
        Refused(OneReplica.Justify(
            2, null, _one.Promise(0, 2), _one.Promise(2, 2), _one.Promise(7, 2))));

    [Fact]
    public void A_fresh_value_is_refused_when_a_lock_was_promised()
    {
        Lock held = _one.Lock(0, W);
        Justification j = OneReplica.Justify(
            2, held.Certificate, _one.Promise(0, 2, held), _one.Promise(2, 2), _one.Promise(3, 2));
        Assert.Equal(RefusalReason.NotTheLockedValue, Refused(j));
    }

    [Fact]
    public void A_justification_may_not_hide_the_highest_lock()
    {
        Lock low = _one.Lock(0, V);
        Lock high = _one.Lock(1, W);
        Justification j = OneReplica.Justify(
            2, low.Certificate,
            _one.Promise(0, 2, low), _one.Promise(2, 2, high), _one.Promise(3, 2));
        Assert.Equal(RefusalReason.BadJustification, Refused(j));
    }

    [Fact]
    public void The_value_of_the_highest_lock_is_endorsed_whatever_the_clock_says()
    {
        Lock low = _one.Lock(0, V);
        byte[] old = new Tomada.Simulation.Consensus.ToyValue(
            1, Digest.Zero, new Timestamp(5), OneReplica.Company(3), 9).Encode();
        Lock high = _one.Lock(1, old);
        Justification j = OneReplica.Justify(
            2, high.Certificate,
            _one.Promise(0, 2, low), _one.Promise(2, 2, high), _one.Promise(3, 2));
        Output output = _one.Hear(_one.Propose(2, 2, old, j));
        Assert.Empty(output.Refusals);
        Assert.Equal(2, _one.Replica.Ballot);
    }

    [Fact]
    public void A_fresh_value_far_from_the_clock_is_refused()
    {
        byte[] old = new Tomada.Simulation.Consensus.ToyValue(
            1, Digest.Zero, new Timestamp(5), OneReplica.Company(0), 9).Encode();
        Assert.Equal(RefusalReason.InvalidValue, _one.RefusalOf(_one.Propose(0, 0, old)));
    }

    [Fact]
    public void Votes_of_strangers_other_networks_and_double_votes_are_refused()
    {
        Assert.Equal(RefusalReason.NotAMember, _one.RefusalOf(_one.Endorse(7, 0, V)));
        Assert.Equal(
            RefusalReason.BadSignature,
            _one.RefusalOf(_one.Endorse(2, 0, V, Digest.Of("other"u8))));
        _one.Hear(_one.Endorse(2, 0, V));
        Assert.Equal(RefusalReason.ConflictingVote, _one.RefusalOf(_one.Endorse(2, 0, W)));
    }

    [Fact]
    public void A_promise_with_a_lock_that_is_not_certified_is_refused()
    {
        Lock few = new(V, _one.Certificate(VoteType.Endorse, 0, V, 0, 2));
        Assert.Equal(RefusalReason.BadLock, _one.RefusalOf(_one.Promise(0, 1, few)));
        Lock accepts = new(V, _one.Certificate(VoteType.Accept, 0, V, 0, 2, 3));
        Assert.Equal(RefusalReason.BadLock, _one.RefusalOf(_one.Promise(0, 1, accepts)));
    }

    [Fact]
    public void A_decision_needs_a_quorum_of_accepts_and_above_ballot_0_a_justification()
    {
        Certificate few = _one.Certificate(VoteType.Accept, 0, V, 0, 2);
        Assert.Equal(
            RefusalReason.BadCertificate,
            _one.RefusalOf(new ConsensusMessage.Decided(V, few, null)));
        Certificate endorses = _one.Certificate(VoteType.Endorse, 0, V, 0, 2, 3);
        Assert.Equal(
            RefusalReason.BadCertificate,
            _one.RefusalOf(new ConsensusMessage.Decided(V, endorses, null)));
        Certificate late = _one.Certificate(VoteType.Accept, 1, V, 0, 2, 3);
        Assert.Equal(
            RefusalReason.BadJustification,
            _one.RefusalOf(new ConsensusMessage.Decided(V, late, null)));
        Certificate enough = _one.Certificate(VoteType.Accept, 0, V, 0, 2, 3);
        Assert.NotNull(_one.Hear(new ConsensusMessage.Decided(V, enough, null)).Decided);
    }

    [Fact]
    public void A_decision_carries_the_justification_that_allows_it_when_a_leader_shows_two()
    {
        Lock held = _one.Lock(0, V);
        byte[] fresh = OneReplica.Value(7, 2);
        Justification binds = OneReplica.Justify(
            2, held.Certificate, _one.Promise(0, 2, held), _one.Promise(2, 2), _one.Promise(3, 2));
        Justification frees = OneReplica.Justify(
            2, null, _one.Promise(0, 2), _one.Promise(2, 2), _one.Promise(3, 2));
        _one.Hear(_one.Propose(2, 2, V, binds));
        _one.Hear(_one.Propose(2, 2, fresh, frees));
        _one.Hear(_one.Accept(0, 2, fresh));
        _one.Hear(_one.Accept(2, 2, fresh));
        Output last = _one.Hear(_one.Accept(3, 2, fresh));
        Assert.Same(frees, last.Decided!.Proof.Justification);
    }

    [Fact]
    public void A_decision_with_other_bytes_is_refused() => Assert.Equal(
        RefusalReason.MalformedValue,
        _one.RefusalOf(new ConsensusMessage.Decided(
            W, _one.Certificate(VoteType.Accept, 0, V, 0, 2, 3), null)));

    private RefusalReason Refused(Justification j) =>
        _one.RefusalOf(_one.Propose(2, 2, OneReplica.Value(1, 2), j));
}
