using System.Net;
using System.Net.Sockets;
using Tomada.Node.Configuration;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <content>Keeping connected with everybody who is known.</content>
public sealed partial class PeerNetwork
{
    private async Task KeepConnectedAsync(KnownPeer peer)
    {
        bool waitsForThem = !DialsFirst(peer.Company);
        Backoff backoff = new();
        try
        {
            while (!peer.IsForgotten)
            {
                if (waitsForThem)
                {
                    // Of a pair the lower id dials. The other waits, and dials when nobody came:
                    // the lower one may not know where it is, or not reach it.
                    await peer.WaitOrMoveAsync(Jittered(PeerLimits.BackoffMax), _stopping.Token)
                        .ConfigureAwait(false);
                }

                long started = _wall.GetTimestamp();
                if (!IsConnected(peer.Company))
                {
                    await TryDialAsync(peer.EndPoint, _stopping.Token).ConfigureAwait(false);
                }

                bool moved = await peer
                    .WaitOrMoveAsync(backoff.Next(_wall.GetElapsedTime(started)), _stopping.Token)
                    .ConfigureAwait(false);
                if (moved)
                {
                    backoff.Restart();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <summary>Dials a configured address, whoever is there.</summary>
    private async Task KeepSeedAsync(HostPort seed)
    {
        CompanyId? who = null;
        Backoff backoff = new();
        try
        {
            while (true)
            {
                long started = _wall.GetTimestamp();
                if (who is not { } company || !IsConnected(company))
                {
                    who = await DialSeedAsync(seed).ConfigureAwait(false);
                }

                TimeSpan wait = who == _self.Member.Company
                    // All may share one list of seeds; the name may mean somebody else one day.
                    ? PeerLimits.ResolvePeriod
                    : backoff.Next(_wall.GetElapsedTime(started));
                await Task.Delay(wait, _wall, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <summary>Tries each address until somebody says who it is: the answer.</summary>
    private async Task<CompanyId?> DialSeedAsync(HostPort seed)
    {
        try
        {
            IPEndPoint[] all = await seed
                .ResolveAsync(PeerLimits.ResolveTimeout, _stopping.Token).ConfigureAwait(false);
            foreach (IPEndPoint endPoint in all.Take(PeerLimits.AddressesPerNameMax))
            {
                CompanyId? who =
                    await TryDialAsync(endPoint, _stopping.Token).ConfigureAwait(false);
                if (who is not null)
                {
                    return who;
                }
            }
        }
        catch (Exception problem) when (problem is SocketException or TimeoutException)
        {
            LogUnresolved("seed", seed, problem.Message);
        }

        return null;
    }

    /// <summary>Connects once, until it ends: the company that answered, if any.</summary>
    private async Task<CompanyId?> TryDialAsync(IPEndPoint endPoint, CancellationToken stop)
    {
        CompanyId? who = null;
        try
        {
            await PeerDialer.DialAsync(
                endPoint,
                _keys,
                async (stream, ended) =>
                {
                    try
                    {
                        await RunStreamAsync(stream, ended).ConfigureAwait(false);
                    }
                    finally
                    {
                        who = stream.Claimed;
                    }
                },
                stop).ConfigureAwait(false);
        }
        catch (Exception broken) when (IsBrokenStream(broken))
        {
            // Refused, unreachable or broken: the caller waits and tries again.
        }

        return who;
    }

    /// <summary>Whether, of this pair, this side dials at once.</summary>
    private bool DialsFirst(CompanyId company) => _self.Member.Company < company;

    private bool IsConnected(CompanyId company)
    {
        lock (_gate)
        {
            return _links.ContainsKey(company);
        }
    }

    private static TimeSpan Jittered(TimeSpan span) =>
        span * (0.5 + (Random.Shared.NextDouble() / 2));

    /// <summary>Waits between attempts: doubled each time, up to a bound.</summary>
    private sealed class Backoff
    {
        private TimeSpan _next = PeerLimits.BackoffMin;

        public void Restart() => _next = PeerLimits.BackoffMin;

        /// <summary>The next wait, drawn from half of it to all.</summary>
        /// <param name="lasted">How long the attempt held; one that held was no failure.</param>
        public TimeSpan Next(TimeSpan lasted)
        {
            TimeSpan now = lasted > PeerLimits.BackoffMax ? PeerLimits.BackoffMin : _next;
            _next = now * 2 < PeerLimits.BackoffMax ? now * 2 : PeerLimits.BackoffMax;
            return Jittered(now);
        }
    }
}
