using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>The windows of an EVSE that are taken, in any order; empty when it is free.</summary>
public delegate IReadOnlyList<TimeWindow> BusyWindows(EvseId evse);

/// <summary>
/// What a stop would cost: so much energy in Wh, charged evenly over a window. It must not fall
/// when energy or time grows, and is rounded to the minor unit at most once.
/// </summary>
public delegate Money PriceEstimate(EvseId evse, long energyWh, TimeWindow charging);

/// <summary>What is known of an EVSE's state at this moment.</summary>
public enum Outlook
{
    /// <summary>It works, by its owner's fresh word.</summary>
    Good = 1,

    /// <summary>Nobody has said so lately; it may work.</summary>
    Unknown = 2,

    /// <summary>It is broken or switched off: never planned with.</summary>
    Unusable = 3,
}

/// <summary>What the planner asks the world outside; each answer holds for one plan.</summary>
/// <param name="Busy">The calendar of every EVSE.</param>
/// <param name="Price">The price of a stop.</param>
public sealed record PlannerView(BusyWindows Busy, PriceEstimate Price)
{
    /// <summary>What is known of each EVSE's present state; default: all are good.</summary>
    public Func<EvseId, Outlook> Outlook { get; init; } = _ => Routing.Outlook.Good;

    /// <summary>
    /// A price per kWh in minor units that no session at the EVSE undercuts by more than rounding;
    /// 0, the default, where none is known: the search for the cheapest plan is then slower.
    /// </summary>
    public Func<EvseId, decimal> PriceFloorPerKwh { get; init; } = _ => 0;
}
