using Tomada.Cli.Demo;

namespace Tomada.Cli.Bench;

/// <summary>What is promised of the own numbers, alone and beside a peer's.</summary>
internal static class Comparison
{
    /// <summary>One client's latency is at most so many times etcd's.</summary>
    private const double LatencyRatioMax = 2;

    /// <summary>One client's median is at most so many times the floor.</summary>
    private const double FloorRatioMax = 2;

    /// <summary>Longest silence after the leader's death at three companies, in ms.</summary>
    private const double FailoverOfThreeMsMax = 1_000;

    /// <summary>The same when more are dead, in ms.</summary>
    private const double FailoverMsMax = 2_000;

    /// <summary>The 95th hundredth with three of ten dead, in ms.</summary>
    private const double SteadyMsMax = 100;

    /// <summary>Own loads against the same loads of every peer, and against the floor.</summary>
    public static IEnumerable<Criterion> Of(
        BenchOptions options, IReadOnlyList<Measured> all, Floor floor)
    {
        string own = all[0].System;
        foreach (Measured ours in all.Where(each => each.System == own))
        {
            foreach (Measured peer in all.Where(
                each => each.System != own && each.Load == ours.Load))
            {
                foreach (Criterion each in Beside(options, ours, peer))
                {
                    yield return each;
                }
            }

            if (ours.Load == Measurement.OneClient)
            {
                yield return OfFloor(options, ours, floor.BlockMs(options.Nodes));
            }

            if (ours.FailoverMs is { } gap)
            {
                double limit = options.Nodes == 3 ? FailoverOfThreeMsMax : FailoverMsMax;
                yield return Criterion.Within(
                    $"n{options.Nodes}-failover", gap, limit, ours.Load);
            }

            if (options is { Nodes: 10, Down: 3 } && ours.FailoverMs is not null)
            {
                yield return Criterion.Within(
                    "n10-3-down-p95", ours.P95, SteadyMsMax, "after the failover");
            }
        }
    }

    private static Criterion OfFloor(BenchOptions options, Measured ours, double floorMs)
    {
        bool isPromised = options.Nodes == 3;
        double limit = FloorRatioMax * floorMs;
        return new Criterion(
            $"n{options.Nodes}-1-client-p50-beside-floor",
            Round(ours.P50),
            isPromised ? Round(limit) : null,
            "ms",
            !isPromised || ours.P50 <= limit,
            "messages, syncs and signatures of a block, each measured alone",
            "floor",
            Round(ours.P50 / floorMs));
    }

    private static IEnumerable<Criterion> Beside(
        BenchOptions options, Measured ours, Measured peer)
    {
        string id = $"n{options.Nodes}-{ours.Slug}";
        // Promised is what the figures of three nodes beside etcd say.
        bool isPromised = options.Nodes == EtcdSystem.Members
            && peer.System.StartsWith("etcd", StringComparison.Ordinal);
        bool isLatency = isPromised && ours.Load == Measurement.OneClient;
        yield return Latency($"{id}-p50", ours.P50, peer.P50, peer.System, isLatency);
        yield return Latency($"{id}-p99", ours.P99, peer.P99, peer.System, isLatency);
        bool isRate = isPromised && ours.Load == "256 clients";
        yield return new Criterion(
            $"{id}-rate-beside-{Measured.SlugOf(peer.System)}",
            Round(ours.PerSecond),
            isRate ? Round(peer.PerSecond) : null,
            "1/s",
            !isRate || ours.PerSecond >= peer.PerSecond,
            ours.Load,
            peer.System,
            Round(ours.PerSecond / peer.PerSecond));
    }

    private static Criterion Latency(
        string id, double ours, double theirs, string peer, bool isPromised) => new(
        $"{id}-beside-{Measured.SlugOf(peer)}",
        Round(ours),
        isPromised ? Round(LatencyRatioMax * theirs) : null,
        "ms",
        !isPromised || ours <= LatencyRatioMax * theirs,
        "latency",
        peer,
        Round(ours / theirs));

    private static double Round(double value) =>
        double.IsFinite(value) ? Math.Round(value, 3) : 0;
}
