using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Bench;

/// <summary>One measured world of the planner.</summary>
/// <param name="Id">Its name in the results.</param>
/// <param name="MakeRoads">Its roads.</param>
/// <param name="Sites">How many sites.</param>
/// <param name="OneMsMax">Promised p95 of one plan.</param>
/// <param name="FiveMsMax">Promised p95 of all plans of an answer; null: none promised.</param>
internal sealed record PlannerWorld(
    string Id, Func<RoadGraph> MakeRoads, int Sites, double OneMsMax, double? FiveMsMax);

/// <summary><c>tomada bench planner</c>: how long a plan takes in a country.</summary>
internal static class PlannerBench
{
    /// <summary>Journeys that warm the compiled code up and are not counted.</summary>
    private const int WarmUp = 10;

    private static readonly Timestamp s_departure = Timestamp.Parse("2026-11-23T09:00:00Z");

    public static int Run(DirectoryInfo? places, string only, int journeys, FileInfo? json)
    {
        List<PlannerWorld> worlds =
        [
            new("generated-100000/1000", () => PlannerWorlds.Generated(100_000), 1_000, 60, null),
            new("generated-100000/5000", () => PlannerWorlds.Generated(100_000), 5_000, 300, null),
        ];
        if (places is { Exists: true })
        {
            worlds.Insert(
                0,
                new PlannerWorld(
                    "brazil/1000", () => PlannerWorlds.Brazil(places), 1_000, 25, 150));
        }
        else
        {
            AnsiConsole.WriteLine("Brazil is left out: --places names no folder with its graph.");
        }

        List<(string Id, double Measured, double? Limit, string Unit)> results = [];
        foreach (PlannerWorld world in worlds.Where(
            each => each.Id.Contains(only, StringComparison.Ordinal)))
        {
            int before = results.Count;
            Measure(world, journeys, results);
            Show(results.Skip(before));
        }

        bool passed = results.All(each => each.Limit is null || each.Measured <= each.Limit);
        if (json is not null)
        {
            Write(json, passed, results);
        }

        return passed ? ExitCodes.Passed : ExitCodes.Failed;
    }

    private static void Measure(
        PlannerWorld world,
        int journeys,
        List<(string Id, double Measured, double? Limit, string Unit)> results)
    {
        RoadGraph roads = world.MakeRoads();
        (ImmutableArray<ChargingSite> sites, BusyWindows busy) =
            PlannerWorlds.SitesOn(roads, world.Sites, s_departure);
        LegCache legs = new(roads, (parts, run) => Parallel.For(0, parts, run));
        if (!TripPlanner.TryCreate(legs, sites, out TripPlanner? planner, out string? why))
        {
            throw CommandException.Failed(why);
        }

        (double tableMs, double tableCpuMs) = Timed(() => planner.Prepare(PlannerWorlds.Car, 120));
        results.Add(($"{world.Id} leg table", tableMs, 1_500, "ms"));
        results.Add(($"{world.Id} leg table, processor", tableCpuMs, null, "ms"));
        List<(double Ms, double CpuMs)> one = [];
        List<(double Ms, double CpuMs)> five = [];
        int found = 0;
        double stops = 0;
        foreach (TripQuery query in PlannerWorlds.Queries(
            roads, journeys + WarmUp, s_departure))
        {
            PlanResult? answer = null;
            (double, double) took = Timed(
                () => answer = planner.Plan(query with { PlansMax = 1 }, busy, Price));
            if (answer is not PlanResult.Found plans)
            {
                continue;
            }

            found++;
            stops += plans.Best.Stops.Length;
            one.Add(took);
            five.Add(Timed(() => planner.Plan(
                query with { PlansMax = RoutingLimits.PlansMax }, busy, Price)));
        }

        Add(results, $"{world.Id} one plan", one, world.OneMsMax);
        Add(results, $"{world.Id} five plans", five, world.FiveMsMax);
        results.Add((
            $"{world.Id} answered with a plan", found, null, $"of {journeys + WarmUp}"));
        results.Add(($"{world.Id} mean stops", stops / Math.Max(1, found), null, "stops"));
    }

    /// <summary>
    /// Wall time judges; processor time tells more on a machine that others use too.
    /// </summary>
    private static void Add(
        List<(string Id, double Measured, double? Limit, string Unit)> results,
        string id,
        List<(double Ms, double CpuMs)> all,
        double? limit)
    {
        results.Add(($"{id} p95", P95(all.Skip(WarmUp).Select(each => each.Ms)), limit, "ms"));
        results.Add((
            $"{id} p95, processor", P95(all.Skip(WarmUp).Select(each => each.CpuMs)), null, "ms"));
        results.Add(($"{id} median", Median(all.Skip(WarmUp).Select(each => each.Ms)), null, "ms"));
    }

    private static (double Ms, double CpuMs) Timed(Action action)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long begin = Stopwatch.GetTimestamp();
        action();
        return (
            Stopwatch.GetElapsedTime(begin).TotalMilliseconds,
            (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
    }

    private static void Show(
        IEnumerable<(string Id, double Measured, double? Limit, string Unit)> results)
    {
        foreach ((string id, double measured, double? limit, string unit) in results)
        {
            string judged = limit is null ? "" : measured <= limit ? "ok" : "MISSED";
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{id,-44} {measured,10:F2} {unit,-6} {limit,7} {judged}"));
        }
    }

    private static Money Price(EvseId evse, long energyWh, TimeWindow charging) =>
        new((180 + (10 * (evse.Company.Value[^1] - 'a'))) * energyWh / 1_000, Currency.Brl);

    private static double P95(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(int)(0.95 * (sorted.Length - 1))];
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }

    private static void Write(
        FileInfo target,
        bool passed,
        List<(string Id, double Measured, double? Limit, string Unit)> results)
    {
        using FileStream stream = target.Create();
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "bench planner");
        json.WriteBoolean("passed", passed);
        json.WriteStartArray("results");
        foreach ((string id, double measured, double? limit, string unit) in results)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteNumber("measured", double.IsNaN(measured) ? -1 : Math.Round(measured, 3));
            if (limit is { } promised)
            {
                json.WriteNumber("limit", promised);
            }
            else
            {
                json.WriteNull("limit");
            }

            json.WriteString("unit", unit);
            json.WriteBoolean("pass", limit is null || measured <= limit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
