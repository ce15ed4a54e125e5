using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>Everything that ever happens to a replica.</summary>
public abstract record Input
{
    private Input()
    {
    }

    /// <summary>
    /// The block before is applied (or the node starts): decide this height. Also given when
    /// catch-up
    /// skipped heights; never for the same or a lower height.
    /// </summary>
    /// <param name="Height">1 or more.</param>
    /// <param name="Previous">Digest of block height − 1; of genesis at height 1.</param>
    /// <param name="PreviousTime">Its block time.</param>
    /// <param name="Members">Who votes at this height.</param>
    /// <param name="Start">Position of start(h) in the ring (<see cref="LeaderTerm"/>).</param>
    /// <param name="Parent">Block height − 1 with its proof, for who is behind; null at height
    /// 1.</param>
    /// <param name="Complains">
    /// The leader of ballot 0 censors somebody: leave its ballot at once. A lone complaint moves
    /// nobody; f + 1 of them take the height to ballot 1 and so to the next leader.
    /// </param>
    /// <param name="Votes">
    /// False for a member that must only follow: it does not hold the key of this height.
    /// </param>
    public sealed record StartHeight(
        long Height, Digest Previous, Timestamp PreviousTime, MemberSet Members, int Start,
        ConsensusMessage.Decided? Parent, bool Complains = false, bool Votes = true) : Input;

    /// <summary>
    /// A message of a peer. <c>From</c> is whom the channel belongs to, not who signed.
    /// </summary>
    public sealed record Received(CompanyId From, ConsensusMessage Message) : Input;

    /// <summary>
    /// Time passed. At least every 50 ms, or when <see cref="Replica.WakeAtMs"/> says.
    /// </summary>
    /// <param name="WallMs">Monotonic milliseconds, of any origin; never scaled.</param>
    /// <param name="LedgerNow">The ledger clock.</param>
    public sealed record Tick(long WallMs, Timestamp LedgerNow) : Input;

    /// <summary>
    /// Whether something is to be decided: a valid transaction waits or a deadline is due. After a
    /// decision it is given before StartHeight, so that no height is started for work already done.
    /// </summary>
    public sealed record WorkWaiting(bool Waits) : Input;

    /// <summary>
    /// The peers with a live channel; whether it contains oneself does not matter.
    /// </summary>
    public sealed record PeersReachable(ImmutableSortedSet<CompanyId> Peers) : Input;

    /// <summary>How slow the network is, as measured.</summary>
    /// <param name="Ms">
    /// Milliseconds to the slowest of the fastest peers that make a quorum with this one, and back;
    /// 0 when nobody else is needed.
    /// </param>
    public sealed record RoundTrip(int Ms) : Input;
}
