using Microsoft.Extensions.Time.Testing;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Devices.Tests;

public class ClockAndBatteryTests
{
    private static readonly VehicleModel s_vehicle = new(
        "car", "Car", 60_000, new Consumption(80, 70, 500),
        [new CurvePoint(0, 100_000), new CurvePoint(1000, 20_000)], 11_000,
        [ConnectorStandard.Iec62196T2Combo]);

    [Fact]
    public async Task The_ledger_clock_runs_by_the_factor_and_wakes_when_it_is_due()
    {
        FakeTimeProvider wall = new(DateTimeOffset.UnixEpoch);
        LedgerClock clock = new(wall);
        clock.Set(new Timestamp(1_000_000), new Timestamp(0), 60);
        Task waiting = clock.WaitUntilAsync(
            new Timestamp(1_120_000), TestContext.Current.CancellationToken);
        wall.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new Timestamp(1_060_000), clock.Now);
        Assert.False(waiting.IsCompleted);
        wall.Advance(TimeSpan.FromSeconds(1));
        await waiting;
    }

    [Fact]
    public async Task A_change_of_the_factor_wakes_who_waits_for_a_time_that_has_come()
    {
        FakeTimeProvider wall = new(DateTimeOffset.UnixEpoch);
        LedgerClock clock = new(wall);
        Task waiting = clock.WaitUntilAsync(
            new Timestamp(3_600_000), TestContext.Current.CancellationToken);
        clock.Set(new Timestamp(3_600_000), new Timestamp(0), 3_600);
        await waiting;
    }

    [Fact]
    public void A_battery_takes_no_more_than_car_and_connector_can()
    {
        Battery battery = new(s_vehicle, 6_000);
        TimeSpan hour = TimeSpan.FromHours(1);
        double slow = battery.AddedAfter(hour, 60_000, PowerType.Dc, 22_000);
        double fast = battery.AddedAfter(hour, 60_000, PowerType.Dc, 400_000);
        Assert.InRange(slow, 21_000, 22_000);
        Assert.InRange(fast, slow, 54_000);
        Assert.Equal(500, battery.AddedAfter(hour, 500, PowerType.Dc, 400_000));
    }

    [Fact]
    public void What_is_added_in_a_time_takes_that_time()
    {
        Battery battery = new(s_vehicle, 6_000);
        TimeSpan time = TimeSpan.FromMinutes(17);
        double added = battery.AddedAfter(time, 60_000, PowerType.Dc, 60_000);
        TimeSpan again = battery.TimeFor(added, PowerType.Dc, 60_000);
        Assert.InRange((time - again).TotalMilliseconds, 0, 10);
    }

    [Fact]
    public void Driving_takes_what_the_plan_counted_and_stops_at_empty()
    {
        Battery battery = new(s_vehicle, 10_000);
        Assert.True(battery.TryDrive(10_000, 100));
        Assert.Equal(10_000 - s_vehicle.EnergyWh(10_000, 100), battery.EnergyWh, 3);
        Assert.False(battery.TryDrive(1_000_000, 100));
    }

    [Fact]
    public void The_boot_counter_grows_at_each_start()
    {
        string folder = Directory.CreateTempSubdirectory("tomada-").FullName;
        Assert.Equal(1, BootCounter.Next(folder));
        Assert.Equal(2, BootCounter.Next(folder));
        Directory.Delete(folder, recursive: true);
    }
}
