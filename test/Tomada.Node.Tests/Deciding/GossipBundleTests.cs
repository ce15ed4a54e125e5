using Tomada.Consensus;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Deciding;

public sealed class GossipBundleTests
{
    private static readonly CompanyId s_peer = CompanyId.Parse("br-bbb");

    [Fact]
    public void What_was_taken_in_together_travels_in_one_message()
    {
        OutgoingMessage[] sent =
        [
            .. GossipBundle.Of([Gossip(null, 1), Gossip(null, 2, 3), Gossip(null, 4)]),
        ];

        byte[][] transactions = [.. Assert.IsType<PeerMessage.Gossip>(
            Assert.Single(sent).Message).Transactions];
        Assert.Equal([1, 2, 3, 4], transactions.Select(each => each[0]));
    }

    [Fact]
    public void A_message_holds_no_more_transactions_than_it_may()
    {
        int count = ReplicationLimits.GossipTransactionsMax + 1;

        OutgoingMessage[] sent =
            [.. GossipBundle.Of(Enumerable.Range(0, count).Select(i => Gossip(null, (byte)i)))];

        Assert.Equal(
            [ReplicationLimits.GossipTransactionsMax, 1],
            sent.Select(each => ((PeerMessage.Gossip)each.Message).Transactions.Length));
    }

    [Fact]
    public void Votes_and_messages_to_one_peer_stay_as_they_are_and_go_first()
    {
        OutgoingMessage vote = new(null, new PeerMessage.Voting(new ConsensusMessage.Tip(7)));
        OutgoingMessage direct = Gossip(s_peer, 9);

        OutgoingMessage[] sent = [.. GossipBundle.Of([Gossip(null, 1), vote, direct])];

        Assert.Equal([vote, direct], sent[..2]);
        Assert.Equal(3, sent.Length);
    }

    private static OutgoingMessage Gossip(CompanyId? to, params byte[] transactions) =>
        new(to, new PeerMessage.Gossip([.. transactions.Select(each => new[] { each })]));
}
