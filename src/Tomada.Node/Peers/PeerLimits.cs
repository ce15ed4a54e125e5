namespace Tomada.Node.Peers;

/// <summary>Bounds between companies' nodes, and what happens there.</summary>
public static class PeerLimits
{
    /// <summary>
    /// Largest frame, in bytes. A larger one is not sent; a received one ends its stream.
    /// </summary>
    public const int FrameBytesMax = 8 * 1024 * 1024;

    /// <summary>Largest frame of a handshake, in bytes; a larger one ends the stream.</summary>
    public const int HandshakeBytesMax = 4_096;

    /// <summary>How long a handshake may take; then the stream ends.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Largest announcement, in bytes, so that no network splits it; a larger one is refused.
    /// </summary>
    public const int DatagramBytesMax = 1_200;

    /// <summary>Most datagrams looked at in a second; further ones are dropped unread.</summary>
    public const int DatagramsPerSecondMax = 500;

    /// <summary>
    /// Most frames that wait for one peer; then the oldest is dropped, for consensus sends again.
    /// </summary>
    public const int SendFramesMax = 4_096;

    /// <summary>Most bytes that wait for one peer; then the oldest frames are dropped.</summary>
    public const long SendBytesMax = 4L * FrameBytesMax;

    /// <summary>
    /// Most frames a second from one peer; a faster one is read no faster, and waits.
    /// </summary>
    public const int FramesPerSecondMax = 5_000;

    /// <summary>
    /// Most frames that wait for this node's loop; then no stream is read until there is room.
    /// </summary>
    public const int IncomingMax = 4_096;

    /// <summary>
    /// Most founding frames that wait; further ones are dropped, for candidates send again.
    /// </summary>
    public const int FoundingIncomingMax = 1_024;

    /// <summary>
    /// Most companies whose endpoints are known; further announcements are refused.
    /// </summary>
    public const int KnownPeersMax = 400;

    /// <summary>
    /// Most connections at once, handshakes in progress included; further ones are closed.
    /// </summary>
    public const int ConnectionsMax = 512;

    /// <summary>
    /// Streams of one connection; a peer needs one, and each can hold a frame in memory before
    /// anybody has shown who they are. Further ones are refused.
    /// </summary>
    public const int StreamsPerConnectionMax = 1;

    /// <summary>
    /// Wait before the first new attempt to connect; doubled each time, and drawn from half to all.
    /// </summary>
    public static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between attempts to connect.</summary>
    public static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(2);

    /// <summary>Time between announcements at first.</summary>
    public static readonly TimeSpan AnnounceFast = TimeSpan.FromMilliseconds(250);

    /// <summary>How many announcements are fast.</summary>
    public const int AnnounceFastCount = 40;

    /// <summary>Time between announcements later.</summary>
    public static readonly TimeSpan AnnounceSlow = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Silence after which a connection is probed, and again after which it is given up.
    /// </summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);
}
