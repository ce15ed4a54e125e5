using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Who is being censored (spec/consensus.md, Complaints). A leader that decides blocks for 4·T0
/// without a transaction of a company, of which a valid one waits here, has had its chance.
/// </summary>
/// <param name="self">Never complains about itself.</param>
internal sealed class Complaints(CompanyId self)
{
    private readonly SortedDictionary<CompanyId, long> _ignoredSinceMs = [];
    private CompanyId? _leader;
    private long _nowMs;

    /// <summary>Notes whom a block served and whom it left waiting.</summary>
    /// <param name="block">Just appended; what it holds waits no more.</param>
    /// <param name="pending">What waits.</param>
    /// <param name="state">The state after it.</param>
    /// <param name="blockTime">The earliest time that the next block can have.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    public void OnBlock(
        AppliedBlock block, PendingQueue pending, LedgerState state, Timestamp blockTime,
        long nowMs)
    {
        _nowMs = nowMs;
        if (_leader != block.Seal.Proposer)
        {
            // Another leader's block: it gets the whole time itself.
            _ignoredSinceMs.Clear();
            _leader = block.Seal.Proposer;
        }

        bool isOld = blockTime.UnixMs - block.Seal.Time.UnixMs
            > ReplicationLimits.ClockToleranceMs * state.Clock.Factor;
        if (_leader == self || isOld || pending.Count == 0)
        {
            // While I catch up, nobody could serve what waits here.
            _ignoredSinceMs.Clear();
            return;
        }

        SortedSet<CompanyId> served = Served(block);
        foreach (CompanyId company in state.Members.Keys)
        {
            bool waits = !served.Contains(company) && pending.Of(company).Any(each =>
                Admission.Refuse(state, each, blockTime, VerifiedSignatures.Before) is null);
            if (!waits)
            {
                _ignoredSinceMs.Remove(company);
            }
            else
            {
                _ignoredSinceMs.TryAdd(company, nowMs);
            }
        }
    }

    /// <summary>Whether the height that starts now is to be taken from this leader.</summary>
    /// <param name="leader">Of its ballot 0.</param>
    /// <param name="baseTimeoutMs">T0.</param>
    public bool Against(CompanyId leader, int baseTimeoutMs) => leader == _leader && leader != self
        && _ignoredSinceMs.Values.Any(since =>
            _nowMs - since >= ReplicationLimits.ComplaintFactor * (long)baseTimeoutMs);

    private static SortedSet<CompanyId> Served(AppliedBlock block)
    {
        SortedSet<CompanyId> served = [];
        foreach (SignedTransaction? one in block.Transactions)
        {
            if (one is not null)
            {
                served.Add(one.Content.Company);
            }
        }

        return served;
    }
}
