namespace Tomada.Node.Peers;

/// <summary>Bounds between companies' nodes, and what happens there.</summary>
public static class PeerLimits
{
    /// <summary>
    /// Largest frame, in bytes. A larger one is not sent; a received one ends its stream.
    /// </summary>
    public const int FrameBytesMax = 8 * 1024 * 1024;

    /// <summary>
    /// Largest founding frame, in bytes: a genesis of the most founders fits several times. A
    /// larger one ends its stream.
    /// </summary>
    public const int FoundingBytesMax = 256 * 1024;

    /// <summary>
    /// Most bytes of small frames that are written together when several wait; a larger batch that
    /// is received ends its stream.
    /// </summary>
    public const int BatchBytesMax = 64 * 1024;

    /// <summary>What the message around a frame adds to it at most, in bytes.</summary>
    public const int EnvelopeBytesMax = 64;

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
    /// Frames a second from one peer on average, and at once; a faster one is read no faster: its
    /// frames wait on its own side, and its send queue drops the oldest.
    /// </summary>
    public const int FramesPerSecondMax = 20_000;

    /// <summary>Bytes a second from one peer on average, and at once; as above.</summary>
    public const int BytesPerSecondMax = 64 * 1024 * 1024;

    /// <summary>
    /// Most frames of one peer that wait for this node's loop; then that peer's stream alone is not
    /// read until there is room.
    /// </summary>
    public const int IncomingFramesMax = 1_024;

    /// <summary>
    /// Most bytes of one peer that wait for this node's loop, the first frame not counted; as
    /// above.
    /// </summary>
    public const long IncomingBytesMax = 2L * FrameBytesMax;

    /// <summary>
    /// Founding frames a second from one peer on average; further ones are dropped, for candidates
    /// send again.
    /// </summary>
    public const int FoundingPerSecondMax = 100;

    /// <summary>Founding frames from one peer at once; as above.</summary>
    public const int FoundingBurstMax = 500;

    /// <summary>
    /// Most founding frames that wait; further ones are dropped, for candidates send again.
    /// </summary>
    public const int FoundingIncomingMax = 1_024;

    /// <summary>
    /// Most companies whose endpoints are known; then a stranger's announcement is refused, and a
    /// member takes the place of the stranger that was heard longest ago.
    /// </summary>
    public const int KnownPeersMax = 400;

    /// <summary>
    /// Of them, most that are no members and came from one address; further ones are refused. As
    /// many as may found a network, for they may share a machine.
    /// </summary>
    public const int KnownPerSourceMax = NodeLimits.FoundersMax;

    /// <summary>Changes of one company's endpoint at once; further ones are refused.</summary>
    public const int MovesMax = 5;

    /// <summary>In this time a company's endpoint may change once more.</summary>
    public static readonly TimeSpan MovePeriod = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Announcements a second that one link may pass on, on average; further ones are dropped.
    /// </summary>
    public const int PassedOnPerSecondMax = 10;

    /// <summary>
    /// Announcements that one link may pass on at once, as it does when it begins.
    /// </summary>
    public const int PassedOnBurstMax = KnownPeersMax + 100;

    /// <summary>Most seeds; a configuration with more is refused.</summary>
    public const int SeedsMax = 64;

    /// <summary>Most addresses of one name that are tried.</summary>
    public const int AddressesPerNameMax = 4;

    /// <summary>How long a name may take to resolve; then it is tried again later.</summary>
    public static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How often a name that means this node itself is looked at again.</summary>
    public static readonly TimeSpan ResolvePeriod = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Most connections at once, handshakes in progress included; further ones are closed.
    /// </summary>
    public const int ConnectionsMax = 512;

    /// <summary>
    /// Of them, most that have not shown who they are; further ones are closed, so that strangers
    /// never take the places of members.
    /// </summary>
    public const int UnprovenMax = 256;

    /// <summary>
    /// Most connections of one address, or one IPv6 network of 64 bits, that have not
    /// shown who they are; further ones are closed. Founders of one machine share an address.
    /// </summary>
    public const int UnprovenPerAddressMax = 16;

    /// <summary>
    /// Refusals that are logged at once, and again after each <see cref="RefusalLogPeriod"/>; the
    /// others are only counted.
    /// </summary>
    public const int RefusalLogsMax = 20;

    /// <summary>In this time one more refusal may be logged.</summary>
    public static readonly TimeSpan RefusalLogPeriod = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Streams of one connection; a peer needs one, and each can hold a frame in memory before
    /// anybody has shown who they are. Further ones are refused.
    /// </summary>
    public const int StreamsPerConnectionMax = 1;

    /// <summary>
    /// Wait before the first new attempt to connect; doubled each time, and drawn from half to all.
    /// </summary>
    public static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Longest wait between attempts to connect, and how long the higher id of a pair waits for the
    /// lower one to connect before it does so itself.
    /// </summary>
    public static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(2);

    /// <summary>Time between announcements at first.</summary>
    public static readonly TimeSpan AnnounceFast = TimeSpan.FromMilliseconds(250);

    /// <summary>How many announcements are fast.</summary>
    public const int AnnounceFastCount = 40;

    /// <summary>Time between announcements later.</summary>
    public static readonly TimeSpan AnnounceSlow = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often a side that has nothing to say says that it is there, and how often each side
    /// looks whether the other still does.
    /// </summary>
    public static readonly TimeSpan AlivePeriod = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Silence after which a link counts as dead, at the second look in a row: 3 s and at most two
    /// more. A cable that is cut one way is found as fast as one that is cut both ways.
    /// </summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a dead link's stream may take to end by itself; then its connection is cut. What
    /// was written into a cable that is cut may otherwise hold it for a quarter of an hour.
    /// </summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);
}
