namespace Tomada.Node.Peers;

/// <summary>Allows so many in each second, counted from the first; for one reader.</summary>
internal sealed class RateLimit(int perSecond, TimeProvider wall)
{
    private long _windowStart = wall.GetTimestamp();
    private int _used;

    /// <summary>
    /// Takes one if any is left; otherwise the time until the next second begins.
    /// </summary>
    public bool TryTake(out TimeSpan wait)
    {
        TimeSpan elapsed = wall.GetElapsedTime(_windowStart);
        if (elapsed >= TimeSpan.FromSeconds(1))
        {
            _windowStart = wall.GetTimestamp();
            elapsed = TimeSpan.Zero;
            _used = 0;
        }

        wait = TimeSpan.FromSeconds(1) - elapsed;
        return _used < perSecond && ++_used > 0;
    }
}
