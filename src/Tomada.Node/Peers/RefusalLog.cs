using System.Net;

namespace Tomada.Node.Peers;

/// <summary>
/// Counts every refusal and logs some: whoever knocks all day must not fill the disk.
/// </summary>
internal sealed partial class RefusalLog(ILogger log, TimeProvider wall)
{
    private readonly Lock _gate = new();
    private readonly RateLimit _limit = new(
        1 / PeerLimits.RefusalLogPeriod.TotalSeconds, PeerLimits.RefusalLogsMax, wall);

    private long _untold;

    /// <summary>This side ended a handshake.</summary>
    /// <param name="who">The company it claims to be; ? before it says.</param>
    /// <param name="reason">Why.</param>
    public void Handshake(string who, PeerRefusal reason)
    {
        PeerMetrics.HandshakeRefused(reason);
        if (reason != PeerRefusal.Duplicate && MayLog(out long untold))
        {
            LogRefused(log, who, reason, Explain(reason), untold);
        }
    }

    /// <summary>The other side ended a handshake.</summary>
    public void ByPeer(string who, PeerRefusal reason)
    {
        if (reason != PeerRefusal.Duplicate && MayLog(out long untold))
        {
            LogRefusedByPeer(log, who, reason, Explain(reason), untold);
        }
    }

    /// <summary>A connection was closed before its handshake.</summary>
    /// <param name="from">Whence it came.</param>
    /// <param name="reason">tls, deadline or connections.</param>
    public void Connection(IPAddress from, string reason)
    {
        PeerMetrics.ConnectionRefused(reason);
        if (MayLog(out long untold))
        {
            LogConnectionRefused(log, from, reason, untold);
        }
    }

    /// <summary>For people; the same whichever side says it.</summary>
    public static string Explain(PeerRefusal reason) => reason switch
    {
        PeerRefusal.Malformed => "not a message of the handshake, or not in time",
        PeerRefusal.Version => "the two programs speak different versions of the protocol",
        PeerRefusal.Tag => "the two have different network names or invitation codes",
        PeerRefusal.Network => "the two belong to networks with different genesis",
        PeerRefusal.Member => "the member record is not signed by its own identity key",
        PeerRefusal.Certificate => "the TLS certificate is not the one the member record names",
        PeerRefusal.Self => "both say that they are the same company",
        PeerRefusal.Keys => "the ledger knows this company with other keys",
        PeerRefusal.Stranger => "the ledger does not know this company",
        PeerRefusal.Proof => "the identity key or the invitation was not proven",
        PeerRefusal.Taken => "another candidate already goes by this company's id",
        PeerRefusal.Duplicate => "the two are connected already",
        _ => throw new System.Diagnostics.UnreachableException(reason.ToString()),
    };

    private bool MayLog(out long untold)
    {
        lock (_gate)
        {
            bool may = _limit.TryTake();
            untold = may ? _untold : 0;
            _untold = may ? 0 : _untold + 1;
            return may;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Refused a connection of {Company}: {Reason}, {Meaning} ({Untold} untold)")]
    private static partial void LogRefused(
        ILogger logger, string company, PeerRefusal reason, string meaning, long untold);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Company} refused the connection: {Reason}, {Meaning} ({Untold} untold)")]
    private static partial void LogRefusedByPeer(
        ILogger logger, string company, PeerRefusal reason, string meaning, long untold);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Closed a connection from {Address}: {Reason} ({Untold} untold)")]
    private static partial void LogConnectionRefused(
        ILogger logger, IPAddress address, string reason, long untold);
}
