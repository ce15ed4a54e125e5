namespace Tomada.Routing;

/// <summary>
/// What each road costs one car under one speed limit of its driver, worked out once: a search
/// looks at a road many times.
/// </summary>
internal sealed class DriveCosts
{
    private readonly long[] _timeMs;
    private readonly double[] _energyWh;

    public DriveCosts(RoadGraph graph, VehicleModel? vehicle, int speedMaxKmh)
    {
        Graph = graph;
        SpeedMaxKmh = speedMaxKmh;
        _timeMs = new long[graph.EdgeCount];
        _energyWh = new double[graph.EdgeCount];
        for (int edge = 0; edge < graph.EdgeCount; edge++)
        {
            int speedKmh = Math.Min(graph.SpeedKmh(edge), speedMaxKmh);
            _timeMs[edge] = RouteEdge.DrivingMs(graph.LengthM(edge), speedKmh);
            _energyWh[edge] = vehicle is null
                ? 0
                : RouteEdge.DrivingWh(
                    vehicle, graph.LengthM(edge), speedKmh, graph.Traits(edge));
        }
    }

    public RoadGraph Graph { get; }

    public int SpeedMaxKmh { get; }

    public long TimeMs(int edge) => _timeMs[edge];

    public double EnergyWh(int edge) => _energyWh[edge];
}
