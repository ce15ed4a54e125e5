using Tomada.DeviceApi;

namespace Tomada.Node.Broker;

/// <summary>
/// Lets a device send <see cref="DeviceLimits.RatePerSecond"/> on average, with bursts.
/// </summary>
/// <param name="wall">The wall clock.</param>
internal sealed class TokenBucket(TimeProvider wall)
{
    private readonly Lock _gate = new();
    private double _tokens = DeviceLimits.RateBurst;
    private long _last = wall.GetTimestamp();

    public bool TryTake()
    {
        lock (_gate)
        {
            long now = wall.GetTimestamp();
            double gained =
                wall.GetElapsedTime(_last, now).TotalSeconds * DeviceLimits.RatePerSecond;
            _tokens = Math.Min(DeviceLimits.RateBurst, _tokens + gained);
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
