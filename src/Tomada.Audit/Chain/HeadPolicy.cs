using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>Whose signatures a network's head needs: a quorum of its members.</summary>
internal static class HeadPolicy
{
    /// <summary>The policy of these members (C2SP tlog-policy).</summary>
    public static TlogPolicy Of(
        Digest network, ImmutableSortedDictionary<CompanyId, MemberRecord> members) =>
        TlogPolicy.OfCompanies(
            Checkpoint.OriginOf(network),
            [.. members.Select(each => KeyValuePair.Create(each.Key, each.Value.IdentityKey))],
            Governance.QuorumOf(members.Count));

    /// <summary>
    /// Why the members before the last block and those after it both do not stand behind the head;
    /// null when one of them does. Who decided a block may cosign it before it knows that a key
    /// changed with it.
    /// </summary>
    public static Finding? Refuse(ChainReader chain, MirrorHead head, VerifySignature verify)
    {
        TlogPolicy after = Of(head.Genesis.NetworkId, chain.Trail.Members);
        if (after.TryAccept(head.Note, verify, out _, out TlogRefusal? refusal))
        {
            return null;
        }

        if (chain.MembersBefore.Count > 0
            && !ReferenceEquals(chain.MembersBefore, chain.Trail.Members)
            && Of(head.Genesis.NetworkId, chain.MembersBefore)
                .TryAccept(head.Note, verify, out _, out _))
        {
            return null;
        }

        return new Finding(
            FindingClass.Cosignature,
            $"checkpoint: {refusal.Why} (of {chain.Trail.Members.Count} members "
                + $"{Governance.QuorumOf(chain.Trail.Members.Count)} must)",
            null,
            chain.Height);
    }
}
