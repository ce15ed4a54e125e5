using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// Runs the whole log again from genesis, with the rules that the members run: every outcome, every
/// effect and the state root of every block must come out the same, and every invariant must hold.
/// Checks what <see cref="ChainFsck"/> checks too. Signatures are checked on all cores ahead of the
/// execution, which is one thread.
/// </summary>
public static class LogReplay
{
    /// <summary>Replays a mirror.</summary>
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
            Run(mirror, network, policy, verify ?? Ed25519.Verify, progress, findings);
        }
        catch (MirrorException unreadable)
        {
            findings.Add(unreadable.Class, unreadable.Message);
        }

        return findings.ToReport();
    }

    private static void Run(
        MirrorFolder mirror,
        Digest? network,
        TlogPolicy? policy,
        VerifySignature verify,
        IProgress<AuditProgress>? progress,
        FindingList findings)
    {
        MirrorHead head = MirrorHead.Read(mirror, network, verify);
        ChainReader chain = new(mirror, head, findings, progress);
        SeenSignatures seen = new(verify);
        using CheckQueue queue = new(findings);
        BlockChecks checks = new(mirror, head.Genesis.NetworkId, seen.CheckAhead, verify, queue);
        StationChecks stations = new(head.Genesis.NetworkId, seen.CheckAhead, queue);
        Execution execution = new(head.Genesis, seen.Check, findings);

        // A block is run when the checks that it brought are done, while the next ones are made.
        Queue<(LogBlock Block, long Checks)> waiting = [];
        long blocks = 0;
        foreach (LogBlock block in chain.Blocks())
        {
            checks.Add(block, chain.Trail);
            stations.Add(block);
            waiting.Enqueue((block, queue.Count));
            blocks++;
            while (waiting.TryPeek(out var next) && next.Checks <= queue.Done)
            {
                execution.Run(waiting.Dequeue().Block);
            }
        }

        checks.AddTip();
        queue.Finish();
        while (waiting.TryDequeue(out var left))
        {
            execution.Run(left.Block);
        }

        execution.Conclude();
        chain.Conclude();
        ChainFsck.CheckHead(chain, head, policy, verify, findings);
        findings.Count("entries", head.Head.Size, "entries");
        findings.Count("blocks", blocks, "blocks");
        findings.Count("replayed", execution.State.Height, "blocks");
        findings.Count("transactions", checks.Transactions, "transactions");
    }
}
