namespace Tomada.Simulation;

/// <summary>
/// What a history really met. A simulation that never met a fault has said nothing about it, so the
/// tests ask for every one of these.
/// </summary>
public sealed class FaultTable
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>How often, by kind; kinds that were not met are absent.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Met(string kind, long times = 1)
    {
        if (times > 0)
        {
            _counts[kind] = _counts.GetValueOrDefault(kind) + times;
        }
    }

    public void Add(FaultTable other)
    {
        foreach ((string kind, long times) in other._counts)
        {
            Met(kind, times);
        }
    }
}
