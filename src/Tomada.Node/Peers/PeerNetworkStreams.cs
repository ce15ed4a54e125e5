using System.Net.Sockets;
using System.Security.Cryptography;
using Grpc.Core;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <content>One stream from its first frame to its last.</content>
public sealed partial class PeerNetwork
{
    private async Task RunStreamAsync(PeerStream stream, CancellationToken callEnded)
    {
        using CancellationTokenSource ending =
            CancellationTokenSource.CreateLinkedTokenSource(callEnded, _stopping.Token);
        try
        {
            if (await ShakeHandsAsync(stream, ending.Token).ConfigureAwait(false) is { } member)
            {
                await RunLinkAsync(new PeerLink(member, stream, ending, _wall), stream)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception broken) when (IsBrokenStream(broken))
        {
            // Streams break; the dialer tries again.
        }
    }

    private static bool IsBrokenStream(Exception broken) => broken
        is RpcException or IOException or OperationCanceledException or InvalidOperationException
        or SocketException or HttpRequestException or TimeoutException;

    private async Task RunLinkAsync(PeerLink link, PeerStream stream)
    {
        if (TryRegister(link) is { } refusal)
        {
            await RefuseAsync(stream, link.Company.Value, refusal, CancellationToken.None)
                .ConfigureAwait(false);
            return;
        }

        stream.Proven();
        LogConnected(link.Company);
        IncomingQueues.Lane lane = _incoming.Open(link.Company);
        try
        {
            SayWhere(link);
            TellReachable();
            await link.RunAsync((frame, stop) => ReceiveAsync(link, lane, frame, stop))
                .ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                if (_links.GetValueOrDefault(link.Company) == link)
                {
                    _links.Remove(link.Company);
                }
            }

            LogEnded(link.Company);
            TellReachable();
            await link.CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Null when the link is the pair's from now on; otherwise why not.</summary>
    private PeerRefusal? TryRegister(PeerLink link)
    {
        PeerLink? old;
        lock (_gate)
        {
            if (_links.TryGetValue(link.Company, out old))
            {
                // Other keys: a second candidate under one id, which the first one keeps while it
                // is connected.
                if (!Handshake.SameKeys(old.Member.Member, link.Member.Member) && !IsMember(link))
                {
                    return PeerRefusal.Taken;
                }

                // Both may dial at once: the lower id's stream stays, and both sides know which
                // that is. Of one dialler's the newer: it restarted before this side noticed.
                if (IsFromLower(old) && !IsFromLower(link))
                {
                    return PeerRefusal.Duplicate;
                }
            }

            _links[link.Company] = link;
        }

        // Outside the lock: what is cancelled runs here, and may wait for somebody who wants it.
        old?.End();
        return null;
    }

    private bool IsFromLower(PeerLink link) => link.IsDialer == DialsFirst(link.Company);

    /// <summary>Takes a received frame; false ends the stream.</summary>
    private async ValueTask<bool> ReceiveAsync(
        PeerLink link, IncomingQueues.Lane lane, ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        if (!HasRightLength(frame.Span))
        {
            PeerMetrics.FrameRefused("length");
            return false;
        }

        switch ((FrameKind)frame.Span[0])
        {
            case FrameKind.Founding when !link.FoundingRate.TryTake():
                // Its candidate sends it again.
                PeerMetrics.FrameRefused("founding-rate");
                return true;
            case FrameKind.Founding:
                _founding.Writer.TryWrite(new FoundingFrame(link.Company, frame[1..]));
                return true;
            case FrameKind.Announcement when !link.AnnouncementRate.TryTake():
                PeerMetrics.FrameRefused("announcement-rate");
                return true;
            case FrameKind.Announcement:
                Hear(frame[1..], link.Remote, link);
                return true;
            case FrameKind.Alive:
                link.Pulse.Hear(frame.Span);
                return true;
            case FrameKind.Replication when IsMember(link):
                await lane.AddAsync(frame[1..], stop).ConfigureAwait(false);
                return true;
            case FrameKind.Replication:
                // A peer that entered the network a moment before this node did; it sends again.
                PeerMetrics.FrameRefused("not-a-member");
                return true;
            default:
                PeerMetrics.FrameRefused("kind");
                return false;
        }
    }

    private static bool HasRightLength(ReadOnlySpan<byte> frame) => frame.Length >= 2
        && frame.Length <= BytesMax((FrameKind)frame[0])
        && (frame.Length == Pulse.Size || (FrameKind)frame[0] != FrameKind.Alive);

    private static int BytesMax(FrameKind kind) => kind switch
    {
        FrameKind.Founding => PeerLimits.FoundingBytesMax,
        FrameKind.Announcement => PeerLimits.DatagramBytesMax + 1,
        FrameKind.Alive => Pulse.Size,
        _ => PeerLimits.FrameBytesMax,
    };

    private async Task<SignedMember?> ShakeHandsAsync(PeerStream stream, CancellationToken ended)
    {
        using CancellationTokenSource inTime =
            CancellationTokenSource.CreateLinkedTokenSource(ended);
        inTime.CancelAfter(PeerLimits.HandshakeTimeout);
        Joined? joined = _joined;
        Hello mine = new(
            Hello.CurrentVersion,
            _invitation.Tag,
            joined?.Network,
            _self,
            new Digest(RandomNumberGenerator.GetBytes(Digest.Size)));
        Handshake handshake =
            new(mine, stream.IsDialer, _invitation, company => joined?.MemberOf(company));
        await stream.WriteAsync(mine, inTime.Token).ConfigureAwait(false);
        if (await ExpectAsync<Hello>(stream, "?", inTime.Token).ConfigureAwait(false)
            is not { } theirs)
        {
            return null;
        }

        stream.Claimed = theirs.Member.Member.Company;
        string who = theirs.Member.Member.Company.Value;
        if (handshake.Judge(theirs, stream.PresentedKey) is { } refusal)
        {
            await RefuseAsync(stream, who, refusal, inTime.Token).ConfigureAwait(false);
            return null;
        }

        await stream.WriteAsync(handshake.Prove(theirs, _keys.SignIdentity), inTime.Token)
            .ConfigureAwait(false);
        if (await ExpectAsync<Proof>(stream, who, inTime.Token).ConfigureAwait(false)
            is not { } proof)
        {
            return null;
        }

        if (handshake.JudgeProof(theirs, proof) is { } unproven)
        {
            await RefuseAsync(stream, who, unproven, inTime.Token).ConfigureAwait(false);
            return null;
        }

        return theirs.Member;
    }

    private async Task<T?> ExpectAsync<T>(PeerStream stream, string who, CancellationToken stop)
        where T : HandshakeMessage
    {
        HandshakeMessage? message = await stream.ReadHandshakeAsync(stop).ConfigureAwait(false);
        if (message is Refused refused)
        {
            _refusals.ByPeer(who, refused.Reason);
        }
        else if (message is not T)
        {
            await RefuseAsync(stream, who, PeerRefusal.Malformed, stop).ConfigureAwait(false);
        }

        return message as T;
    }

    private async Task RefuseAsync(
        PeerStream stream, string who, PeerRefusal reason, CancellationToken stop)
    {
        _refusals.Handshake(who, reason);
        await stream.WriteAsync(new Refused(reason), stop).ConfigureAwait(false);
    }
}
