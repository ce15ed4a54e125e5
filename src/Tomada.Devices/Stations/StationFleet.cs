using System.Collections.Immutable;

namespace Tomada.Devices;

/// <summary>Several stations in one process.</summary>
public static class StationFleet
{
    /// <summary>
    /// Runs all of them until cancelled; ends with the failure of the first that fails.
    /// </summary>
    /// <param name="stations">One or more; each with a folder of its own.</param>
    /// <param name="troubles">What goes wrong at them.</param>
    /// <param name="progress">Told by any of them, from any thread.</param>
    /// <param name="ct">Stops them, each with a goodbye.</param>
    public static async Task RunAsync(
        ImmutableArray<StationOptions> stations,
        TroublePlan troubles,
        IProgress<StationEvent> progress,
        CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        List<Task> work = [.. stations.Select(options => new SimulatedStation(
            options, troubles.Of(options.Link.Address.Id), progress).RunAsync(stop.Token))];
        try
        {
            await await Task.WhenAny(work).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
