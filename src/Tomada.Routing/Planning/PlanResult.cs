using System.Collections.Immutable;
using System.Globalization;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>The planner's answer.</summary>
public abstract record PlanResult
{
    private PlanResult()
    {
    }

    /// <summary>One to five plans, the best first; each stops at other sites.</summary>
    public sealed record Found(ImmutableArray<TripPlan> Plans) : PlanResult
    {
        public TripPlan Best => Plans[0];
    }

    /// <summary>The query itself cannot be answered.</summary>
    /// <param name="Field">The field of the query.</param>
    /// <param name="Why">What is allowed there.</param>
    public sealed record InvalidQuery(string Field, string Why) : PlanResult;

    /// <summary>The roads do not join the two places.</summary>
    public sealed record NoRoad(PlaceId From, PlaceId To) : PlanResult;

    /// <summary>No plan exists.</summary>
    /// <param name="Failing">The drive that cannot be made, or the one whose stop cannot be
    /// had.</param>
    /// <param name="Changes">Changes that would help, each alone; may be none.</param>
    public sealed record NoPlan(
        FailingLeg Failing, ImmutableArray<PlanChange> Changes) : PlanResult;

    /// <summary>
    /// The search met <see cref="RoutingLimits.LabelsMax"/> before it found a plan.
    /// </summary>
    public sealed record SearchTooLarge(int Labels) : PlanResult;
}

/// <summary>Where a journey ends early.</summary>
/// <param name="From">A place that the car can reach.</param>
/// <param name="To">The place that it lacks the least to reach: a site, or the destination.</param>
/// <param name="NeedWh">What the battery must hold when leaving From, reserve included.</param>
/// <param name="HaveWh">What it can hold at most when leaving From.</param>
public sealed record FailingLeg(PlaceId From, PlaceId To, int NeedWh, int HaveWh);

/// <summary>A change to the query that alone would make a plan.</summary>
public abstract record PlanChange
{
    private PlanChange()
    {
    }

    /// <summary>What to do, in words that follow "to".</summary>
    public sealed override string ToString() => this switch
    {
        StartSoc change => $"start with {Percent(change.SocPermille)}",
        Wait change => $"be ready to wait {Math.Ceiling(change.Longest.TotalMinutes)} min",
        PriceCap change => $"pay up to {change.Price}",
        PricePerKwhCap change => $"pay up to {change.Price} a kWh",
        ReserveSoc change => $"let the battery fall to {Percent(change.SocPermille)}",
        ArrivalSoc change => $"arrive with {Percent(change.SocPermille)}",
        AnyConnector change => $"use {string.Join(" and ", change.Connectors)}",
        Stops change => $"stop {change.StopsMax} times",
        AllowAvoided change => $"allow {string.Join(" and ", change.Companies)}",
        _ => throw new System.Diagnostics.UnreachableException(GetType().Name),
    };

    private static string Percent(int permille) =>
        string.Create(CultureInfo.InvariantCulture, $"{permille / 10m} %");

    /// <summary>Start with at least this state of charge, in permille.</summary>
    public sealed record StartSoc(int SocPermille) : PlanChange;

    /// <summary>
    /// Be ready to wait this long at one stop; a shorter wait may do on a slower way.
    /// </summary>
    public sealed record Wait(TimeSpan Longest) : PlanChange;

    /// <summary>Allow the plan to cost this much.</summary>
    public sealed record PriceCap(Money Price) : PlanChange;

    /// <summary>
    /// Let the car fall to this state of charge on the way, in permille; what must be left at the
    /// end stays.
    /// </summary>
    public sealed record ReserveSoc(int SocPermille) : PlanChange;

    /// <summary>Arrive with as little as this state of charge, in permille.</summary>
    public sealed record ArrivalSoc(int SocPermille) : PlanChange;

    /// <summary>Allow a kWh to cost this much.</summary>
    public sealed record PricePerKwhCap(Money Price) : PlanChange;

    /// <summary>Use these plugs too, which fit the car.</summary>
    public sealed record AnyConnector(ImmutableArray<ConnectorStandard> Connectors) : PlanChange;

    /// <summary>Allow more stops.</summary>
    public sealed record Stops(int StopsMax) : PlanChange;

    /// <summary>Allow EVSEs of these companies that are avoided.</summary>
    public sealed record AllowAvoided(ImmutableSortedSet<CompanyId> Companies) : PlanChange;
}
