using Tomada.Cli.Fleet;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Audit.Tests.Fleet;

/// <summary>What <c>tomada fleet</c> finds between stations' journals and the ledger.</summary>
public class FleetCheckTests
{
    private static readonly SessionId s_session =
        new(new LegId(new TripId(Digest.Of([1])), 1), 1);

    private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");
    private static readonly Timestamp s_noon = Timestamp.Parse("2026-11-23T12:00:00Z");

    [Fact]
    public void Each_step_once_is_right() =>
        Assert.Equal(new FleetCheck(3, 0, 0, 0, null), FleetCheck.Of(Signed(3), Log(3)));

    [Fact]
    public void A_step_that_is_not_on_the_ledger_is_lost()
    {
        FleetCheck check = FleetCheck.Of(Signed(3), Log(2));
        Assert.Equal((1, 0, 0), (check.Lost, check.Doubled, check.Altered));
        Assert.Contains("step 2: not on the ledger", check.Example, StringComparison.Ordinal);
        Assert.False(check.IsRight);
    }

    [Fact]
    public void A_step_that_was_applied_twice_is_doubled()
    {
        FleetCheck check = FleetCheck.Of(Signed(3), [.. Log(3), Log(3)[1]]);
        Assert.Equal((0, 1, 0), (check.Lost, check.Doubled, check.Altered));
        Assert.Contains("step 1: applied twice", check.Example, StringComparison.Ordinal);
        Assert.False(check.IsRight);
    }

    [Fact]
    public void A_step_that_says_something_else_or_that_no_station_signed_is_altered()
    {
        Body other = new ReportMeter(new MeterReading(s_session, 1, s_noon, 7), []);
        FleetCheck check = FleetCheck.Of(Signed(3), [Log(3)[0], other, Log(3)[2]]);
        Assert.Equal((0, 0, 1), (check.Lost, check.Doubled, check.Altered));
        Assert.Equal(1, FleetCheck.Of(Signed(2), Log(3)).Altered);
    }

    private static SessionBody[] Signed(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new SessionBody(
            number == 0 ? SessionEvent.Started : SessionEvent.Updated, number, s_session, s_evse,
            At(number), number * 100, Offline: false, []))];

    private static Body[] Log(int count) =>
        [.. Enumerable.Range(0, count).Select(number => number == 0
            ? (Body)new StartSession(
                new SessionStart(s_session, s_evse, [], At(0), 0), [])
            : new ReportMeter(
                new MeterReading(s_session, number, At(number), number * 100), []))];

    private static Timestamp At(int number) => s_noon.Plus(TimeSpan.FromMinutes(number));
}
