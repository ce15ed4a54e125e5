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
/// <param name="Roads">Its roads.</param>
/// <param name="Sites">How many sites.</param>
/// <param name="OneMsMax">Promised p95 of one plan.</param>
/// <param name="FiveMsMax">Promised p95 of all plans of an answer; null: none promised.</param>
internal sealed record PlannerWorld(
    string Id, RoadGraph Roads, int Sites, double OneMsMax, double? FiveMsMax);

/// <summary><c>tomada bench planner</c>: how long a plan takes in a country.</summary>
internal static class PlannerBench
{
    private const int Queries = 60;
    private static readonly Timestamp s_departure = Timestamp.Parse("2026-11-23T09:00:00Z");

    public static int Run(DirectoryInfo? places, FileInfo? json)
    {
        List<PlannerWorld> worlds =
        [
            new("generated-100000/1000", PlannerWorlds.Generated(100_000), 1_000, 60, null),
            new("generated-100000/5000", PlannerWorlds.Generated(100_000), 5_000, 300, null),
        ];
        if (places is { Exists: true })
        {
            worlds.Insert(
                0, new PlannerWorld("brazil/1000", PlannerWorlds.Brazil(places), 1_000, 25, 150));
        }
        else
        {
            AnsiConsole.WriteLine("Brazil is left out: --places names no folder with its graph.");
        }

        List<(string Id, double Measured, double? Limit, string Unit)> results = [];
        foreach (PlannerWorld world in worlds)
        {
            int before = results.Count;
            Measure(world, results);
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
        PlannerWorld world, List<(string Id, double Measured, double? Limit, string Unit)> results)
    {
        (ImmutableArray<ChargingSite> sites, BusyWindows busy) =
            PlannerWorlds.SitesOn(world.Roads, world.Sites, s_departure);
        if (!TripPlanner.TryCreate(world.Roads, sites, out TripPlanner? planner, out string? why))
        {
            throw CommandException.Failed(why);
        }

        long started = Stopwatch.GetTimestamp();
        planner.Prepare(PlannerWorlds.Car, 120);
        results.Add((
            $"{world.Id} leg table", Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            1_500, "ms"));
        List<double> one = [];
        List<double> five = [];
        int found = 0;
        double stops = 0;
        foreach (TripQuery query in PlannerWorlds.Queries(world.Roads, Queries + 10, s_departure))
        {
            long begin = Stopwatch.GetTimestamp();
            PlanResult answer = planner.Plan(query with { PlansMax = 1 }, busy, Price);
            double oneMs = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            if (answer is not PlanResult.Found plans)
            {
                continue;
            }

            found++;
            stops += plans.Best.Stops.Length;
            one.Add(oneMs);
            begin = Stopwatch.GetTimestamp();
            _ = planner.Plan(query with { PlansMax = RoutingLimits.PlansMax }, busy, Price);
            five.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        // The first ten warm the compiled code up.
        results.Add((
            $"{world.Id} one plan p95", P95(one.Skip(10)), world.OneMsMax, "ms"));
        results.Add((
            $"{world.Id} one plan median", Median(one.Skip(10)), null, "ms"));
        results.Add((
            $"{world.Id} five plans p95", P95(five.Skip(10)), world.FiveMsMax, "ms"));
        results.Add(($"{world.Id} answered with a plan", found, null, "of 70"));
        results.Add(($"{world.Id} mean stops", stops / Math.Max(1, found), null, "stops"));
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

    private static Money Price(EvseId evse, long energyWh, TimeSpan charging) =>
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
