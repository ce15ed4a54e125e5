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

/// <content>Saying and hearing where companies are.</content>
public sealed partial class PeerNetwork
{
    private const string RememberedKey = "peers";

    private static readonly Codec<ImmutableArray<KnownEndPoint>> s_remembered =
        Codecs.List(KnownEndPoint.Codec, 0, PeerLimits.KnownPeersMax);

    private readonly KnownPeers _known;
    private readonly Lock _remembering = new();

    // Where others shall connect; the listener's own endpoint unless configured otherwise.
    private volatile IPEndPoint? _advertised;

    private async Task AnnounceAsync()
    {
        RateLimit resolving = new(1 / PeerLimits.ResolvePeriod.TotalSeconds, 1, _wall);
        try
        {
            for (int count = 0; ; count++)
            {
                if (_config.Advertise is not null && resolving.TryTake())
                {
                    await ResolveOwnAsync(_config.Advertise).ConfigureAwait(false);
                }

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

    /// <summary>A name's address may change; who is connected is told at once.</summary>
    private async Task ResolveOwnAsync(HostPort name)
    {
        try
        {
            IPEndPoint[] all = await name
                .ResolveAsync(PeerLimits.ResolveTimeout, _stopping.Token).ConfigureAwait(false);
            if (all.Length > 0 && !all.Contains(_advertised))
            {
                _advertised = all[0];
                PassOn(OwnAnnouncement(), except: null);
            }
        }
        catch (Exception problem) when (problem is SocketException or TimeoutException)
        {
            LogUnresolved("advertise", name, problem.Message);
        }
    }

    private byte[] OwnAnnouncement() =>
        new Announcement(_invitation.Tag, _self, _advertised ?? EndPoint, Now())
            .Seal(_keys.SignIdentity, _invitation);

    private async Task AnnounceOnceAsync()
    {
        if (_multicast is null)
        {
            return;
        }

        try
        {
            await _multicast.SendAsync(OwnAnnouncement(), _stopping.Token).ConfigureAwait(false);
        }
        catch (SocketException problem)
        {
            // An unplugged cable must not stop the node; connections over other ways live on.
            LogMulticast(problem.Message);
        }
    }

    private async Task ListenAsync(MulticastSocket multicast)
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
                    await multicast.ReceiveAsync(buffer, _stopping.Token).ConfigureAwait(false);
                if (limit.TryTake())
                {
                    Hear(buffer.AsSpan(0, length).ToArray(), source, link: null);
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

    /// <summary>Takes an announcement, from the air or over a link.</summary>
    private void Hear(ReadOnlyMemory<byte> datagram, IPAddress source, PeerLink? link)
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

        bool isAny = heard.EndPoint.Address.Equals(IPAddress.Any)
            || heard.EndPoint.Address.Equals(IPAddress.IPv6Any);
        if (heard.EndPoint.Port == 0
            || (isAny && link is not null && link.Company != member.Company))
        {
            // "Where this came from" means nothing once somebody else passes it on.
            PeerMetrics.DatagramRefused("address");
            return;
        }

        IPEndPoint at = isAny ? new IPEndPoint(source, heard.EndPoint.Port) : heard.EndPoint;
        // A clock that ran ahead once must not make its later announcements look old for ever.
        Timestamp when = heard.SentAt < Now() ? heard.SentAt : Now();
        Learn(member.Company, at, when, source, datagram, link?.Company);
    }

    private void Learn(
        CompanyId company, IPEndPoint at, Timestamp when, IPAddress? source,
        ReadOnlyMemory<byte> datagram, CompanyId? from)
    {
        switch (_known.Learn(company, at, when, source, datagram, out KnownPeer? peer))
        {
            case Learnt.Nothing:
                return;
            case Learnt.Refused:
                PeerMetrics.DatagramRefused("full");
                return;
            case Learnt.Company:
                Run(KeepConnectedAsync(peer!));
                break;
            case Learnt.EndPoint:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        if (!datagram.IsEmpty)
        {
            RememberEndPoints();
            PassOn(datagram, from);
        }
    }

    /// <summary>Where multicast does not reach, companies tell each other what is new.</summary>
    private void PassOn(ReadOnlyMemory<byte> datagram, CompanyId? except)
    {
        byte[] frame = FrameOf(FrameKind.Announcement, datagram);
        foreach (SignedMember each in Connected)
        {
            if (each.Member.Company != except)
            {
                TrySend(each.Member.Company, frame, member: false);
            }
        }
    }

    /// <summary>Tells a new link where this node is, and where the others are.</summary>
    private void SayWhere(PeerLink link)
    {
        link.Queue.Enqueue(FrameOf(FrameKind.Announcement, OwnAnnouncement()));
        foreach (KnownPeer each in _known.All)
        {
            if (each.Company != link.Company && !each.Datagram.IsEmpty)
            {
                link.Queue.Enqueue(FrameOf(FrameKind.Announcement, each.Datagram));
            }
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
            Learn(
                each.Company, each.EndPoint, new Timestamp(0), source: null, default, from: null);
        }
    }

    private void RememberEndPoints()
    {
        lock (_remembering)
        {
            byte[] bytes = s_remembered.Encode(
                [.. _known.All.Select(each => new KnownEndPoint(each.Company, each.EndPoint))]);
            if (!bytes.AsSpan().SequenceEqual(_store.ReadMeta(RememberedKey)))
            {
                _store.Write(new StoreBatch { Meta = [new MetaRecord(RememberedKey, bytes)] });
            }
        }
    }

    private Timestamp Now() => new(_wall.GetUtcNow().ToUnixTimeMilliseconds());
}

/// <summary>An endpoint that is remembered over a restart.</summary>
internal sealed record KnownEndPoint(CompanyId Company, IPEndPoint EndPoint)
{
    public static Codec<KnownEndPoint> Codec { get; } = RecordCodec<KnownEndPoint>.Versioned(1)
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "endPoint", x => x.EndPoint, AddressCodec.EndPoint);
}
