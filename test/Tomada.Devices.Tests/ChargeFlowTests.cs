using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Devices.Tests;

/// <summary>What flows while the power changes, and at which voltage and current.</summary>
public class ChargeFlowTests
{
    private static readonly Timestamp s_start = Timestamp.Parse("2026-11-23T12:00:00Z");

    private static readonly VehicleModel s_vehicle = new(
        "car", "Car", 60_000, new Consumption(80, 70, 500),
        [new CurvePoint(0, 100_000), new CurvePoint(1000, 30_000)], 11_000,
        [ConnectorStandard.Iec62196T2Combo]);

    [Fact]
    public void Nothing_flows_before_a_power_is_set()
    {
        ChargeFlow flow = Flow(20_000);
        Assert.Equal(0, flow.AddedWh(Minute(60)));
        Assert.Equal(0, flow.PowerW(Minute(60)));
        Assert.Null(flow.FullAt);
    }

    [Fact]
    public void A_pause_moves_what_flows_by_its_length_and_changes_nothing_else()
    {
        ChargeFlow straight = Flow(20_000);
        straight.SetPower(50_000, s_start);
        ChargeFlow paused = Flow(20_000);
        paused.SetPower(50_000, s_start);
        paused.SetPower(0, Minute(10));
        Assert.Equal(straight.AddedWh(Minute(10)), paused.AddedWh(Minute(25)), 0.1);
        Assert.Equal(0, paused.PowerW(Minute(20)));
        Assert.Null(paused.FullAt);

        paused.SetPower(50_000, Minute(30));
        Assert.Equal(straight.AddedWh(Minute(15)), paused.AddedWh(Minute(35)), 0.1);
        Assert.Equal(straight.PowerW(Minute(15)), paused.PowerW(Minute(35)), 5.0);
        Assert.InRange(
            (paused.FullAt!.Value.Since(straight.FullAt!.Value) - TimeSpan.FromMinutes(20))
                .TotalMilliseconds,
            -2, 2);
    }

    [Fact]
    public void It_ends_at_its_goal_and_stays_there()
    {
        ChargeFlow flow = Flow(5_000);
        flow.SetPower(50_000, s_start);
        Timestamp full = flow.FullAt!.Value;
        Assert.InRange(full.Since(s_start).TotalMinutes, 6, 8);
        Assert.Equal(5_000, flow.AddedWh(full.Plus(TimeSpan.FromHours(1))), 0.5);
        Assert.Equal(0, flow.PowerW(full));
    }

    [Fact]
    public void What_is_read_is_the_same_however_often_it_was_read_before()
    {
        ChargeFlow once = Flow(30_000);
        ChargeFlow often = Flow(30_000);
        once.SetPower(40_000, s_start);
        often.SetPower(40_000, s_start);
        for (int minute = 0; minute < 30; minute++)
        {
            often.AddedWh(Minute(minute));
            often.PowerW(Minute(minute));
            often.SocPermille(Minute(minute));
        }

        Assert.Equal(once.AddedWh(Minute(30)), often.AddedWh(Minute(30)));
    }

    [Theory]
    [InlineData(0, 50_000)]
    [InlineData(500, 49_999)]
    [InlineData(1000, 1)]
    [InlineData(800, 200_001)]
    [InlineData(300, 350_000)]
    public void Voltage_times_current_is_the_power(int socPermille, int powerW)
    {
        int mv = PackVoltage.At(socPermille, powerW);
        int ma = PackVoltage.CurrentMa(powerW, mv);
        // A current is told in whole mA: half of one at this voltage is what may be missing.
        Assert.Equal(powerW, mv / 1e3 * (ma / 1e3), (mv / 2e6) + 1e-6);
        Assert.True(ma <= 590_000, "more than a plug bears");
    }

    [Fact]
    public void The_voltage_rises_with_the_state_of_charge()
    {
        Assert.Equal(340_000, PackVoltage.At(0, 150_000));
        Assert.Equal(420_000, PackVoltage.At(1000, 150_000));
        Assert.Equal(840_000, PackVoltage.At(1000, 250_000));
        Assert.Equal(0, PackVoltage.CurrentMa(1_000, 0));
    }

    private static ChargeFlow Flow(double goalWh) => new(
        new Battery(s_vehicle, s_vehicle.WhAt(200)), goalWh, PowerType.Dc, s_start);

    private static Timestamp Minute(int minute) => s_start.Plus(TimeSpan.FromMinutes(minute));
}
