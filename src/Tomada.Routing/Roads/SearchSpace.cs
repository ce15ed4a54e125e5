namespace Tomada.Routing;

/// <summary>
/// The arrays that searches write to, one search after another: a search that is bounded to a
/// region pays for the region and not for the country.
/// </summary>
internal sealed class SearchSpace(int nodes)
{
    private readonly int[] _seen = new int[nodes];
    private readonly int[] _settled = new int[nodes];
    private int _epoch;

    public long[] TimeMs { get; } = new long[nodes];

    public double[] EnergyWh { get; } = new double[nodes];

    public int[] CameFrom { get; } = new int[nodes];

    public int[] CameBy { get; } = new int[nodes];

    public PriorityQueue<int, double> Open { get; } = new();

    /// <summary>A search begins; what the one before knew is forgotten.</summary>
    public int Begin()
    {
        Open.Clear();
        return ++_epoch;
    }

    public bool IsSeen(int node, int epoch) => _seen[node] == epoch;

    public bool IsSettled(int node, int epoch) => _settled[node] == epoch;

    /// <summary>Whether it was not settled before.</summary>
    public bool Settle(int node, int epoch)
    {
        bool isNew = _settled[node] != epoch;
        _settled[node] = epoch;
        return isNew;
    }

    public void See(int node, int epoch, long timeMs, double energyWh, int from, int by)
    {
        _seen[node] = epoch;
        TimeMs[node] = timeMs;
        EnergyWh[node] = energyWh;
        CameFrom[node] = from;
        CameBy[node] = by;
    }
}
