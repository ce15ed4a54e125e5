using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tomada.Cli.Demo;

/// <summary>One thing that the demo promises, and what was measured.</summary>
/// <param name="Id">Stable name.</param>
/// <param name="Measured">The number.</param>
/// <param name="Limit">What is promised; null when nothing is.</param>
/// <param name="Unit">Of both numbers.</param>
/// <param name="Passed">Whether the promise was kept.</param>
/// <param name="Detail">For people: what was seen.</param>
/// <param name="Peer">The system it is compared with; null when with none.</param>
/// <param name="Ratio">Measured through what the peer measured.</param>
internal sealed record Criterion(
    string Id,
    double Measured,
    double? Limit,
    string Unit,
    bool Passed,
    string Detail,
    string? Peer = null,
    double? Ratio = null)
{
    /// <summary>A count that must be reached exactly.</summary>
    public static Criterion Exactly(
        string id, int measured, int expected, string unit, string detail) =>
        new(id, measured, expected, unit, measured == expected, detail);

    /// <summary>A duration that must not be exceeded.</summary>
    public static Criterion Within(string id, double measuredMs, double limitMs, string detail) =>
        new(id, Math.Round(measuredMs, 1), limitMs, "ms", measuredMs <= limitMs, detail);
}

/// <summary>What a command measured, as a file for programs.</summary>
internal static class CriteriaFile
{
    public static void Write(
        string file, IReadOnlyList<Criterion> results, bool passed, string command = "demo")
    {
        using FileStream stream = File.Create(file);
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", command);
        json.WriteBoolean("passed", passed);
        json.WriteStartArray("results");
        foreach (Criterion each in results)
        {
            json.WriteStartObject();
            json.WriteString("id", each.Id);
            json.WriteNumber("measured", each.Measured);
            if (each.Limit is { } limit)
            {
                json.WriteNumber("limit", limit);
            }
            else
            {
                json.WriteNull("limit");
            }

            json.WriteString("unit", each.Unit);
            json.WriteString("peer", each.Peer);
            if (each.Ratio is { } ratio)
            {
                json.WriteNumber("ratio", ratio);
            }
            else
            {
                json.WriteNull("ratio");
            }

            json.WriteBoolean("pass", each.Passed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>Durations of one kind of operation.</summary>
internal sealed class Latencies
{
    private readonly List<double> _ms = [];

    public int Count => _ms.Count;

    public async Task<T> MeasureAsync<T>(Func<Task<T>> operation)
    {
        long started = Stopwatch.GetTimestamp();
        T result = await operation();
        double ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        lock (_ms)
        {
            _ms.Add(ms);
        }

        return result;
    }

    /// <summary>
    /// The smallest value that so many hundredths of all do not exceed; 0 when there are none.
    /// </summary>
    public double Percentile(int hundredths)
    {
        List<double> sorted = [.. _ms.Order()];
        return sorted.Count == 0
            ? 0
            : sorted[Math.Min(sorted.Count - 1, sorted.Count * hundredths / 100)];
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 {Percentile(50):F1}, p95 {Percentile(95):F1}, p99 {Percentile(99):F1} ms of {Count}");
}
