using System.Collections.Immutable;
using System.Net;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>
/// Where companies were last heard of. Members come first: strangers are few for each source, and
/// the one that was heard longest ago goes when a member needs its place. From any thread.
/// </summary>
internal sealed class KnownPeers(Func<CompanyId, bool> isMember, TimeProvider wall)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<CompanyId, KnownPeer> _all = [];

    /// <summary>All of them now.</summary>
    public ImmutableArray<KnownPeer> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all.Values];
            }
        }
    }

    /// <summary>Takes an announcement that was found true.</summary>
    /// <param name="company">Whose.</param>
    /// <param name="at">Where it can be reached.</param>
    /// <param name="when">When it said so; what is older than what is known says nothing.</param>
    /// <param name="source">Who told; null when it is remembered from before.</param>
    /// <param name="datagram">To be passed on; empty when it was only remembered.</param>
    /// <param name="peer">What is known now; null when it was refused.</param>
    public Learnt Learn(
        CompanyId company, IPEndPoint at, Timestamp when, IPAddress? source,
        ReadOnlyMemory<byte> datagram, out KnownPeer? peer)
    {
        lock (_gate)
        {
            if (_all.TryGetValue(company, out peer))
            {
                return peer.Hear(at, when, datagram);
            }

            if (!HasRoom_NeedsLock(isMember(company), source))
            {
                return Learnt.Refused;
            }

            peer = new KnownPeer(company, at, when, source, datagram, wall);
            _all.Add(company, peer);
            return Learnt.Company;
        }
    }

    private bool HasRoom_NeedsLock(bool member, IPAddress? source)
    {
        KnownPeer[] strangers = [.. _all.Values.Where(each => !isMember(each.Company))];
        if (!member && source is not null
            && strangers.Count(each => source.Equals(each.Source))
                >= PeerLimits.KnownPerSourceMax)
        {
            return false;
        }

        if (_all.Count < PeerLimits.KnownPeersMax)
        {
            return true;
        }

        if (!member || strangers.MinBy(each => each.Heard) is not { } oldest)
        {
            return false;
        }

        _all.Remove(oldest.Company);
        oldest.Forget();
        return true;
    }
}

/// <summary>What an announcement brought.</summary>
internal enum Learnt
{
    /// <summary>What was known already, or is newer than it.</summary>
    Nothing = 1,

    /// <summary>A company that was not known.</summary>
    Company = 2,

    /// <summary>Another endpoint of a known one.</summary>
    EndPoint = 3,

    /// <summary>There is no room, or it moves too often.</summary>
    Refused = 4,
}

/// <summary>One company's whereabouts.</summary>
internal sealed class KnownPeer(
    CompanyId company, IPEndPoint at, Timestamp heard, IPAddress? source,
    ReadOnlyMemory<byte> datagram, TimeProvider wall)
{
    private readonly Lock _gate = new();
    private readonly RateLimit _moves =
        new(1 / PeerLimits.MovePeriod.TotalSeconds, PeerLimits.MovesMax, wall);

    private volatile bool _isForgotten;
    private IPEndPoint _at = at;
    private Timestamp _heard = heard;
    private ReadOnlyMemory<byte> _datagram = datagram;

    public CompanyId Company => company;

    /// <summary>Who told of it first; null when it is remembered from before.</summary>
    public IPAddress? Source => source;

    /// <summary>Its place went to a member: nobody dials it any more.</summary>
    public bool IsForgotten => _isForgotten;

    private SemaphoreSlim Moved { get; } = new(0);

    public IPEndPoint EndPoint
    {
        get
        {
            lock (_gate)
            {
                return _at;
            }
        }
    }

    public Timestamp Heard
    {
        get
        {
            lock (_gate)
            {
                return _heard;
            }
        }
    }

    /// <summary>Its newest announcement, to be passed on; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Datagram
    {
        get
        {
            lock (_gate)
            {
                return _datagram;
            }
        }
    }

    public Learnt Hear(IPEndPoint newAt, Timestamp when, ReadOnlyMemory<byte> newDatagram)
    {
        lock (_gate)
        {
            if (when <= _heard)
            {
                return Learnt.Nothing;
            }

            bool moves = !_at.Equals(newAt);
            if (moves && !_moves.TryTake())
            {
                return Learnt.Refused;
            }

            _heard = when;
            _datagram = newDatagram;
            if (!moves)
            {
                return Learnt.Nothing;
            }

            _at = newAt;
        }

        Moved.Release();
        return Learnt.EndPoint;
    }

    public void Forget()
    {
        _isForgotten = true;
        Moved.Release();
    }

    /// <summary>Waits; true when it announced another endpoint in the meantime.</summary>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public Task<bool> WaitOrMoveAsync(TimeSpan wait, CancellationToken stop) =>
        Moved.WaitAsync(wait, stop);
}
