using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tomada.Contract.Tests;

/// <summary>Hears what the node refuses, by reason.</summary>
internal sealed class RefusalCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _heard =
        new(StringComparer.Ordinal);

    public RefusalCounter()
    {
        _listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "tomada.mqtt.refused")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            Of(tags[0].Value?.ToString() ?? "").TrySetResult());
        _listener.Start();
    }

    /// <summary>Waits until something was refused for the reason.</summary>
    public Task UntilAsync(string reason, CancellationToken ct) => Of(reason).Task.WaitAsync(ct);

    public void Dispose() => _listener.Dispose();

    private TaskCompletionSource Of(string reason) => _heard.GetOrAdd(
        reason, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
