using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Node.Peers;

/// <content>Finding peers and connecting to them.</content>
public sealed partial class PeerNetwork
{
    private const string RememberedKey = "peers";

    private static readonly Codec<ImmutableArray<KnownEndPoint>> s_remembered =
        Codecs.List(KnownEndPoint.Codec, 0, PeerLimits.KnownPeersMax);

    private readonly SortedDictionary<CompanyId, Known> _known = [];

    private async Task AnnounceAsync()
    {
        try
        {
            for (int count = 0; ; count++)
            {
                await AnnounceOnceAsync().ConfigureAwait(false);
                TimeSpan pause = count < PeerLimits.AnnounceFastCount
                    ? PeerLimits.AnnounceFast : PeerLimits.AnnounceSlow;
                await Task.Delay(Jittered(pause), _wall, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (
            Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The node stops.
        }
    }

    private async Task AnnounceOnceAsync()
    {
        Announcement announcement = new(_invitation.Tag, _self, EndPoint, Now());
        try
        {
            byte[] datagram = announcement.Seal(_keys.SignIdentity, _invitation);
            await _multicast!.SendAsync(datagram, _stopping.Token).ConfigureAwait(false);
        }
        catch (SocketException problem)
        {
            // An unplugged cable must not stop the node; connections over other ways live on.
            LogMulticast(problem.Message);
        }
    }

    private async Task ListenAsync()
    {
        // One byte more than allowed, so that a longer datagram shows as too long instead of cut.
        byte[] buffer = new byte[PeerLimits.DatagramBytesMax + 1];
        RateLimit limit = new(
            PeerLimits.DatagramsPerSecondMax, PeerLimits.DatagramsPerSecondMax, _wall);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                (int length, IPAddress source) =
                    await _multicast!.ReceiveAsync(buffer, _stopping.Token).ConfigureAwait(false);
                if (limit.TryTake())
                {
                    Hear(buffer.AsMemory(0, length), source);
                }
                else
                {
                    PeerMetrics.DatagramRefused("rate");
                }
            }
            catch (SocketException problem) when (!_stopping.IsCancellationRequested)
            {
                LogMulticast(problem.Message);
                await Task.Delay(PeerLimits.AnnounceSlow, _wall, CancellationToken.None)
                    .ConfigureAwait(false);
            }
            catch (Exception ended) when (
                ended is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void Hear(ReadOnlyMemory<byte> datagram, IPAddress source)
    {
        if (!Announcement.TryOpen(
            datagram, _invitation, Ed25519.Verify, out Announcement? heard,
            out bool invited, out string? why))
        {
            PeerMetrics.DatagramRefused(why);
            return;
        }

        MemberRecord member = heard.Member.Member;
        if (member.Company == _self.Member.Company)
        {
            return;
        }

        MemberRecord? pinned = _joined?.MemberOf(member.Company);
        if (pinned is null ? !invited : pinned.IdentityKey != member.IdentityKey)
        {
            PeerMetrics.DatagramRefused(pinned is null ? "invitation" : "keys");
            return;
        }

        bool isAny = heard.EndPoint.Address.Equals(
            IPAddress.Any) || heard.EndPoint.Address.Equals(IPAddress.IPv6Any);
        IPEndPoint at = isAny ? new IPEndPoint(source, heard.EndPoint.Port) : heard.EndPoint;
        Learn(member.Company, at, heard.SentAt);
    }

    private void Learn(CompanyId company, IPEndPoint at, Timestamp when)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(company, out Known? known))
            {
                if (when <= known.Heard)
                {
                    return;
                }

                known.Heard = when;
                if (known.EndPoint.Equals(at))
                {
                    return;
                }

                known.EndPoint = at;
                known.Moved.Release();
            }
            else if (_known.Count < PeerLimits.KnownPeersMax)
            {
                known = new Known(at, when);
                _known.Add(company, known);
                // One side dials, or two streams would race for one pair.
                if (_self.Member.Company < company)
                {
                    _tasks.Add(KeepConnectedAsync(known, company));
                }
            }
            else
            {
                PeerMetrics.DatagramRefused("full");
                return;
            }
        }

        RememberEndPoints();
    }

    private async Task KeepConnectedAsync(Known peer, CompanyId company)
    {
        // Whoever called holds the lock.
        await Task.Yield();
        TimeSpan backoff = PeerLimits.BackoffMin;
        while (!_stopping.IsCancellationRequested)
        {
            long started = _wall.GetTimestamp();
            try
            {
                if (!IsConnected(company))
                {
                    await PeerDialer
                        .DialAsync(peer.EndPoint, _keys, RunStreamAsync, _stopping.Token)
                        .ConfigureAwait(false);
                }
            }
            catch (Exception broken) when (IsBrokenStream(broken))
            {
                // Refused, unreachable or broken: wait and try again.
            }

            bool lasted = _wall.GetElapsedTime(started) > PeerLimits.BackoffMax;
            backoff = lasted ? PeerLimits.BackoffMin : backoff;
            if (await WaitOrMoveAsync(peer, Jittered(backoff)).ConfigureAwait(false))
            {
                backoff = PeerLimits.BackoffMin;
            }
            else
            {
                backoff = backoff * 2 < PeerLimits.BackoffMax ? backoff * 2 : PeerLimits.BackoffMax;
            }
        }
    }

    /// <summary>Waits; true when the peer announced another endpoint in the meantime.</summary>
    private async Task<bool> WaitOrMoveAsync(Known peer, TimeSpan wait)
    {
        try
        {
            return await peer.Moved.WaitAsync(wait, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private bool IsConnected(CompanyId company)
    {
        lock (_gate)
        {
            return _links.ContainsKey(company);
        }
    }

    private void RecallEndPoints()
    {
        if (_store.ReadMeta(RememberedKey) is not { } bytes)
        {
            return;
        }

        foreach (KnownEndPoint each in s_remembered.Decode(bytes))
        {
            // Anything announced from now on is newer.
            Learn(each.Company, each.EndPoint, new Timestamp(0));
        }
    }

    private void RememberEndPoints()
    {
        ImmutableArray<KnownEndPoint> all;
        lock (_gate)
        {
            all = [.. _known.Select(each => new KnownEndPoint(each.Key, each.Value.EndPoint))];
        }

        byte[] bytes = s_remembered.Encode(all);
        if (!bytes.AsSpan().SequenceEqual(_store.ReadMeta(RememberedKey)))
        {
            _store.Write(new StoreBatch { Meta = [new MetaRecord(RememberedKey, bytes)] });
        }
    }

    private Timestamp Now() => new(_wall.GetUtcNow().ToUnixTimeMilliseconds());

    private static TimeSpan Jittered(TimeSpan span) =>
        span * (0.5 + (Random.Shared.NextDouble() / 2));

    private sealed class Known(IPEndPoint endPoint, Timestamp heard)
    {
        public IPEndPoint EndPoint { get; set; } = endPoint;

        public Timestamp Heard { get; set; } = heard;

        public SemaphoreSlim Moved { get; } = new(0);
    }
}

/// <summary>An endpoint that is remembered over a restart.</summary>
internal sealed record KnownEndPoint(CompanyId Company, IPEndPoint EndPoint)
{
    public static Codec<KnownEndPoint> Codec { get; } = RecordCodec<KnownEndPoint>.Versioned(1)
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "endPoint", x => x.EndPoint, AddressCodec.EndPoint);
}
