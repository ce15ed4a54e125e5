namespace Tomada.Node.Broker;

/// <summary>
/// Every bound of the embedded broker; those of the interface are in DeviceLimits.
/// </summary>
public static class BrokerLimits
{
    /// <summary>
    /// Largest first packet of a connection, in bytes: nobody has shown a credential yet.
    /// </summary>
    public const int FirstPacketMax = 8_192;

    /// <summary>Largest later packet, in bytes; the connection is reset above it.</summary>
    public const int PacketMax = 262_144;

    /// <summary>Connected devices; one more is told that the server is busy.</summary>
    public const int SessionsMax = 10_000;

    /// <summary>Subscriptions of one session; one more is refused.</summary>
    public const int SubscriptionsMax = 16;

    /// <summary>Messages that wait for the desks; at the bound a sender is told BUSY.</summary>
    public const int InboxMax = 10_000;

    /// <summary>Messages that one disk write takes together.</summary>
    public const int LogBatchMax = 256;

    /// <summary>Messages that the device log keeps; older ones are dropped.</summary>
    public const long LogRowsMax = 1_000_000;

    /// <summary>How long a connection may take for its CONNECT, and for any packet's end.</summary>
    public static TimeSpan CommunicationTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long closing waits for connections to end.</summary>
    public static TimeSpan ShutdownTimeout { get; } = TimeSpan.FromSeconds(2);
}
