using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>Everything that ever happens to a replicator.</summary>
public abstract record ReplicatorInput
{
    private ReplicatorInput()
    {
    }

    /// <summary>Time passed.</summary>
    /// <param name="MonotonicMs">Milliseconds of any origin, never backwards: timers.</param>
    /// <param name="Wall">The wall clock: what the ledger clock is derived from.</param>
    public sealed record Tick(long MonotonicMs, Timestamp Wall) : ReplicatorInput;

    /// <summary>Bytes from a peer; believed only as far as they prove themselves.</summary>
    public sealed record Received(CompanyId From, ReadOnlyMemory<byte> Bytes) : ReplicatorInput;

    /// <summary>
    /// This company's own transactions; those that are taken in together are proposed together.
    /// </summary>
    public sealed record Submitted(params ImmutableArray<SignedTransaction> Transactions)
        : ReplicatorInput;

    /// <summary>What the store kept of a late vote's height.</summary>
    public sealed record Recalled(LateVote Late, HeardHeight Kept) : ReplicatorInput;

    /// <summary>How long a message takes to peers and back, as measured.</summary>
    /// <param name="Ms">Milliseconds; peers that are not in it are as far as can be.</param>
    public sealed record RoundTrips(ImmutableSortedDictionary<CompanyId, int> Ms)
        : ReplicatorInput;

    /// <summary>The peers with a live channel.</summary>
    public sealed record PeersReachable(ImmutableSortedSet<CompanyId> Peers) : ReplicatorInput;
}
