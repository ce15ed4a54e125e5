using System.Globalization;
using Spectre.Console;
using Tomada.Cli.Demo;

namespace Tomada.Cli.Bench;

/// <summary>What was measured, for people and for programs.</summary>
internal sealed class BenchReport(
    BenchOptions options, IReadOnlyList<Measured> all, Floor floor)
{
    public IReadOnlyList<Criterion> Criteria { get; } =
    [
        .. OfFloor(floor),
        .. all.SelectMany(each => CriteriaOf(options, each)),
        .. Comparison.Of(options, all, floor),
    ];

    public bool Passed => Criteria.All(each => each.Passed);

    public void Print(IAnsiConsole console)
    {
        console.WriteLine();
        console.WriteLine(Machine());
        console.WriteLine($"{options.Nodes} companies, PutLocation of {BenchBody.BodyBytes} bytes, "
            + $"{options.Window.TotalSeconds} s each");
        Table table = new Table().AddColumns(
            "system", "load", "/s", "p50 ms", "p95", "p99", "max", "blocks/s",
            "CPU s/1000", "client", "RSS MB", "failed", "gap ms");
        foreach (TableColumn column in table.Columns.Skip(2))
        {
            column.RightAligned().NoWrap();
        }

        foreach (Measured each in all)
        {
            table.AddRow(
                each.System, each.Load, Number(each.PerSecond), Number(each.P50), Number(each.P95),
                Number(each.P99), Number(each.Max), Number(each.BlocksPerSecond),
                Number(each.CpuPer1000), Number(each.ClientCpuPer1000), Number(each.ResidentMb),
                each.Failed.ToString(CultureInfo.InvariantCulture), Number(each.FailoverMs));
        }

        console.Write(table);
        console.WriteLine(
            $"floor of a block: {Number(floor.BlockMs(options.Nodes))} ms = messages one way "
            + $"{Number(floor.OneWay)}, syncs {Number(floor.Sync)}, signatures "
            + $"{Number(floor.Sign)}, checks {Number(floor.Verify)} ms each");
        PrintComparison(console);
        foreach (Measured each in all.Where(each => each.FirstFailure is not null))
        {
            console.WriteLine($"{each.System}, {each.Load}: {each.FirstFailure}");
        }
    }

    private void PrintComparison(IAnsiConsole console)
    {
        Table table = new Table().AddColumns("", "ours", "beside", "ratio", "limit", "");
        foreach (Criterion each in Criteria.Where(
            each => each.Ratio is not null || each.Limit is not null))
        {
            table.AddRow(
                each.Id, $"{Number(each.Measured)} {each.Unit}", each.Peer ?? "",
                Number(each.Ratio), Number(each.Limit), each.Passed ? "" : "missed");
        }

        if (table.Rows.Count > 0)
        {
            console.Write(table);
        }
    }

    /// <summary>Three digits that count.</summary>
    public static string Number(double? value) => value switch
    {
        null => "",
        0 => "0",
        { } number => number.ToString(
            Math.Abs(number) switch { >= 100 => "F0", >= 10 => "F1", >= 1 => "F2", _ => "F3" },
            CultureInfo.InvariantCulture),
    };

    private static string Machine()
    {
        string processor = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?
            .Split(": ")[^1] ?? "unknown processor";
        double memoryGiB = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Math.Pow(2, 30);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{processor}, {Environment.ProcessorCount} cores, {memoryGiB:F0} GiB, "
            + $"{System.Runtime.InteropServices.RuntimeInformation.OSDescription}, "
            + $".NET {Environment.Version}");
    }

    private static IEnumerable<Criterion> OfFloor(Floor floor)
    {
        Criterion Of(string id, double ms) =>
            new($"floor-{id}", Math.Round(ms, 4), null, "ms", true, "measured alone");
        yield return Of("message", floor.OneWay);
        yield return Of("sync", floor.Sync);
        yield return Of("sign", floor.Sign);
        yield return Of("verify", floor.Verify);
    }

    private static IEnumerable<Criterion> CriteriaOf(BenchOptions options, Measured each)
    {
        string id = $"{Measured.SlugOf(each.System)}-n{options.Nodes}-{each.Slug}";
        Criterion Of(string what, double? value, string unit) => new(
            $"{id}-{what}", Math.Round(value ?? 0, 3), null, unit, true, each.Load);
        yield return Of("rate", each.PerSecond, "1/s");
        yield return Of("p50", each.P50, "ms");
        yield return Of("p95", each.P95, "ms");
        yield return Of("p99", each.P99, "ms");
        yield return Of("max", each.Max, "ms");
        yield return Of("cpu", each.CpuPer1000, "s/1000");
        yield return Of("memory", each.ResidentMb, "MB");
        if (each.BlocksPerSecond is { } blocks)
        {
            yield return Of("blocks", blocks, "1/s");
        }

        if (each.FailoverMs is { } gap)
        {
            yield return Of("failover", gap, "ms");
        }
    }
}
