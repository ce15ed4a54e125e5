using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Consensus;
using Tomada.Transparency;

namespace Tomada.Simulation.Cluster;

/// <summary>
/// Watches what is cosigned: no honest member is ever provably guilty of E5, by the same check that
/// convicts the guilty, on every head that one ever recorded; each is the end of a block of the one
/// chain; and who signs two that contradict each other ends on the ledger.
/// </summary>
internal sealed class HeadOracle(ClusterPlan plan, Digest network, FaultTable faults)
{
    private readonly SimulatedLog _log = new();
    private readonly Dictionary<long, Digest> _ends = [];
    private readonly Dictionary<CompanyId, List<(Checkpoint Head, PublicKey Key)>> _signed = [];
    private readonly Dictionary<CompanyId, CosignedHead> _newest = [];

    private CompanyId? Liar => plan.Liar >= 0 ? ClusterCompanies.Company(plan.Liar) : null;

    /// <summary>The chain grew by a block that nobody had before.</summary>
    public void Grew(AppliedBlock block)
    {
        _log.Append(block.Block.Entries);
        _ends[_log.Size] = _log.Root;
    }

    /// <summary>A node synced that it cosigns a head; what the liar does is not judged.</summary>
    public void Signed(ClusterNode node, Checkpoint head, PublicKey key)
    {
        if (node.Company == Liar)
        {
            return;
        }

        if (!_signed.TryGetValue(node.Company, out List<(Checkpoint Head, PublicKey Key)>? before))
        {
            _signed[node.Company] = before = [];
        }

        foreach ((Checkpoint other, PublicKey otherKey) in before)
        {
            ViolationException.Unless(
                otherKey != key || Contradiction(node.Company, key, other, head) is null,
                $"{node.Company} is provably guilty of {EvidenceKind.TwoHeads} over"
                + $" {other.Size} and {head.Size} entries");
        }

        before.Add((head, key));
    }

    /// <summary>A node holds two heads of one company that contradict each other.</summary>
    public void Found(CompanyId by, TwoHeads evidence)
    {
        ViolationException.Unless(
            evidence.Guilty == Liar,
            $"{by} convicts {evidence.Guilty} of {EvidenceKind.TwoHeads}, who is honest");
        ViolationException.Unless(
            evidence.Contradicts, $"{by} convicts {evidence.Guilty} of heads that go together");
        faults.Met(ClusterFaults.LiarTwoHeadsFound);
    }

    /// <summary>The newest head of which a node says that a quorum cosigned it.</summary>
    public void Newest(CompanyId company, CosignedHead newest)
    {
        if (_newest.GetValueOrDefault(company)?.Head == newest.Head)
        {
            return;
        }

        _newest[company] = newest;
        faults.Met(ClusterFaults.HeadCosigned);
        ViolationException.Unless(
            IsEnd(newest.Head),
            $"{company} has a quorum for {newest.Head.Size} entries that are not of the chain");
    }

    /// <summary>
    /// Whether any head was: a history that is over a moment after its first block waits for one.
    /// </summary>
    public bool HasQuorum => _newest.Count > 0;

    /// <summary>All has ended: heads went along, and what was found stands on the ledger.</summary>
    public void JudgeEnd(LedgerState state)
    {
        ViolationException.Unless(
            HasQuorum, "no head of the log was ever cosigned by a quorum");
        ViolationException.Unless(
            state.HeadGuilts.Keys.All(each => each.Guilty == Liar)
                && state.Guilts.Keys.All(each => each.Guilty == Liar),
            "an honest member is guilty on the ledger");
        foreach ((CompanyId company, List<(Checkpoint Head, PublicKey)> heads) in _signed)
        {
            ViolationException.Unless(
                heads.TrueForAll(each => IsEnd(each.Head)),
                $"{company} cosigned a head that is the end of no block");
        }

        faults.Met(ClusterFaults.LiarReported, state.Guilts.Count);
        faults.Met(ClusterFaults.LiarTwoHeadsReported, state.HeadGuilts.Count);
    }

    private bool IsEnd(Checkpoint head) =>
        _ends.TryGetValue(head.Size, out Digest root) && root == head.Root;

    /// <summary>What anybody with the log can prove of two heads that one key signed.</summary>
    private TwoHeads? Contradiction(
        CompanyId company, PublicKey key, Checkpoint one, Checkpoint other)
    {
        (Checkpoint smaller, Checkpoint larger) = one.Size <= other.Size
            ? (one, other) : (other, one);
        SignMessage sign = StandInSignatures.SignerOf(key);
        SignedHead foreign = SignedHead.Sign(smaller, company, 0, sign);
        SignedHead own = SignedHead.Sign(larger, company, 0, sign);
        TwoHeads? found = smaller.Size == larger.Size
            ? TwoHeads.Of(network, company, foreign, own)
            : IsEnd(larger) ? TwoHeads.Of(network, company, foreign, own, _log.Read)
            : null;
        return found is { Contradicts: true } ? found : null;
    }
}
