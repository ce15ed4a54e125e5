using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tomada.Node.Peers;

namespace Tomada.Node.Tests.Peers;

public sealed class RateLimitTests
{
    private readonly FakeTimeProvider _wall = new();

    [Fact]
    public void A_bucket_gives_its_burst_at_once_and_then_what_flows_in()
    {
        RateLimit limit = new(perSecond: 10, burst: 3, _wall);
        Assert.Equal([true, true, true, false], Take(limit, 4));
        _wall.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal([true, false], Take(limit, 2));
        _wall.Advance(TimeSpan.FromHours(1));
        Assert.Equal([true, true, true, false], Take(limit, 4));
    }

    [Fact]
    public void Who_takes_too_much_waits_as_long_as_it_takes_to_flow_in()
    {
        RateLimit limit = new(perSecond: 1_000, burst: 1_000, _wall);
        Assert.Equal(TimeSpan.Zero, limit.Take(1_000));
        Assert.Equal(TimeSpan.FromSeconds(2), limit.Take(2_000));
        _wall.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.Zero, limit.Take(0));
    }

    [Fact]
    public void Refusals_are_logged_until_they_are_many_and_the_rest_is_told_as_a_number()
    {
        Lines lines = new();
        RefusalLog log = new(lines, _wall);
        for (int i = 0; i < PeerLimits.RefusalLogsMax + 7; i++)
        {
            log.Connection(IPAddress.Loopback, "tls");
        }

        Assert.Equal(PeerLimits.RefusalLogsMax, lines.All.Count);
        _wall.Advance(PeerLimits.RefusalLogPeriod);
        log.Handshake("br-aaa", PeerRefusal.Tag);
        Assert.Contains("7 untold", lines.All[^1], StringComparison.Ordinal);
        Assert.Contains("invitation codes", lines.All[^1], StringComparison.Ordinal);
    }

    private static bool[] Take(RateLimit limit, int times) =>
        [.. Enumerable.Range(0, times).Select(_ => limit.TryTake())];

    private sealed class Lines : ILogger
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => All.Add(formatter(state, exception));
    }
}
