using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>A stream whose handshake succeeded.</summary>
internal sealed class PeerLink(
    SignedMember member, PeerStream stream, CancellationTokenSource ending)
{
    public SignedMember Member => member;

    public CompanyId Company => member.Member.Company;

    public SendQueue Queue { get; } = new();

    /// <summary>Ends the stream; its tasks clean up.</summary>
    public void End() => ending.Cancel();

    /// <summary>Carries frames both ways until either direction ends.</summary>
    /// <param name="receive">Takes each received frame; false ends the stream.</param>
    /// <param name="wall">The wall clock.</param>
    public async Task RunAsync(
        Func<ReadOnlyMemory<byte>, ValueTask<bool>> receive, TimeProvider wall)
    {
        Task sending = SendAsync();
        Task receiving = ReceiveAsync(receive, wall);
        await Task.WhenAny(sending, receiving).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(sending, receiving).ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        while (true)
        {
            ReadOnlyMemory<byte> frame =
                await Queue.DequeueAsync(ending.Token).ConfigureAwait(false);
            await stream.WriteAsync(frame, ending.Token).ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(
        Func<ReadOnlyMemory<byte>, ValueTask<bool>> receive, TimeProvider wall)
    {
        RateLimit limit = new(PeerLimits.FramesPerSecondMax, wall);
        while (await stream.ReadAsync(ending.Token).ConfigureAwait(false) is { } frame)
        {
            while (!limit.TryTake(out TimeSpan wait))
            {
                await Task.Delay(wait, wall, ending.Token).ConfigureAwait(false);
            }

            if (!await receive(frame).ConfigureAwait(false))
            {
                return;
            }
        }
    }
}
