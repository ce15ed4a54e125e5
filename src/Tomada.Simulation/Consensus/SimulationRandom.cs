namespace Tomada.Simulation.Consensus;

/// <summary>
/// Chance from a seed: SplitMix64 (Steele, Lea, Flood 2014). The same on every machine and version,
/// so that a seed replays a history for ever.
/// </summary>
public sealed class SimulationRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>0 up to, but not including, the bound.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>Both ends included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    /// <summary>True so often in a million.</summary>
    public bool Chance(int perMillion) => perMillion > 0 && Below(1_000_000) < perMillion;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];
}
