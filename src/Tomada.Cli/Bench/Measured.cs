namespace Tomada.Cli.Bench;

/// <summary>What one load measured on one system.</summary>
/// <param name="System">Name and version.</param>
/// <param name="Load">"1 client", "256 clients", "500/s", "3 down".</param>
/// <param name="Count">Submissions decided in the window.</param>
/// <param name="PerSecond">Of them, each second.</param>
/// <param name="P50">Median latency in ms.</param>
/// <param name="P95">95th hundredth of it, in ms.</param>
/// <param name="P99">99th.</param>
/// <param name="Max">The longest.</param>
/// <param name="BlocksPerSecond">Null where nothing is batched visibly.</param>
/// <param name="CpuPer1000">Seconds of processor of all nodes for 1,000 submissions.</param>
/// <param name="ClientCpuPer1000">The same of the load generator.</param>
/// <param name="ResidentMb">Of the largest node, at the end, in MB.</param>
/// <param name="Failed">Submissions answered otherwise than decided.</param>
/// <param name="FirstFailure">What the first of them was told.</param>
/// <param name="FailoverMs">Longest silence after the kill; null when nobody was killed.</param>
internal sealed record Measured(
    string System,
    string Load,
    int Count,
    double PerSecond,
    double P50,
    double P95,
    double P99,
    double Max,
    double? BlocksPerSecond,
    double CpuPer1000,
    double ClientCpuPer1000,
    double ResidentMb,
    int Failed,
    string? FirstFailure,
    double? FailoverMs)
{
    /// <summary>The load as part of an id.</summary>
    public string Slug => SlugOf(Load);

    /// <summary>A name as part of an id.</summary>
    public static string SlugOf(string text) => text
        .Replace("/s", "-per-second", StringComparison.Ordinal)
        .Replace(' ', '-')
        .ToLowerInvariant();

    /// <summary>
    /// The smallest of sorted values that a share of all do not exceed (nearest rank); 0 of none.
    /// </summary>
    public static double Quantile(IReadOnlyList<double> sorted, double share) => sorted.Count == 0
        ? 0
        : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
