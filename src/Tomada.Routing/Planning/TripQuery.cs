using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>What the driver wants least of.</summary>
public enum Objective
{
    /// <summary>
    /// The earliest arrival; between ways equal in time and energy the lower price.
    /// </summary>
    Fastest = 1,

    /// <summary>
    /// The lowest price among plans that take at most half as long again as the fastest; at equal
    /// prices the earlier arrival, to a quarter of an hour.
    /// </summary>
    Cheapest = 2,
}

/// <summary>A journey that asks for charging stops.</summary>
public sealed record TripQuery
{
    public required PlaceId From { get; init; }

    public required PlaceId To { get; init; }

    /// <summary>When the car leaves.</summary>
    public required Timestamp Departure { get; init; }

    public required VehicleModel Vehicle { get; init; }

    /// <summary>State of charge when the car leaves: 0 to 1000 permille.</summary>
    public required int StartSocPermille { get; init; }

    /// <summary>
    /// Never planned below this, at stops and at the end: 0 to 900 permille, default 100.
    /// </summary>
    public int ReserveSocPermille { get; init; } = 100;

    /// <summary>Never charged above this: 100 to 1000 permille, default 1000.</summary>
    public int ChargeMaxPermille { get; init; } = 1000;

    public Objective Objective { get; init; } = Objective.Fastest;

    /// <summary>
    /// The only currency of prices in the plan; EVSEs priced in others are not used.
    /// </summary>
    public Currency Currency { get; init; } = Currency.Brl;

    /// <summary>Companies whose EVSEs are not used; default none.</summary>
    public ImmutableSortedSet<CompanyId> AvoidCompanies { get; init; } = [];

    /// <summary>EVSEs that are not used; default none.</summary>
    public ImmutableSortedSet<EvseId> AvoidEvses { get; init; } = [];

    /// <summary>
    /// How much longer than the fastest a plan may take to drive and charge, of those that the
    /// planner knows: 0 to 100 permille, default 5. Zero is exact, and takes longer to find.
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

    /// <summary>The driver's own speed limit in km/h: 20 to 150, default 120.</summary>
    public int SpeedMaxKmh { get; init; } = 120;
}
