using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Simulation.Cluster;

/// <summary>
/// Ears of a member that never hears what one other submits, so that it never proposes it.
/// </summary>
internal static class ClusterCensor
{
    /// <summary>The message without the censored company's transactions; null: nothing.</summary>
    public static byte[]? LeftOf(byte[] bytes, ClusterPlan plan, FaultTable met)
    {
        if (PeerMessage.Codec.Decode(bytes) is not PeerMessage.Gossip gossip)
        {
            return bytes;
        }

        CompanyId censored = ClusterCompanies.Company(plan.Censored);
        ImmutableArray<byte[]> left = [.. gossip.Transactions.Where(each =>
            !SignedTransaction.TryDecode(each, out SignedTransaction? one, out _)
            || one!.Content.Company != censored)];
        met.Met(ClusterFaults.Censored, gossip.Transactions.Length - left.Length);
        return left.IsEmpty ? null : PeerMessage.Codec.Encode(new PeerMessage.Gossip(left));
    }
}
