using System.Collections.Immutable;

namespace Tomada.Routing;

/// <summary>One road as it is driven: its direction and the speed that was planned.</summary>
public sealed record RouteEdge(
    PlaceId From,
    PlaceId To,
    string Highway,
    int LengthM,
    int SpeedKmh,
    RoadTraits Traits = RoadTraits.None)
{
    /// <summary>Time at the planned speed, in whole milliseconds rounded up.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(DurationMs, 0);

    /// <summary>Metres over km/h times 3600 are milliseconds.</summary>
    internal long DurationMs => DrivingMs(LengthM, SpeedKmh);

    /// <summary>Battery energy in Wh; none on a ferry.</summary>
    public double EnergyWh(VehicleModel vehicle) => DrivingWh(vehicle, LengthM, SpeedKmh, Traits);

    internal static double DrivingWh(
        VehicleModel vehicle, int lengthM, int speedKmh, RoadTraits traits) =>
        traits.HasFlag(RoadTraits.Ferry) ? 0 : vehicle.EnergyWh(lengthM, speedKmh);

    internal static long DrivingMs(int lengthM, int speedKmh) =>
        ((lengthM * 3600L) + speedKmh - 1) / speedKmh;
}

/// <summary>
/// A way through the road graph, edge by edge in driving order. No edges: already there.
/// </summary>
public sealed record RoutePath(PlaceId From, PlaceId To, ImmutableArray<RouteEdge> Edges)
{
    /// <summary>All places that are passed, both ends included.</summary>
    public ImmutableArray<PlaceId> Places => [From, .. Edges.Select(edge => edge.To)];

    /// <summary>Metres along the roads.</summary>
    public long LengthM => Edges.Sum(edge => (long)edge.LengthM);

    /// <summary>Driving time: the sum of the edges' times.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(Edges.Sum(edge => edge.DurationMs), 0);

    /// <summary>Battery energy in Wh that the car takes for it, rounded up.</summary>
    public int EnergyWh(VehicleModel vehicle) =>
        WholeWh(Edges.Sum(edge => edge.EnergyWh(vehicle)));

    /// <summary>
    /// Rounded up, but for what the order of a sum's terms makes: a way has one energy both ways.
    /// </summary>
    internal static int WholeWh(double wh) => (int)Math.Ceiling(wh - 1e-6);
}
