using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// A journey with its stops, in driving order: advice that the ledger then decides on.
/// </summary>
/// <param name="Legs">The drives: one more than stops. Drive i ends at stop i, the last at the
/// end; a via place does not end one.</param>
/// <param name="Stops">The charging stops.</param>
/// <param name="Vias">When the car is at the query's via places.</param>
/// <param name="Departure">When the car leaves.</param>
/// <param name="Arrival">When it arrives at the end.</param>
/// <param name="StartWh">Battery energy at the start.</param>
/// <param name="ArrivalWh">Battery energy at the end.</param>
/// <param name="ArrivalSocPermille">The same as state of charge.</param>
/// <param name="DrivenWh">What driving takes from the battery.</param>
/// <param name="Price">The stops' prices together.</param>
public sealed record TripPlan(
    ImmutableArray<RoutePath> Legs,
    ImmutableArray<PlanStop> Stops,
    ImmutableArray<PlanVia> Vias,
    Timestamp Departure,
    Timestamp Arrival,
    int StartWh,
    int ArrivalWh,
    int ArrivalSocPermille,
    int DrivenWh,
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

    /// <summary>
    /// How likely every stop can be had as planned, in permille: what is known of each EVSE,
    /// multiplied.
    /// </summary>
    public int ConfidencePermille => (int)Stops.Aggregate(
        1000L, (all, stop) => all * stop.ConfidencePermille / 1000);
}

/// <summary>A place on the way.</summary>
public sealed record PlanVia(
    PlaceId Place, Timestamp Arrival, Timestamp Departure, int SocPermille);

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
/// <param name="Outlook">What is known of the EVSE.</param>
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
    Money Price,
    Outlook Outlook)
{
    private const int GoodPermille = 970;
    private const int UnknownPermille = 700;

    public CompanyId Owner => Evse.Company;

    /// <summary>From when the car is ready to charge until it does.</summary>
    public TimeSpan Waiting => ChargeFrom.Since(Arrival.Plus(RoutingLimits.PlugIn));

    /// <summary>
    /// How likely the stop can be had as planned, in permille: 970 where the EVSE works, 700 where
    /// nobody knows. Rough figures of ours, to compare plans by.
    /// </summary>
    public int ConfidencePermille => Outlook == Outlook.Good ? GoodPermille : UnknownPermille;

    /// <summary>
    /// Other EVSEs that could serve instead while all other stops stay as they are, the soonest
    /// first; up to <see cref="RoutingLimits.OtherStopsMax"/>.
    /// </summary>
    public ImmutableArray<OtherStop> Others { get; init; } = [];
}

/// <summary>Another EVSE for a stop.</summary>
/// <param name="Evse">Where.</param>
/// <param name="Location">Its site.</param>
/// <param name="Window">What to reserve there.</param>
/// <param name="EnergyWh">What is charged, in Wh.</param>
/// <param name="Price">The estimate of its price.</param>
/// <param name="Later">How much later the car is at the next stop or the end; negative:
/// earlier.</param>
public sealed record OtherStop(
    EvseId Evse,
    LocationId Location,
    TimeWindow Window,
    int EnergyWh,
    Money Price,
    TimeSpan Later);
