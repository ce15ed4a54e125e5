using Tomada.DeviceApi;

namespace Tomada.Devices;

/// <summary>Says a sign of life whenever a link said nothing for as long as one may.</summary>
internal sealed class Heartbeat(DeviceLink link, TimeProvider wall)
{
    private long _lastSentMs;

    /// <summary>Something else was said, which is as good.</summary>
    public void NoteSent() => Interlocked.Exchange(ref _lastSentMs, link.Clock.WallNow.UnixMs);

    public async Task RunAsync(CancellationToken ct)
    {
        using PeriodicTimer timer = new(DeviceLimits.HeartbeatInterval, wall);
        try
        {
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
            {
                long silentMs = link.Clock.WallNow.UnixMs - Interlocked.Read(ref _lastSentMs);
                if (link.IsConnected
                    && silentMs >= (long)DeviceLimits.HeartbeatInterval.TotalMilliseconds)
                {
                    await link.SendNowAsync(
                        new UpTopic.Heartbeat(), new HeartbeatBody(), ct).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped together with the connection.
        }
    }
}
