using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Which heads all members cosign while blocks come faster than they sign. If each signed whatever
/// was newest at its own moment, no head would ever have a quorum; so the blocks themselves say
/// which heads it is, and nobody has to be asked.
/// </summary>
public static class Milestone
{
    /// <summary>
    /// Whether a block is the first of its stretch of <see cref="CosigningLimits.PeriodMs"/> of
    /// block time, stretched by the ledger clock's factor.
    /// </summary>
    /// <param name="before">Time of the block before.</param>
    /// <param name="after">The state after the block.</param>
    public static bool Is(Timestamp before, LedgerState after)
    {
        long period = CosigningLimits.PeriodMs * after.Clock.Factor;
        return before.UnixMs / period != after.Time.UnixMs / period;
    }
}
