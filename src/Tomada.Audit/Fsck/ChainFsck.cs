using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// Checks that a mirror is one whole log that its members decided: the root from the entries, the
/// chain of seals, a quorum behind every block, every transaction's signature, the history of the
/// members and the head's cosignatures. Runs no rule. Its memory does not grow with the log.
/// </summary>
public static class ChainFsck
{
    /// <summary>Checks a mirror.</summary>
    /// <param name="mirror">The folder.</param>
    /// <param name="network">The network that is expected; null takes the genesis' word.</param>
    /// <param name="policy">Whose cosignatures the head needs; null: a quorum of its
    /// members.</param>
    /// <param name="verify">Checks signatures; null: Ed25519.</param>
    /// <param name="progress">Told after each block, from the calling thread.</param>
    public static AuditReport Run(
        MirrorFolder mirror,
        Digest? network = null,
        TlogPolicy? policy = null,
        VerifySignature? verify = null,
        IProgress<AuditProgress>? progress = null)
    {
        FindingList findings = new();
        try
        {
            verify ??= Ed25519.Verify;
            MirrorHead head = MirrorHead.Read(mirror, network, verify);
            ChainReader chain = new(mirror, head, findings, progress);
            using CheckQueue queue = new(findings);
            BlockChecks checks = new(mirror, head.Genesis.NetworkId, verify, verify, queue);
            long blocks = 0;
            foreach (LogBlock block in chain.Blocks())
            {
                checks.Add(block, chain.Trail);
                blocks++;
            }

            checks.AddTip();
            queue.Finish();
            chain.Conclude();
            CheckHead(chain, head, policy, verify, findings);
            findings.Count("entries", head.Head.Size, "entries");
            findings.Count("blocks", blocks, "blocks");
            findings.Count("transactions", checks.Transactions, "transactions");
        }
        catch (MirrorException unreadable)
        {
            findings.Add(unreadable.Class, unreadable.Message);
        }

        return findings.ToReport();
    }

    internal static void CheckHead(
        ChainReader chain,
        MirrorHead head,
        TlogPolicy? policy,
        VerifySignature verify,
        FindingList findings)
    {
        if (policy is not null
            && !policy.TryAccept(head.Note, verify, out _, out TlogRefusal? refusal))
        {
            findings.Add(FindingClass.Cosignature, $"checkpoint: {refusal.Why}");
        }

        if (chain.EndsWithSeal && HeadPolicy.Refuse(chain, head, verify) is { } finding)
        {
            findings.Add(finding);
        }
    }
}
