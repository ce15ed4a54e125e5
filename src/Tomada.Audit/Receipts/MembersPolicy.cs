using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>The policy of a network's own members, from a mirror instead of a file.</summary>
public static class MembersPolicy
{
    /// <summary>
    /// Checks the mirror wholly, then says whose cosignatures its newest members make a quorum of.
    /// </summary>
    /// <param name="mirror">The folder.</param>
    /// <param name="policy">The policy; null when the mirror is not sound.</param>
    /// <param name="verify">Checks signatures; null: Ed25519.</param>
    /// <param name="progress">Told after each block.</param>
    public static AuditReport Read(
        MirrorFolder mirror,
        out TlogPolicy? policy,
        VerifySignature? verify = null,
        IProgress<AuditProgress>? progress = null)
    {
        policy = null;
        AuditReport report = ChainFsck.Run(mirror, null, null, verify, progress);
        if (report.Passed)
        {
            MirrorHead head = MirrorHead.Read(mirror, null, verify ?? Ed25519.Verify);
            ChainReader chain = new(mirror, head, new FindingList(), null);
            foreach (LogBlock _ in chain.Blocks())
            {
                // The reader takes each block's changes of the members.
            }

            policy = HeadPolicy.Of(head.Genesis.NetworkId, chain.Trail.Members);
        }

        return report;
    }
}
