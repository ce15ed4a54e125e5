using Tomada.Primitives;
using Xunit;

namespace Tomada.Consensus.Tests.Replicas;

public class RestartTests
{
    private static readonly byte[] V = OneReplica.Value(1);
    private static readonly byte[] W = OneReplica.Value(2);

    [Fact]
    public void After_a_restart_an_endorsement_is_repeated_and_never_contradicted()
    {
        OneReplica before = new();
        DurableRecord[] rows = [.. before.Hear(before.Propose(0, 0, V)).Persist];

        OneReplica after = new(rows);
        ConsensusMessage.Endorse again = Assert.IsType<ConsensusMessage.Endorse>(
            after.AtStart.Send.Single(each => each.Message is ConsensusMessage.Endorse).Message);
        Assert.Equal(Digest.Of(V), again.Digest);
        Assert.Equal(RefusalReason.ConflictingVote, after.RefusalOf(after.Propose(0, 0, W)));
    }

    [Fact]
    public void After_a_restart_a_promise_carries_the_lock_and_old_ballots_get_no_vote()
    {
        OneReplica before = new();
        List<DurableRecord> rows = [.. before.Hear(before.Propose(0, 0, V)).Persist];
        rows.AddRange(before.Hear(before.Endorse(0, 0, V)).Persist);
        rows.AddRange(before.Hear(before.Endorse(2, 0, V)).Persist);
        rows.AddRange(before.Hear(before.Promise(2, 3)).Persist);
        rows.AddRange(before.Hear(before.Promise(3, 3)).Persist);
        Assert.Equal(
            [DurableKind.Endorsed, DurableKind.Accepted, DurableKind.Promised],
            rows.Select(row => row.Kind));

        OneReplica after = new([.. rows]);
        Assert.Equal(3, after.Replica.Ballot);
        ConsensusMessage.Promise promise = Assert.IsType<ConsensusMessage.Promise>(
            after.AtStart.Send.Single(each => each.Message is ConsensusMessage.Promise).Message);
        Assert.Equal((3, 0, Digest.Of(V)),
            (promise.Ballot, promise.Lock!.Ballot, promise.Lock.Digest));
        Assert.Equal(RefusalReason.OldBallot, after.RefusalOf(after.Propose(0, 0, V)));
    }

    [Fact]
    public void A_quorum_in_an_old_ballot_still_decides_after_a_promise()
    {
        OneReplica one = new();
        one.Hear(one.Propose(0, 0, V));
        one.Hear(one.Promise(2, 3));
        one.Hear(one.Promise(3, 3));
        Assert.Equal(3, one.Replica.Ballot);
        one.Hear(one.Accept(0, 0, V));
        one.Hear(one.Accept(2, 0, V));
        Assert.NotNull(one.Hear(one.Accept(3, 0, V)).Decided);
    }

    [Fact]
    public void Accepts_of_different_ballots_never_count_together()
    {
        OneReplica one = new();
        one.Hear(one.Propose(0, 0, V));
        one.Hear(one.Accept(0, 0, V));
        one.Hear(one.Accept(2, 0, V));
        Assert.Null(one.Hear(one.Accept(3, 1, V)).Decided);
    }
}
