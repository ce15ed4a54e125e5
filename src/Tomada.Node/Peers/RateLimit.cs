namespace Tomada.Node.Peers;

/// <summary>
/// So many in a second on average, and at most so many at once: a bucket that fills steadily. For
/// one user at a time.
/// </summary>
/// <param name="perSecond">What it gains in a second.</param>
/// <param name="burst">What it holds at most, and at first.</param>
/// <param name="wall">The wall clock.</param>
internal sealed class RateLimit(double perSecond, double burst, TimeProvider wall)
{
    private double _spent;
    private long _filledAt = wall.GetTimestamp();

    /// <summary>Takes one if there is one.</summary>
    public bool TryTake()
    {
        Fill();
        if (_spent + 1 > burst)
        {
            return false;
        }

        _spent++;
        return true;
    }

    /// <summary>Takes so many in any case, and says how long to wait before the next.</summary>
    public TimeSpan Take(int count)
    {
        Fill();
        _spent += count;
        return _spent <= burst
            ? TimeSpan.Zero : TimeSpan.FromSeconds((_spent - burst) / perSecond);
    }

    private void Fill()
    {
        long now = wall.GetTimestamp();
        double gained = wall.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond;
        _spent = Math.Max(0, _spent - gained);
        _filledAt = now;
    }
}
