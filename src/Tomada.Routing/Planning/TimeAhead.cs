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
    private readonly LegSearch _fastest;
    private readonly LegSearch _frugal;
    private readonly int _reserveWh;
    private readonly double _strongestW;

    public TimeAhead(
        RoadGraph roads, TripQuery query, int reserveWh, IEnumerable<StopOption> options)
    {
        // Roads run both ways, so the ways from the destination are the ways to it.
        int destination = roads.NodeOf(query.To);
        _fastest = Search(LegSearch.Weight.Time);
        _frugal = Search(LegSearch.Weight.Energy);
        _reserveWh = reserveWh;
        _strongestW = options.Select(each => each.Curve.StrongestW).DefaultIfEmpty(1).Max();

        LegSearch Search(LegSearch.Weight weight) =>
            new(roads, destination, weight, query.Vehicle, double.MaxValue, query.SpeedMaxKmh);
    }

    public bool IsPossible(int node) => _fastest.Reaches(node);

    public long LeastMs(Label label)
    {
        // A Wh less, because the searches' energies are rounded up and a bound must not be.
        int missingWh = _frugal.EnergyWh(label.Node) - 1 + _reserveWh - label.EnergyWh;
        return _fastest.TimeMs(label.Node)
            + (missingWh > 0 ? (long)(missingWh * 3_600_000.0 / _strongestW) : 0);
    }
}
