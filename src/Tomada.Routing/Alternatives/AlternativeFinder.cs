using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>An EVSE that may be a car's instead of another.</summary>
/// <param name="Evse">Which.</param>
/// <param name="Location">Its site.</param>
/// <param name="At">Where that is.</param>
/// <param name="Plugs">Its connectors.</param>
public sealed record AlternativeEvse(
    EvseId Evse, LocationId Location, GeoPoint At, ImmutableArray<PlannerConnector> Plugs);

/// <summary>What a car loses and looks for again.</summary>
public sealed record AlternativeQuery
{
    /// <summary>Where the lost EVSE is.</summary>
    public required GeoPoint From { get; init; }

    /// <summary>Its connectors: one of them is the car's, so each must be found again.</summary>
    public required ImmutableArray<PlannerConnector> Plugs { get; init; }

    /// <summary>The lost window.</summary>
    public required TimeWindow Window { get; init; }

    /// <summary>Nothing begins before this.</summary>
    public required Timestamp Now { get; init; }

    /// <summary>The new window ends by then, for the next stop waits; default: no end.</summary>
    public Timestamp? Until { get; init; }
}

/// <summary>What is near and free instead.</summary>
/// <param name="Evse">Where.</param>
/// <param name="Location">Its site.</param>
/// <param name="DistanceM">As the crow flies, in metres.</param>
/// <param name="Window">To be reserved.</param>
/// <param name="Charging">When power flows.</param>
public sealed record Alternative(
    EvseId Evse, LocationId Location, long DistanceM, TimeWindow Window, TimeWindow Charging);

/// <summary>Finds what is near and free when a stop is lost; it only advises.</summary>
public static class AlternativeFinder
{
    /// <summary>The best few, the soonest charged first; equals go by id.</summary>
    /// <param name="query">What was lost.</param>
    /// <param name="evses">Every EVSE that is offered, the lost one left out.</param>
    /// <param name="busy">Windows that are taken at an EVSE, in any order.</param>
    public static ImmutableArray<Alternative> Find(
        AlternativeQuery query,
        IEnumerable<AlternativeEvse> evses,
        Func<EvseId, IReadOnlyList<TimeWindow>> busy) =>
        [.. evses.Select(evse => Find(query, evse, busy)).OfType<Alternative>()
            .OrderBy(each => each.Charging.Until).ThenBy(each => each.DistanceM)
            .ThenBy(each => each.Evse).Take(RoutingLimits.AlternativesMax)];

    private static Alternative? Find(
        AlternativeQuery query,
        AlternativeEvse evse,
        Func<EvseId, IReadOnlyList<TimeWindow>> busy)
    {
        double distanceM = query.From.DistanceM(evse.At);
        if (distanceM > RoutingLimits.AlternativeDistanceMaxM
            || SlownessOf(query.Plugs, evse.Plugs) is not { } slowness)
        {
            return null;
        }

        TimeSpan planned =
            query.Window.Length - RoutingLimits.SlackBefore - RoutingLimits.SlackAfter;
        TimeSpan charging = TimeSpan.FromSeconds(Math.Ceiling(
            slowness * Math.Max(planned.TotalSeconds, RoutingLimits.Grid.TotalSeconds)));
        TimeSpan drive = TimeSpan.FromSeconds(
            Math.Ceiling(distanceM / RoutingLimits.AlternativeSpeedMps));
        Timestamp expected = query.Window.From.Plus(RoutingLimits.SlackBefore);
        Timestamp arrival = (expected > query.Now ? expected : query.Now).Plus(drive);
        return SlotFinder.Find(
            arrival, charging, query.Now.Plus(RoutingLimits.Grid),
            RoutingLimits.AlternativeWaitMax, busy(evse.Evse)) is { } slot
            && (query.Until is not { } until || slot.Window.Until <= until)
                ? new Alternative(
                    evse.Evse, evse.Location, (long)Math.Round(distanceM), slot.Window,
                    new TimeWindow(slot.ChargeFrom, slot.ChargeUntil))
                : null;
    }

    /// <summary>
    /// How much longer charging takes at the other EVSE; null when a plug is not there.
    /// </summary>
    private static double? SlownessOf(
        ImmutableArray<PlannerConnector> lost, ImmutableArray<PlannerConnector> found)
    {
        double slowness = 1;
        foreach (PlannerConnector plug in lost)
        {
            PlannerConnector[] same = [.. found.Where(each =>
                each.Standard == plug.Standard && each.PowerType == plug.PowerType)];
            if (same.Length == 0)
            {
                return null;
            }

            slowness = Math.Max(
                slowness, plug.PowerMaxW / (double)same.Max(each => each.PowerMaxW));
        }

        return slowness;
    }
}
