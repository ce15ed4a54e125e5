using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>A station over many starts: it reboots, and meets its troubles one by one.</summary>
/// <param name="options">The station; the same folder at each start.</param>
/// <param name="troubles">What happens to it, in order.</param>
/// <param name="progress">Told of the station and of its troubles.</param>
public sealed class SimulatedStation(
    StationOptions options, IEnumerable<Trouble> troubles, IProgress<StationEvent> progress)
{
    private string Name => options.Link.Address.Id;

    private TimeProvider Wall => options.Link.Wall;

    /// <summary>Works until cancelled.</summary>
    /// <param name="ct">Stops it, with a goodbye.</param>
    /// <param name="calm">No further trouble begins; default: they go on.</param>
    public async Task RunAsync(CancellationToken ct, CancellationToken calm = default)
    {
        using IEnumerator<Trouble> next = troubles.GetEnumerator();
        while (!ct.IsCancellationRequested)
        {
            TimeSpan down;
            await using (Station station = new(options, progress))
            {
                down = await LiveAsync(station, next, calm, ct).ConfigureAwait(false);
            }

            await Task.Delay(down, Wall, ct)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>From a start to the next stop; how long it then is off.</summary>
    private async Task<TimeSpan> LiveAsync(
        Station station,
        IEnumerator<Trouble> next,
        CancellationToken calm,
        CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task running = station.RunAsync(stop.Token);
        Task<TimeSpan> meeting = MeetAsync(station, next, calm, stop.Token);
        await Task.WhenAny(running, meeting).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        await ((Task)meeting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return meeting.IsCompletedSuccessfully ? await meeting.ConfigureAwait(false) : default;
    }

    private async Task<TimeSpan> MeetAsync(
        Station station,
        IEnumerator<Trouble> next,
        CancellationToken calm,
        CancellationToken ct)
    {
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(calm, ct);
        while (!calm.IsCancellationRequested && next.MoveNext())
        {
            Trouble trouble = next.Current;
            await Task.Delay(trouble.After, Wall, either.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (either.IsCancellationRequested)
            {
                break;
            }

            progress.Report(new StationEvent.TroubleBegan(Name, trouble.Kind, trouble.Lasts));
            switch (trouble.Kind)
            {
                case TroubleKind.Reboot:
                    return trouble.Lasts;
                case TroubleKind.PowerCut:
                    await station.CutPowerAsync().ConfigureAwait(false);
                    return trouble.Lasts;
                case TroubleKind.Offline:
                    await station.CutNetworkAsync().ConfigureAwait(false);
                    break;
                default:
                    Set(station, trouble.Kind, true);
                    break;
            }

            await Task.Delay(trouble.Lasts, Wall, ct).ConfigureAwait(false);
            station.Restore();
            Set(station, trouble.Kind, false);
        }

        // Nothing goes wrong any more.
        await Task.Delay(Timeout.InfiniteTimeSpan, Wall, ct).ConfigureAwait(false);
        return default;
    }

    private void Set(Station station, TroubleKind kind, bool isOn)
    {
        foreach (EvseId evse in options.Evses.Select(each => each.Id))
        {
            if (kind == TroubleKind.Fault)
            {
                station.SetFault(evse, isOn ? "simulated fault" : null);
            }
            else if (kind == TroubleKind.Suspend)
            {
                station.HoldBack(evse, isOn);
            }
        }
    }
}
