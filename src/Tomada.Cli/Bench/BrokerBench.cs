using System.Globalization;
using System.Net;
using Tomada.Cli.Demo;

namespace Tomada.Cli.Bench;

/// <summary>What <c>tomada bench broker</c> measures.</summary>
/// <param name="Devices">Connected and subscribed stations under load.</param>
/// <param name="Sustained">Connected and subscribed stations that are held; 0: none.</param>
/// <param name="Rounds">How often each broker takes its turn.</param>
/// <param name="Seconds">How long a turn is measured.</param>
/// <param name="Json">Where the results go for programs.</param>
internal sealed record BrokerBenchOptions(
    int Devices, int Sustained, int Rounds, int Seconds, FileInfo? Json);

/// <summary>
/// The node's own broker beside Mosquitto: the same stations, the same messages, in turns on the
/// same machine. Ours answers when a message is on disk; Mosquitto keeps nothing.
/// </summary>
internal sealed class BrokerBench(BrokerBenchOptions options)
{
    private const double RateMin = 25_000;
    private const double RatioMin = 0.5;
    private const double RoundTripP50MaxMs = 1;
    private const double RoundTripP99MaxMs = 10;
    private const double DeviceKiBMax = 25;
    private const int RoundTrips = 5_000;

    private static readonly TimeSpan s_warmup = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_held = TimeSpan.FromSeconds(30);
    private readonly List<Criterion> _results = [];

    public async Task<int> RunAsync(CancellationToken stop)
    {
        string folder = Directory.CreateTempSubdirectory("tomada-broker-").FullName;
        Console.WriteLine($"load before: {(await File.ReadAllTextAsync("/proc/loadavg", stop))
            .Trim()}");
        try
        {
            await CompareAsync(folder, stop);
            if (options.Sustained > 0)
            {
                await SustainAsync(Path.Combine(folder, "many"), stop);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        bool passed = _results.All(each => each.Passed);
        if (options.Json is { } json)
        {
            CriteriaFile.Write(json.FullName, _results, passed, "bench broker");
        }

        return passed ? ExitCodes.Passed : ExitCodes.Failed;
    }

    private async Task CompareAsync(string folder, CancellationToken stop)
    {
        await using OwnBroker own = await OwnBroker.StartAsync(
            Path.Combine(folder, "own"), options.Devices, stop);
        await using MosquittoSystem? mosquitto = await MosquittoSystem.StartAsync(
            Path.Combine(folder, "mosquitto"), options.Devices, stop);
        using BrokerLoad ours = new(options.Devices);
        using BrokerLoad theirs = new(options.Devices);
        await ours.ConnectAsync(own.EndPoint, own.Secrets, stop);
        if (mosquitto is null)
        {
            Console.WriteLine("mosquitto is left out: it is not installed.");
        }
        else
        {
            await theirs.ConnectAsync(mosquitto.EndPoint, mosquitto.Secrets, stop);
        }

        List<double> ourRates = [];
        List<double> theirRates = [];
        TimeSpan measured = TimeSpan.FromSeconds(options.Seconds);
        for (int round = 0; round < options.Rounds; round++)
        {
            double before = ProcessUse.CpuSeconds(own.ProcessId);
            ourRates.Add(await ours.RunAsync(s_warmup, measured, stop));
            double cpu = ProcessUse.CpuSeconds(own.ProcessId) - before;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round + 1}: own {ourRates[^1]:F0}/s, {cpu:F1} s of processor"));
            if (mosquitto is not null)
            {
                theirRates.Add(await theirs.RunAsync(s_warmup, measured, stop));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round + 1}: mosquitto {theirRates[^1]:F0}/s"));
            }
        }

        Judge(ourRates, theirRates);
        Add(
            "lost-connections", ours.LostCount, 0, "connections", ours.LostCount == 0,
            "of the stations under load");
        await RoundTripAsync(own, options.Devices, stop);
    }

    private void Judge(List<double> ours, List<double> theirs)
    {
        double rate = Median(ours);
        Add(
            "ingest-rate", rate, RateMin, "1/s", rate >= RateMin,
            $"QoS 1 on disk before PUBACK, {options.Devices} stations, median of rounds");
        if (theirs.Count > 0)
        {
            double peer = Median(theirs);
            double ratio = rate / peer;
            _results.Add(new Criterion(
                "ingest-ratio", Math.Round(ratio, 3), RatioMin, "", ratio >= RatioMin,
                "through Mosquitto without persistence", "mosquitto", Math.Round(ratio, 3)));
            Show(_results[^1]);
            Add("mosquitto-rate", peer, null, "1/s", true, "median of rounds");
        }
    }

    /// <summary>
    /// Memory before and after so many are connected and subscribed, then all are held for a while.
    /// </summary>
    private async Task SustainAsync(string folder, CancellationToken stop)
    {
        await using OwnBroker own = await OwnBroker.StartAsync(folder, options.Sustained, stop);
        double before = ProcessUse.OwnMb(own.ProcessId);
        using BrokerLoad load = new(options.Sustained);
        await load.ConnectAsync(own.EndPoint, own.Secrets, stop);
        double connected = ProcessUse.OwnMb(own.ProcessId);
        long unanswered = await load.SustainAsync(s_heartbeat, s_held, stop);
        double after = ProcessUse.OwnMb(own.ProcessId);
        Add(
            "sustained-lost", load.LostCount + unanswered, 0, "", load.LostCount + unanswered == 0,
            $"connections or messages of {options.Sustained} stations in {s_held.TotalSeconds} s");
        Add(
            "memory-per-device", KiBEach(connected - before), DeviceKiBMax, "KiB",
            KiBEach(connected - before) <= DeviceKiBMax,
            $"{options.Sustained} connected and subscribed");
        Add(
            "memory-per-device-speaking", KiBEach(after - before), null, "KiB", true,
            "the same after the time held, each saying its state every 10 s");
        await RoundTripAsync(own, options.Sustained, stop);
    }

    private double KiBEach(double mb) => mb * 1e6 / 1_024 / options.Sustained;

    private async Task RoundTripAsync(OwnBroker own, int devices, CancellationToken stop)
    {
        (double p50, double p99) = await own.RoundTripAsync(RoundTrips, stop);
        string detail = $"command to a station and its answer on disk, {devices} connected";
        Add(
            $"roundtrip-p50-{devices}", p50, RoundTripP50MaxMs, "ms", p50 <= RoundTripP50MaxMs,
            detail);
        Add(
            $"roundtrip-p99-{devices}", p99, RoundTripP99MaxMs, "ms", p99 <= RoundTripP99MaxMs,
            detail);
    }

    private void Add(
        string id, double measured, double? limit, string unit, bool passed, string detail)
    {
        _results.Add(new Criterion(id, Math.Round(measured, 3), limit, unit, passed, detail));
        Show(_results[^1]);
    }

    private static void Show(Criterion each) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{each.Id,-28} {each.Measured,12:F3} {each.Unit,-4} {each.Limit,8} "
        + $"{(each.Limit is null ? "" : each.Passed ? "ok" : "MISSED"),-7} {each.Detail}"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>The node's broker in a process of its own.</summary>
    private sealed class OwnBroker : IAsyncDisposable
    {
        private readonly ChildProcess _process;

        private OwnBroker(ChildProcess process, IPEndPoint endPoint, string[] secrets)
        {
            _process = process;
            EndPoint = endPoint;
            Secrets = secrets;
        }

        public IPEndPoint EndPoint { get; }

        public IReadOnlyList<string> Secrets { get; }

        public int ProcessId => _process.Id;

        public static async Task<OwnBroker> StartAsync(
            string folder, int devices, CancellationToken stop)
        {
            Directory.CreateDirectory(folder);
            ChildProcess process = ChildProcess.Start(
                Path.Combine(folder, "host.log"), "bench", "broker-host", "--data", folder,
                "--devices", devices.ToString(CultureInfo.InvariantCulture));
            string line = await process.Lines.ReadAsync(stop);
            string[] secrets = await File.ReadAllLinesAsync(
                Path.Combine(folder, BrokerBenchHost.SecretsFile), stop);
            return new OwnBroker(process, IPEndPoint.Parse(line), secrets);
        }

        public async Task<(double P50, double P99)> RoundTripAsync(
            int count, CancellationToken stop)
        {
            await _process.WriteLineAsync(
                FormattableString.Invariant($"roundtrip {count}"));
            string[] words = (await _process.Lines.ReadAsync(stop)).Split(' ');
            return words.Length == 2
                && double.TryParse(words[0], CultureInfo.InvariantCulture, out double p50)
                && double.TryParse(words[1], CultureInfo.InvariantCulture, out double p99)
                ? (p50, p99)
                : throw CommandException.Failed(string.Join(' ', words));
        }

        public ValueTask DisposeAsync() => _process.DisposeAsync();
    }
}
