using System.Collections.Immutable;

namespace Tomada.Devices;

/// <summary>Several stations in one process.</summary>
public static class StationFleet
{
    /// <summary>
    /// Runs all of them until cancelled; ends with the failure of the first that fails.
    /// </summary>
    /// <param name="stations">One or more; each with a folder of its own.</param>
    /// <param name="progress">Told by any of them, from any thread.</param>
    /// <param name="ct">Stops them, each with a goodbye.</param>
    public static async Task RunAsync(
        ImmutableArray<StationOptions> stations,
        IProgress<StationEvent> progress,
        CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        List<Station> running = [.. stations.Select(options => new Station(options, progress))];
        List<Task> work = [.. running.Select(station => station.RunAsync(stop.Token))];
        try
        {
            await await Task.WhenAny(work).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (Station station in running)
            {
                await station.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
