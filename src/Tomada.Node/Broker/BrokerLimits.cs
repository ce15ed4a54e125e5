namespace Tomada.Node.Broker;

/// <summary>
/// Every bound of the broker, and of workers at a foreign one; those of the interface are in
/// DeviceLimits.
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

    /// <summary>
    /// Rows of the device log in which a message is kept, unless it is about a session; older ones
    /// are dropped.
    /// </summary>
    public const long LogRowsMax = 1_000_000;

    /// <summary>
    /// Messages about sessions that the device log keeps, however much else is said: they are money
    /// and may have to wait for the ledger. Beyond them the oldest are dropped.
    /// </summary>
    public const long SessionRowsMax = 1_000_000;

    /// <summary>
    /// Connections of the node to a foreign broker; the configuration refuses more.
    /// </summary>
    public const int WorkersMax = 16;

    /// <summary>
    /// Messages that a foreign broker may give to a worker before the first is acknowledged.
    /// </summary>
    public const int WorkerUnackedMax = 256;

    /// <summary>
    /// Messages of one device that wait for an earlier one; the oldest goes on at the bound.
    /// </summary>
    public const int HeldMax = 64;

    /// <summary>
    /// Gaps of one device that are remembered; the oldest is given up at the bound.
    /// </summary>
    public const int GapsMax = 16;

    /// <summary>How often a gap is asked for before it is given up.</summary>
    public const int GapAsksMax = 3;

    /// <summary>
    /// How long a message of a foreign broker waits for an earlier one, in wall time.
    /// </summary>
    public static TimeSpan HeldFor { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a foreign broker keeps what came while the node was away, in wall time.
    /// </summary>
    public static TimeSpan WorkerSession { get; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long a foreign broker waits before it reads a new credential, in wall time.
    /// </summary>
    public static TimeSpan ReloadAfter { get; } = TimeSpan.FromSeconds(1);

    /// <summary>First pause before a foreign broker is tried again; it doubles.</summary>
    public static TimeSpan WorkerRetryMin { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>And the longest.</summary>
    public static TimeSpan WorkerRetryMax { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may take for its CONNECT, and for any packet's end.</summary>
    public static TimeSpan CommunicationTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long closing waits for connections to end.</summary>
    public static TimeSpan ShutdownTimeout { get; } = TimeSpan.FromSeconds(2);
}
