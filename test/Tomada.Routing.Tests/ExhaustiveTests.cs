using CsCheck;
using Tomada.Ledger;
using Xunit;

namespace Tomada.Routing.Tests;

/// <summary>
/// The planner against plain recursion over every order of stops and every charge level.
/// </summary>
public class ExhaustiveTests
{
    [Fact]
    public void The_planner_finds_the_best_of_all_plans_with_its_charge_levels() =>
        Worlds.OneSpeed.Sample(
            world => Assert.Equal(
                new Recursion(world, gridPermille: 0).BestMs(), Best(world)?.Arrival.UnixMs),
            iter: 300);

    /// <summary>
    /// The levels are few on purpose; against every level of a fine grid they lose little: the
    /// continuous optimum equals out the power at two plugs, which may lie between two bends.
    /// </summary>
    [Fact]
    public void Its_few_charge_levels_lose_little_against_a_fine_grid() =>
        Worlds.OneSpeed.Sample(
            world =>
            {
                if (new Recursion(world, gridPermille: 50).BestMs() is { } grid)
                {
                    long gridMs = grid - Worlds.Start.UnixMs;
                    long plannedMs = Best(world)!.Arrival.UnixMs - Worlds.Start.UnixMs;
                    Assert.True(plannedMs <= gridMs * 1.03, $"{plannedMs} ms against {gridMs} ms");
                }
            },
            iter: 150);

    /// <summary>
    /// The stated distance from the exact optimum, over many worlds and a grid of charge levels of
    /// 2.5 % beside all that the planner tries.
    /// </summary>
    [Fact]
    public void The_gap_to_the_optimum_is_small_on_average_and_at_worst()
    {
        List<double> gaps = [];
        for (uint number = 0; gaps.Count < 150; number++)
        {
            World world = Worlds.OneSpeed.Generate(new PCG(number, 20261123), null, out _);
            if (Best(world) is { Stops.Length: > 0 } plan
                && new Recursion(world, gridPermille: 25).BestMs() is { } best)
            {
                double bestMs = best - Worlds.Start.UnixMs;
                gaps.Add(Math.Max(0, (plan.Arrival.UnixMs - best) / bestMs));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"gap in {gaps.Count} worlds: mean {gaps.Average():P3}, worst {gaps.Max():P3}");
        Assert.True(gaps.Average() <= 0.001, $"mean gap {gaps.Average():P3}");
        Assert.True(gaps.Max() <= 0.01, $"worst gap {gaps.Max():P3}");
    }

    /// <summary>
    /// Random worlds prove nothing if they need no stop: of these, many need one or more.
    /// </summary>
    [Fact]
    public void The_random_worlds_need_stops()
    {
        int stops = 0;
        Worlds.OneSpeed.Sample(
            world => stops += Best(world)?.Stops.Length ?? 0, iter: 200, threads: 1);
        Assert.True(stops > 30, $"{stops} stops in 200 worlds");
    }

    [Fact]
    public void A_plan_within_the_gap_is_never_farther_from_the_best() =>
        Worlds.AnySpeed.Sample(
            world =>
            {
                World hasty = world with { Query = world.Query with { GapPermille = 100 } };
                TripPlan? exact = Best(world);
                TripPlan? near = Best(hasty);
                Assert.Equal(exact is null, near is null);
                if (exact is not null)
                {
                    long bestMs = exact.Arrival.UnixMs - Worlds.Start.UnixMs;
                    long nearMs = near!.Arrival.UnixMs - Worlds.Start.UnixMs;
                    Assert.InRange(nearMs, bestMs, bestMs * 1_100 / 1_000);
                }
            },
            iter: 300);

    private static TripPlan? Best(World world) =>
        world.Planner().Plan(world.Query with { StopsMax = 3 }, Worlds.AllFree, Worlds.PriceOf)
            is PlanResult.Found found
            ? found.Best
            : null;

    private sealed class Recursion(World world, int gridPermille)
    {
        private readonly VehicleModel _car = world.Query.Vehicle;
        private readonly int _reserveWh = world.Query.Vehicle.WhAt(world.Query.ReserveSocPermille);
        private readonly int _marginWh = world.Query.Vehicle.WhAt(RoutingLimits.MarginPermille);
        private readonly Dictionary<(PlaceId, PlaceId), RoutePath?> _paths = [];

        public long? BestMs() => Best(
            world.Query.From,
            world.Query.Departure.UnixMs,
            _car.BatteryWh * world.Query.StartSocPermille / 1000,
            [],
            null,
            keepsMargin: false);

        private long? Best(
            PlaceId at, long timeMs, int energyWh, List<ChargingSite> used, PlaceId? onlyTo,
            bool keepsMargin)
        {
            int leastWh = _reserveWh + (keepsMargin ? _marginWh : 0);
            long? best = (onlyTo is null || onlyTo == world.Query.To)
                && Path(at, world.Query.To) is { } home
                && energyWh - home.EnergyWh(_car) >= leastWh
                ? timeMs + Ms(home.Duration)
                : null;
            foreach (ChargingSite site in used.Count < 3 ? world.Sites.Except(used) : [])
            {
                if ((onlyTo is null || onlyTo == site.Place)
                    && Path(at, site.Place) is { } way && energyWh - way.EnergyWh(_car) >= leastWh
                    && _car.Fits(site.Evses[0].Connectors[0]))
                {
                    best = Min(best, ViaSite(
                        site, timeMs + Ms(way.Duration), energyWh - way.EnergyWh(
                            _car), [.. used, site]));
                }
            }

            return best;
        }

        private long? ViaSite(
            ChargingSite site, long arrivalMs, int energyWh, List<ChargingSite> used)
        {
            long? best = null;
            PlannerConnector plug = site.Evses[0].Connectors[0];
            long startMs = Math.Max(
                arrivalMs + Ms(RoutingLimits.PlugIn),
                world.Query.Departure.UnixMs + Ms(RoutingLimits.SlackBefore));
            foreach ((int level, PlaceId? onlyTo, bool keepsMargin) in
                Levels(site).Where(x => x.Level > energyWh))
            {
                TimeSpan charging =
                    _car.ChargingTime(energyWh, level, plug.PowerType, plug.PowerMaxW);
                long leaveMs = startMs + Ms(charging) + Ms(RoutingLimits.PlugOut);
                bool fits = charging < RoutingLimits.WindowMax - RoutingLimits.SlackBefore
                    - RoutingLimits.SlackAfter - (2 * RoutingLimits.Grid);
                best = fits ? Min(best, Best(
                    site.Place, leaveMs, level, used, onlyTo, keepsMargin)) : best;
            }

            return best;
        }

        /// <summary>
        /// What the planner tries, and on a grid much else; there the planner's margin is kept, or
        /// the recursion would win by daring.
        /// </summary>
        private IEnumerable<(int Level, PlaceId? OnlyTo, bool KeepsMargin)> Levels(
            ChargingSite site)
        {
            IEnumerable<(int, PlaceId?, bool)> planned = Needs(site)
                .Select(need => (need.Level, need.OnlyTo, false))
                .Concat(Bends(site.Evses[0].Connectors[0])
                    .Append(_car.BatteryWh).Select(level => (level, (PlaceId?)null, false)));
            return gridPermille == 0 ? planned : planned
                .Concat(Needs(site).Select(need => (need.Level, (PlaceId?)null, true)))
                .Concat(Enumerable.Range(1, 1000 / gridPermille)
                    .Select(i => (_car.WhAt(i * gridPermille), (PlaceId?)null, true)));
        }

        private IEnumerable<(int Level, PlaceId? OnlyTo)> Needs(ChargingSite site) => world.Sites
            .Where(each => _car.Fits(each.Evses[0].Connectors[0]))
            .Select(each => each.Place)
            .Append(world.Query.To)
            .Select(place => Path(site.Place, place))
            .Where(path => path is not null && path.EnergyWh(_car) + _reserveWh <= _car.BatteryWh)
            .Select(path => (
                Math.Min(path!.EnergyWh(_car) + _reserveWh + _marginWh, _car.BatteryWh),
                (PlaceId?)path.To));

        /// <summary>The car's curve, and where a plug of at most 80 kW cuts it.</summary>
        private IEnumerable<int> Bends(PlannerConnector plug)
        {
            foreach (CurvePoint point in plug.PowerType == PowerType.Dc ? _car.DcCurve : [])
            {
                yield return (int)(_car.BatteryWh * (point.SocPermille / 1000.0));
            }

            for (int i = 1; i < _car.DcCurve.Length && plug.PowerType == PowerType.Dc; i++)
            {
                (CurvePoint from, CurvePoint to) = (_car.DcCurve[i - 1], _car.DcCurve[i]);
                double share = (double)(plug.PowerMaxW - from.PowerW) / (to.PowerW - from.PowerW);
                if (share is > 0 and < 1)
                {
                    double wh = _car.BatteryWh * (from.SocPermille / 1000.0);
                    double nextWh = _car.BatteryWh * (to.SocPermille / 1000.0);
                    yield return (int)(wh + (share * (nextWh - wh)));
                }
            }
        }

        private RoutePath? Path(PlaceId from, PlaceId to)
        {
            if (!_paths.TryGetValue((from, to), out RoutePath? path))
            {
                path = from == to
                    ? new RoutePath(from, to, [])
                    : world.Roads.FastestPath(from, to, world.Query.SpeedMaxKmh);
                _paths.Add((from, to), path);
            }

            return path;
        }

        private static long? Min(long? left, long? right) =>
            left is null ? right : right is null ? left : Math.Min(left.Value, right.Value);

        private static long Ms(TimeSpan span) => (long)span.TotalMilliseconds;
    }
}
