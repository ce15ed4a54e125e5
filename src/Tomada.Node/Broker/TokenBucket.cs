using Tomada.DeviceApi;

namespace Tomada.Node.Broker;

/// <summary>
/// Lets a device send so many on average, with bursts of five times as many.
/// </summary>
/// <param name="wall">The wall clock.</param>
/// <param name="perSecond">The average.</param>
internal sealed class TokenBucket(TimeProvider wall, int perSecond = DeviceLimits.RatePerSecond)
{
    private readonly Lock _gate = new();
    private readonly double _burst =
        (double)perSecond * DeviceLimits.RateBurst / DeviceLimits.RatePerSecond;

    private double _tokens = (double)perSecond * DeviceLimits.RateBurst
        / DeviceLimits.RatePerSecond;

    private long _last = wall.GetTimestamp();

    public bool TryTake()
    {
        lock (_gate)
        {
            long now = wall.GetTimestamp();
            double gained =
                wall.GetElapsedTime(_last, now).TotalSeconds * perSecond;
            _tokens = Math.Min(_burst, _tokens + gained);
            _last = now;
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
