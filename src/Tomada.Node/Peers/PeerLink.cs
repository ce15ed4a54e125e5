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

    /// <summary>What this side says to show that it is there, and what it hears so.</summary>
    public Pulse Pulse { get; } = new(wall);

    private Task[] _work = [];
    private bool _isListening;
    private long _heardAt;

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

    /// <summary>
    /// Carries frames both ways until either direction ends, or the other side falls silent.
    /// </summary>
    /// <param name="receive">Takes each received frame; false ends the stream.</param>
    /// <returns>When the link is dead; its stream may still be ending.</returns>
    public async Task RunAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> receive)
    {
        _work = [SendAsync(), ReceiveAsync(receive), WatchAsync()];
        await Task.WhenAny(_work).ConfigureAwait(false);
    }

    /// <summary>Ends the stream, by cutting its connection if need be.</summary>
    public async Task CloseAsync()
    {
        try
        {
            await Task.WhenAll([ending.CancelAsync(), .. _work])
                .WaitAsync(PeerLimits.CloseTimeout, wall).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            stream.Cut();
            throw;
        }
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
        while (await ListenAsync().ConfigureAwait(false) is { } frame)
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

    private async ValueTask<ReadOnlyMemory<byte>?> ListenAsync()
    {
        Volatile.Write(ref _heardAt, wall.GetTimestamp());
        Volatile.Write(ref _isListening, true);
        ReadOnlyMemory<byte>? frame = await stream.ReadAsync(ending.Token).ConfigureAwait(false);
        Volatile.Write(ref _isListening, false);
        return frame;
    }

    /// <summary>
    /// Ends when the other side has been silent for too long while this one listened. Two looks: a
    /// node that was frozen hears first what has come meanwhile.
    /// </summary>
    private async Task WatchAsync()
    {
        using PeriodicTimer timer = new(PeerLimits.AlivePeriod, wall);
        int silent = 0;
        while (silent < 2)
        {
            await timer.WaitForNextTickAsync(ending.Token).ConfigureAwait(false);
            Queue.Enqueue(Pulse.Beat());
            bool isSilent = Volatile.Read(ref _isListening)
                && wall.GetElapsedTime(Volatile.Read(ref _heardAt)) > PeerLimits.SilenceMax;
            silent = isSilent ? silent + 1 : 0;
        }

        PeerMetrics.LinkSilent();
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
