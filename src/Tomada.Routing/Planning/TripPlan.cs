using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// A journey with its stops, in driving order: advice that the ledger then decides on.
/// </summary>
/// <param name="Legs">The drives: one more than stops. Drive i ends at stop i, the last at the
/// end.</param>
/// <param name="Stops">The charging stops.</param>
/// <param name="Departure">When the car leaves.</param>
/// <param name="Arrival">When it arrives at the end.</param>
/// <param name="StartWh">Battery energy at the start.</param>
/// <param name="ArrivalWh">Battery energy at the end.</param>
/// <param name="ArrivalSocPermille">The same as state of charge.</param>
/// <param name="Price">The stops' prices together.</param>
public sealed record TripPlan(
    ImmutableArray<RoutePath> Legs,
    ImmutableArray<PlanStop> Stops,
    Timestamp Departure,
    Timestamp Arrival,
    int StartWh,
    int ArrivalWh,
    int ArrivalSocPermille,
    Money Price)
{
    /// <summary>Metres along the roads.</summary>
    public long LengthM => Legs.Sum(leg => leg.LengthM);

    /// <summary>Time in motion.</summary>
    public TimeSpan DrivingTime =>
        TimeSpan.FromMilliseconds(
            Legs.Sum(leg => leg.Duration.Ticks / TimeSpan.TicksPerMillisecond), 0);

    /// <summary>Energy charged on the way, in Wh.</summary>
    public long EnergyWh => Stops.Sum(stop => (long)stop.EnergyWh);
}

/// <summary>One charging stop: what a leg of the trip reserves.</summary>
/// <param name="Evse">Where; its owner is the id's company.</param>
/// <param name="Location">The site.</param>
/// <param name="Place">The site's node of the road graph.</param>
/// <param name="Tariff">The tariff that the price was estimated by.</param>
/// <param name="Connector">The plug.</param>
/// <param name="Window">What to reserve: on the 5-minute grid, with slack before and after.</param>
/// <param name="Arrival">When the car arrives.</param>
/// <param name="ArrivalWh">Battery energy then.</param>
/// <param name="ArrivalSocPermille">The same as state of charge.</param>
/// <param name="ChargeFrom">When power starts to flow.</param>
/// <param name="ChargeUntil">When it ends.</param>
/// <param name="Departure">When the car drives on.</param>
/// <param name="DepartureWh">Battery energy then.</param>
/// <param name="DepartureSocPermille">The same as state of charge.</param>
/// <param name="EnergyWh">What is charged, in Wh.</param>
/// <param name="Price">The estimate of its price.</param>
public sealed record PlanStop(
    EvseId Evse,
    LocationId Location,
    PlaceId Place,
    TariffId Tariff,
    PlannerConnector Connector,
    TimeWindow Window,
    Timestamp Arrival,
    int ArrivalWh,
    int ArrivalSocPermille,
    Timestamp ChargeFrom,
    Timestamp ChargeUntil,
    Timestamp Departure,
    int DepartureWh,
    int DepartureSocPermille,
    int EnergyWh,
    Money Price)
{
    public CompanyId Owner => Evse.Company;
}
