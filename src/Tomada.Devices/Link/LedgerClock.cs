using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// The ledger clock as a device knows it: what dn/node last said, run on by the device's own wall
/// clock times the factor. Until then it is the wall clock.
/// </summary>
/// <param name="wall">The wall clock; never scaled.</param>
public sealed class LedgerClock(TimeProvider wall)
{
    private readonly Lock _gate = new();
    private Anchor? _anchor;
    private TaskCompletionSource _changed = Signal.New();

    public TimeProvider Wall => wall;

    /// <summary>
    /// Ledger time passes so many times as fast; 1 until the node has said otherwise.
    /// </summary>
    public int Factor
    {
        get
        {
            lock (_gate)
            {
                return _anchor?.Factor ?? 1;
            }
        }
    }

    public Timestamp WallNow => new(wall.GetUtcNow().ToUnixTimeMilliseconds());

    public Timestamp Now
    {
        get
        {
            lock (_gate)
            {
                return At(WallNow);
            }
        }
    }

    /// <summary>Takes what the node said.</summary>
    /// <param name="ledger">The ledger clock at that instant.</param>
    /// <param name="wallThen">The wall clock at that instant.</param>
    /// <param name="factor">1 or more.</param>
    public void Set(Timestamp ledger, Timestamp wallThen, int factor)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _anchor = new Anchor(ledger, wallThen, factor);
            changed = _changed;
            _changed = Signal.New();
        }

        changed.SetResult();
    }

    /// <summary>
    /// Waits until the ledger clock shows the time, whatever the factor does meanwhile.
    /// </summary>
    public async Task WaitUntilAsync(Timestamp ledger, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            TimeSpan left;
            lock (_gate)
            {
                long ms = ledger.UnixMs - At(WallNow).UnixMs;
                if (ms <= 0)
                {
                    return;
                }

                int factor = _anchor?.Factor ?? 1;
                left = TimeSpan.FromMilliseconds((ms + factor - 1) / factor, 0);
                changed = _changed.Task;
            }

            // A timer of more than 24 days is refused by the platform; nothing here waits as long.
            TimeSpan pause = left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1);
            using CancellationTokenSource stop =
                CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(Task.Delay(pause, wall, stop.Token), changed).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
        }
    }

    private Timestamp At(Timestamp wallNow) => _anchor is { } anchor
        ? new(anchor.Ledger.UnixMs + ((wallNow.UnixMs - anchor.Wall.UnixMs) * anchor.Factor))
        : wallNow;

    private sealed record Anchor(Timestamp Ledger, Timestamp Wall, int Factor);
}
