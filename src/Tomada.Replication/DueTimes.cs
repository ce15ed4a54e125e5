using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>When the next block may be, and when it must be.</summary>
internal static class DueTimes
{
    /// <summary>The earliest time that the next block can have.</summary>
    public static Timestamp NextBlock(LedgerState state, Timestamp ledgerNow) =>
        new(Math.Max(state.Time.UnixMs + 1, ledgerNow.UnixMs));

    /// <summary>
    /// When the next deadline makes a block by itself: later than its time, so that every clock of
    /// the network has passed it.
    /// </summary>
    public static Timestamp? Deadline(LedgerState state) => state.NextDeadline is { } deadline
        ? new Timestamp(
            deadline.UnixMs + (ReplicationLimits.ClockToleranceMs * state.Clock.Factor))
        : null;
}
