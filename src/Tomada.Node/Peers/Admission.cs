using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tomada.Node.Peers;

/// <summary>
/// What strangers may hold of the peer endpoint: a few connections for each address, and each only
/// for the time that a handshake takes.
/// </summary>
internal sealed class Admissions(TimeProvider wall, Action<IPAddress, string> refused)
{
    private const int NetworkBytesIpv6 = 8;

    private readonly ConcurrentDictionary<IPAddress, int> _unproven = [];
    private int _all;

    /// <summary>Around a whole connection; TLS comes inside.</summary>
    public ConnectionDelegate Guard(ConnectionDelegate next) => async connection =>
    {
        IPAddress from = SiteOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
        if (!TryEnter(from))
        {
            Leave(from);
            refused(from, "connections");
            connection.Abort(new ConnectionAbortedException("Too many connections."));
            return;
        }

        using Admission admission = new(connection, wall, () => Leave(from));
        connection.Features.Set(admission);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            string? why = admission.IsLate ? "deadline" : admission.IsSecured ? null : "tls";
            if (why is not null)
            {
                refused(from, why);
            }
        }
    };

    /// <summary>Within TLS: it succeeded.</summary>
    public static ConnectionDelegate Secured(ConnectionDelegate next) => connection =>
    {
        connection.Features.Get<Admission>()?.Secure();
        return next(connection);
    };

    private bool TryEnter(IPAddress from) =>
        (Interlocked.Increment(ref _all) <= PeerLimits.UnprovenMax)
        & (_unproven.AddOrUpdate(from, 1, (_, count) => count + 1)
            <= PeerLimits.UnprovenPerAddressMax);

    /// <summary>One customer has a whole network of IPv6 addresses, so they count as one.</summary>
    private static IPAddress SiteOf(IPAddress? address)
    {
        if (address is null or { AddressFamily: not AddressFamily.InterNetworkV6 })
        {
            return address ?? IPAddress.None;
        }

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytesIpv6).Clear();
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(bytes);
    }

    private void Leave(IPAddress from)
    {
        Interlocked.Decrement(ref _all);
        int left = _unproven.AddOrUpdate(from, 0, (_, count) => count - 1);
        if (left == 0)
        {
            // Only the pair that says 0: somebody may have come in between.
            _unproven.TryRemove(new KeyValuePair<IPAddress, int>(from, 0));
        }
    }
}

/// <summary>What one accepted connection has shown so far.</summary>
internal sealed class Admission : IDisposable
{
    private readonly ConnectionContext _connection;
    private readonly Action _leave;
    private readonly ITimer _deadline;
    private int _left;
    private volatile bool _isProven;

    public Admission(ConnectionContext connection, TimeProvider wall, Action leave)
    {
        _connection = connection;
        _leave = leave;
        _deadline = wall.CreateTimer(
            _ =>
            {
                if (!_isProven)
                {
                    IsLate = true;
                    connection.Abort(
                        new ConnectionAbortedException("No handshake in the time it may take."));
                }
            },
            null,
            PeerLimits.HandshakeTimeout,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the other side proved its identity on a stream that is open.</summary>
    public bool IsProven => _isProven;

    /// <summary>Whether TLS succeeded.</summary>
    public bool IsSecured { get; private set; }

    /// <summary>Whether the time for a handshake passed without one.</summary>
    public bool IsLate { get; private set; }

    public void Secure() => IsSecured = true;

    public void Prove()
    {
        _isProven = true;
        Leave();
    }

    /// <summary>Cuts the connection at once.</summary>
    public void Cut() =>
        _connection.Abort(new ConnectionAbortedException("The other side fell silent."));

    /// <summary>Its stream ended: as long as it takes to close, or to shake hands again.</summary>
    public void StreamEnded()
    {
        _isProven = false;
        _deadline.Change(PeerLimits.HandshakeTimeout, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _deadline.Dispose();
        Leave();
    }

    private void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            _leave();
        }
    }
}
