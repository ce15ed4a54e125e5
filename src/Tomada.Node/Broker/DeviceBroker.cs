using System.Threading.Channels;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Node.Broker;

/// <summary>
/// A message of a device, safe on disk where it must be, with a body that its topic allows.
/// </summary>
/// <param name="From">Who said it, by its credential.</param>
/// <param name="Topic">Where.</param>
/// <param name="Envelope">What.</param>
/// <param name="Invalid">Of a request: what is wrong with its body; null when nothing is.</param>
public sealed record Received(
    DeviceAddress From, UpTopic Topic, Envelope Envelope, string? Invalid);

/// <summary>
/// How the company hears its devices and speaks to them: over a broker of its own in this process,
/// or over one that is run elsewhere. The desks behind it cannot tell which.
/// </summary>
/// <param name="describeNode">What dn/node says at this moment.</param>
/// <param name="wall">The wall clock.</param>
public abstract class DeviceBroker(Func<NodeBody> describeNode, TimeProvider wall)
    : IAsyncDisposable
{
    private long _sequence;

    /// <summary>Where it is, host:port.</summary>
    public abstract string Address { get; }

    /// <summary>What devices said; their order may differ from that of (bs, seq).</summary>
    public ChannelReader<Received> Inbox => Arrivals.Reader;

    /// <summary>
    /// Whether one connection carries all that a session says: then what comes after a gap need
    /// not wait for what is missing.
    /// </summary>
    public abstract bool KeepsOrder { get; }

    protected Channel<Received> Arrivals { get; } =
        Channel.CreateBounded<Received>(BrokerLimits.InboxMax);

    protected Timestamp WallNow => new(wall.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// Queues a message for a device; false when it is known that nothing takes it.
    /// </summary>
    public bool TrySend<T>(
        DeviceAddress to, DownTopic topic, MessageId id, T body, Timestamp? exp = null)
        where T : class, IDeviceBody<T> =>
        TrySend(to, topic, Encode(id, describeNode().Epoch, body, exp));

    /// <summary>Tells every device what dn/node says now.</summary>
    public abstract void AnnounceNode();

    /// <summary>What dn/node says at this moment.</summary>
    public NodeBody DescribeNode() => describeNode();

    /// <summary>An id for a message of the node.</summary>
    public MessageId NewId() => new(Guid.CreateVersion7(wall.GetUtcNow()));

    public abstract ValueTask DisposeAsync();

    protected abstract bool TrySend(DeviceAddress to, DownTopic topic, byte[] payload);

    /// <summary>The payload of dn/node.</summary>
    protected byte[] Encode(NodeBody node) => Encode(NewId(), node.Epoch, node, null);

    private byte[] Encode<T>(MessageId id, long epoch, T body, Timestamp? exp)
        where T : class, IDeviceBody<T> => Envelope.Encode(
        id, WallNow, epoch, Interlocked.Increment(ref _sequence), body, exp);
}
