using System.Diagnostics.Metrics;

namespace Tomada.Node;

/// <summary>
/// Sums what this process counts, so that an operator sees it without a collector of metrics.
/// </summary>
internal sealed class CounterTotals : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, long> _totals = new(StringComparer.Ordinal);

    public CounterTotals()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == NodeMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(Add);
        _listener.Start();
    }

    /// <summary>
    /// Totals since the start, as "tomada.mqtt.refused reason=acl"; from any thread.
    /// </summary>
    public SortedDictionary<string, long> Snapshot()
    {
        lock (_gate)
        {
            return new SortedDictionary<string, long>(_totals, StringComparer.Ordinal);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(
        Instrument instrument,
        long measured,
        ReadOnlySpan<KeyValuePair<string, object?>> tags,
        object? state)
    {
        string name = instrument.Name;
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            name += $" {tag.Key}={tag.Value}";
        }

        lock (_gate)
        {
            _totals[name] = _totals.GetValueOrDefault(name) + measured;
        }
    }
}
