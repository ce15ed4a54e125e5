using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// Transactions that were taken in together travel together: a frame for each would cost a peer
/// more than the transaction does.
/// </summary>
internal static class GossipBundle
{
    /// <summary>
    /// The same messages, with what is gossiped to all in as few of them as may be, at the end.
    /// </summary>
    public static IEnumerable<OutgoingMessage> Of(IEnumerable<OutgoingMessage> messages)
    {
        List<byte[]> gossiped = [];
        foreach (OutgoingMessage message in messages)
        {
            if (message is { To: null, Message: PeerMessage.Gossip gossip })
            {
                gossiped.AddRange(gossip.Transactions);
            }
            else
            {
                yield return message;
            }
        }

        foreach (byte[][] chunk in gossiped.Chunk(ReplicationLimits.GossipTransactionsMax))
        {
            yield return new OutgoingMessage(null, new PeerMessage.Gossip([.. chunk]));
        }
    }
}
