using System.Net;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>A stream whose handshake succeeded.</summary>
internal sealed class PeerLink(
    SignedMember member, PeerStream stream, CancellationTokenSource ending, TimeProvider wall)
{
    public SignedMember Member => member;

    public CompanyId Company => member.Member.Company;

    public SendQueue Queue { get; } = new();

    /// <summary>What it may send of founding.</summary>
    public RateLimit FoundingRate { get; } =
        new(PeerLimits.FoundingPerSecondMax, PeerLimits.FoundingBurstMax, wall);

    /// <summary>What it may pass on of announcements.</summary>
    public RateLimit AnnouncementRate { get; } =
        new(PeerLimits.PassedOnPerSecondMax, PeerLimits.PassedOnBurstMax, wall);

    /// <summary>Ends the stream; its tasks clean up.</summary>
    public void End() => ending.Cancel();

    /// <summary>Whether this side opened the connection.</summary>
    public bool IsDialer => stream.IsDialer;

    /// <summary>The other side's address, as this side sees it.</summary>
    public IPAddress Remote => stream.Remote;

    /// <summary>Carries frames both ways until either direction ends.</summary>
    /// <param name="receive">Takes each received frame; false ends the stream.</param>
    public async Task RunAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> receive)
    {
        Task sending = SendAsync();
        Task receiving = ReceiveAsync(receive);
        await Task.WhenAny(sending, receiving).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(sending, receiving).ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        while (true)
        {
            (ReadOnlyMemory<byte> bytes, bool several) =
                await Queue.DequeueAsync(ending.Token).ConfigureAwait(false);
            await stream.WriteAsync(bytes, several, ending.Token).ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> receive)
    {
        RateLimit frames =
            new(PeerLimits.FramesPerSecondMax, PeerLimits.FramesPerSecondMax, wall);
        RateLimit bytes = new(PeerLimits.BytesPerSecondMax, PeerLimits.BytesPerSecondMax, wall);
        while (await stream.ReadAsync(ending.Token).ConfigureAwait(false) is { } frame)
        {
            TimeSpan wait = Longer(frames.Take(1), bytes.Take(frame.Length));
            if (wait > TimeSpan.Zero)
            {
                PeerMetrics.FrameHeld("rate");
                await Task.Delay(wait, wall, ending.Token).ConfigureAwait(false);
            }

            if (!await receive(frame, ending.Token).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
