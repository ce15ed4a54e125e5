using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>What the driver wants least of; all but the first among plans that take at most half as
/// long again as the fastest, by arrivals to a quarter of an hour.</summary>
public enum Objective
{
    /// <summary>
    /// The earliest arrival; between ways equal in time and energy the lower price.
    /// </summary>
    Fastest = 1,

    /// <summary>The lowest price; at equal prices the earlier arrival.</summary>
    Cheapest = 2,

    /// <summary>The fewest charging stops; at as many the earlier arrival.</summary>
    FewestStops = 3,

    /// <summary>The least energy driven; at as much the earlier arrival.</summary>
    Greenest = 4,
}

/// <summary>A place that the journey must pass.</summary>
/// <param name="Place">Where.</param>
/// <param name="Stay">How long the car stays there: 0 to 48 h.</param>
public sealed record ViaPlace(PlaceId Place, TimeSpan Stay);

/// <summary>A journey that asks for charging stops.</summary>
public sealed record TripQuery
{
    public required PlaceId From { get; init; }

    public required PlaceId To { get; init; }

    /// <summary>Places to pass on the way, in this order; up to 8, default none.</summary>
    public ImmutableArray<ViaPlace> Vias { get; init; } = [];

    /// <summary>When the car leaves.</summary>
    public required Timestamp Departure { get; init; }

    public required VehicleModel Vehicle { get; init; }

    /// <summary>Load beside the driver: 0 to 5,000 kg, default 0.</summary>
    public int PayloadKg { get; init; }

    /// <summary>Outside temperature: -40 to 55 degrees Celsius, default 20.</summary>
    public int TemperatureC { get; init; } = 20;

    /// <summary>State of charge when the car leaves: 0 to 1000 permille.</summary>
    public required int StartSocPermille { get; init; }

    /// <summary>
    /// Never planned below this, at stops and via places: 0 to 900 permille, default 100.
    /// </summary>
    public int ReserveSocPermille { get; init; } = 100;

    /// <summary>
    /// Left at the end at least: 0 to 1000 permille, default what is never planned below.
    /// </summary>
    public int? ArrivalSocPermille { get; init; }

    /// <summary>Never charged above this: 100 to 1000 permille, default 1000.</summary>
    public int ChargeMaxPermille { get; init; } = 1000;

    public Objective Objective { get; init; } = Objective.Fastest;

    /// <summary>The plugs to use, of those that fit the car; default all of them.</summary>
    public ImmutableArray<ConnectorStandard> Connectors { get; init; } = [];

    /// <summary>
    /// The only currency of prices in the plan; EVSEs priced in others are not used.
    /// </summary>
    public Currency Currency { get; init; } = Currency.Brl;

    /// <summary>
    /// Companies that are liked: a stop at another one must be worth ten minutes. Default none.
    /// </summary>
    public ImmutableSortedSet<CompanyId> PreferCompanies { get; init; } = [];

    /// <summary>Companies whose EVSEs are not used; default none.</summary>
    public ImmutableSortedSet<CompanyId> AvoidCompanies { get; init; } = [];

    /// <summary>EVSEs that are not used; default none.</summary>
    public ImmutableSortedSet<EvseId> AvoidEvses { get; init; } = [];

    /// <summary>
    /// How much more than the best a plan may cost its objective, beside what is certain, of those
    /// that the planner knows: 0 to 100 permille, default 5. Zero is exact, and takes longer.
    /// </summary>
    public int GapPermille { get; init; } = 5;

    /// <summary>Most plans of the answer: 1 to 5, default 3.</summary>
    public int PlansMax { get; init; } = 3;

    /// <summary>Most stops: 0 to 16, default 16.</summary>
    public int StopsMax { get; init; } = RoutingLimits.StopsMax;

    /// <summary>Longest wait for a free EVSE at one stop: 0 to 24 h, default 2 h.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromHours(2);

    /// <summary>
    /// Most that the whole plan may cost, in <see cref="Currency"/>; default no cap.
    /// </summary>
    public Money? PriceMax { get; init; }

    /// <summary>
    /// Most that a kWh may cost at any stop, all that is paid there divided by the energy; default
    /// no cap.
    /// </summary>
    public Money? PricePerKwhMax { get; init; }

    /// <summary>The driver's own speed limit in km/h: 20 to 150, default 120.</summary>
    public int SpeedMaxKmh { get; init; } = 120;
}
