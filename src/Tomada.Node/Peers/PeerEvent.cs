using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>What the peers bring to the node's loop.</summary>
public abstract record PeerEvent
{
    private PeerEvent()
    {
    }

    /// <summary>Bytes from a member of the network.</summary>
    public sealed record Arrived(CompanyId From, ReadOnlyMemory<byte> Bytes) : PeerEvent;

    /// <summary>
    /// The members with a live stream changed; this is the whole set, without this company.
    /// </summary>
    public sealed record ReachableChanged(ImmutableSortedSet<CompanyId> Reachable) : PeerEvent;
}

/// <summary>Founding bytes from a candidate or a member.</summary>
internal sealed record FoundingFrame(CompanyId From, ReadOnlyMemory<byte> Bytes);

/// <summary>What a frame carries: its first byte.</summary>
internal enum FrameKind : byte
{
    /// <summary>A founding message.</summary>
    Founding = 1,

    /// <summary>A message of replication; only between members.</summary>
    Replication = 2,

    /// <summary>
    /// An announcement as it would be on the air: the sender's, or one that it heard.
    /// </summary>
    Announcement = 3,

    /// <summary>That the sender is there, and clocks: see <see cref="Pulse"/>.</summary>
    Alive = 4,
}

/// <summary>The network this node belongs to and who its members are now.</summary>
internal sealed record Joined(NetworkId Network, Func<CompanyId, MemberRecord?> MemberOf);
