using System.Diagnostics;
using System.Net;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Cli.Bench;

/// <summary>Many stations at one broker.</summary>
internal sealed class BrokerLoad : IDisposable
{
    /// <summary>Messages of one station that wait for their PUBACK.</summary>
    public const int Window = 20;

    private const int ConnectingAtOnce = 32;
    private static readonly CompanyId s_company = CompanyId.Parse("br-aaa");

    private readonly BrokerConnection[] _connections;
    private long _acknowledged;
    private int _lost;
    private volatile bool _running;
    private volatile bool _ending;

    public BrokerLoad(int devices) =>
        _connections =
        [
            .. Enumerable.Range(0, devices)
                .Select(number => new BrokerConnection(StationOf(number), this, Window)),
        ];

    public bool IsRunning => _running;

    /// <summary>Connections that ended though nobody ended them here.</summary>
    public int LostCount => _lost;

    public static DeviceAddress StationOf(int number) =>
        new(s_company, DeviceKind.Station, FormattableString.Invariant($"s{number}"));

    public async Task ConnectAsync(
        IPEndPoint broker, IReadOnlyList<string> secrets, CancellationToken stop) =>
        await Parallel.ForAsync(
            0, _connections.Length,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = ConnectingAtOnce,
                CancellationToken = stop,
            },
            async (number, ct) =>
                await _connections[number].ConnectAsync(broker, secrets[number], ct));

    /// <summary>Acknowledged messages a second, of all stations together.</summary>
    public async Task<double> RunAsync(
        TimeSpan warmup, TimeSpan measured, CancellationToken stop)
    {
        _running = true;
        await Task.WhenAll(_connections.Select(each => each.StartAsync()));
        await Task.Delay(warmup, stop);
        long before = Interlocked.Read(ref _acknowledged);
        long started = Stopwatch.GetTimestamp();
        await Task.Delay(measured, stop);
        double rate = (Interlocked.Read(ref _acknowledged) - before)
            / Stopwatch.GetElapsedTime(started).TotalSeconds;
        _running = false;
        await SettleAsync(stop);
        return rate;
    }

    /// <summary>Each says something once in the interval, for as long as told.</summary>
    /// <returns>How many of them were not acknowledged.</returns>
    public async Task<long> SustainAsync(
        TimeSpan interval, TimeSpan time, CancellationToken stop)
    {
        long before = Interlocked.Read(ref _acknowledged);
        long sent = 0;
        long started = Stopwatch.GetTimestamp();
        const int Slices = 100;
        using PeriodicTimer timer = new(interval / Slices);
        for (int slice = 0; Stopwatch.GetElapsedTime(started) < time; slice++)
        {
            for (int i = slice % Slices; i < _connections.Length; i += Slices)
            {
                await _connections[i].SendOneAsync();
                sent++;
            }

            await timer.WaitForNextTickAsync(stop);
        }

        await SettleAsync(stop);
        return sent - (Interlocked.Read(ref _acknowledged) - before);
    }

    public void Acknowledged() => Interlocked.Increment(ref _acknowledged);

    public void Lost(string why)
    {
        if (!_ending && Interlocked.Increment(ref _lost) == 1)
        {
            Console.Error.WriteLine($"a connection was lost: {why}");
        }
    }

    public void Dispose()
    {
        _ending = true;
        foreach (BrokerConnection each in _connections)
        {
            each.Dispose();
        }
    }

    /// <summary>Waits until no more answers come.</summary>
    private async Task SettleAsync(CancellationToken stop)
    {
        long seen = -1;
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        while (seen != Interlocked.Read(ref _acknowledged))
        {
            seen = Interlocked.Read(ref _acknowledged);
            await timer.WaitForNextTickAsync(stop);
        }
    }
}
