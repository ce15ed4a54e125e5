using System.Collections.Immutable;
using System.Threading.Channels;
using Tomada.Node.Peers;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>
/// The way to other companies and back: the network, or nobody in a network of one.
/// </summary>
public interface IPeerChannel
{
    /// <summary>
    /// What members send, each in turn, and changes of who is reachable; one reader.
    /// </summary>
    ChannelReader<PeerEvent> Incoming { get; }

    /// <summary>Milliseconds to reachable members and back, where they are known.</summary>
    ImmutableSortedDictionary<CompanyId, int> RoundTripsMs =>
        ImmutableSortedDictionary<CompanyId, int>.Empty;

    /// <summary>
    /// Queues a message and returns at once; it may be lost, and is then sent again by its sender.
    /// </summary>
    /// <param name="to">A company, or all when null.</param>
    /// <param name="message">At most the transport's frame limit.</param>
    void Send(CompanyId? to, ReadOnlyMemory<byte> message);
}
