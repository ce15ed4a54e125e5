namespace Tomada.Routing;

/// <summary>
/// The least time that a label still needs to the destination: driving the fastest way, and
/// charging what is missing for the most frugal way at the strongest power there is. It never
/// overestimates and never falls by more than time passes, so labels settled in the order of time
/// plus this bound are settled for good (Hart, Nilsson and Raphael, "A formal basis for the
/// heuristic determination of minimum cost paths", 1968).
/// </summary>
internal sealed class TimeAhead
{
    // Each stop takes this beside the charging.
    private static readonly long s_plugMs =
        (RoutingLimits.PlugIn + RoutingLimits.PlugOut).Ticks / TimeSpan.TicksPerMillisecond;

    private readonly LegSearch _fastest;
    private readonly LegSearch _frugal;
    private readonly int _reserveWh;
    private readonly double _strongestW;
    private readonly int _usableWh;

    /// <param name="costs">The roads, and what they cost the car.</param>
    /// <param name="destination">The node that all ways lead to.</param>
    /// <param name="reserveWh">What must be left there.</param>
    /// <param name="usableWh">The most that one stop can add.</param>
    /// <param name="strongestW">The strongest power anywhere.</param>
    public TimeAhead(
        DriveCosts costs, int destination, int reserveWh, int usableWh, double strongestW)
    {
        _usableWh = Math.Max(1, usableWh);
        _fastest = Search(LegSearch.Weight.Time);
        _frugal = Search(LegSearch.Weight.Energy);
        _reserveWh = reserveWh;
        _strongestW = strongestW;

        LegSearch Search(LegSearch.Weight weight) => new(
            costs,
            destination,
            weight,
            double.MaxValue,
            new SearchSpace(costs.Graph.NodeCount),
            backward: true);
    }

    public bool IsPossible(int node) => _fastest.Reaches(node);

    /// <summary>The fastest drive from a node straight to the destination.</summary>
    public (long TimeMs, int EnergyWh) Fastest(int node) =>
        (_fastest.TimeMs(node), _fastest.EnergyWh(node));

    /// <summary>The most frugal drive from a node straight to the destination.</summary>
    public (long TimeMs, int EnergyWh) Frugal(int node) =>
        (_frugal.TimeMs(node), _frugal.EnergyWh(node));

    public long LeastMs(int node, int energyWh)
    {
        // A Wh less, because the searches' energies are rounded up and a bound must not be.
        int missingWh = _frugal.EnergyWh(node) - 1 + _reserveWh - energyWh;
        return missingWh <= 0
            ? _fastest.TimeMs(node)
            : _fastest.TimeMs(node) + (long)(missingWh * 3_600_000.0 / _strongestW)
                + ((((missingWh - 1) / _usableWh) + 1) * s_plugMs);
    }
}
