using CsCheck;
using Tomada.Ledger;
using Xunit;

namespace Tomada.Routing.Tests;

public class ChargingTests
{
    [Fact]
    public void Charging_time_is_the_integral_of_energy_over_power() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 999], Gen.Int[1, 1000], Gen.Int[10, 200]).Sample(
            (model, fromPermille, addedPermille, powerKw) =>
            {
                VehicleModel car = DemoRegion.Cars[model];
                double from = car.WhAt(fromPermille);
                double to = Math.Min(car.BatteryWh, from + car.WhAt(addedPermille));
                const int Steps = 20_000;
                double step = (to - from) / Steps;
                double hours = 0;
                for (int i = 0; i < Steps; i++)
                {
                    hours += step / car.ChargingPowerW(
                        from + ((i + 0.5) * step), PowerType.Dc, powerKw * 1000);
                }

                double exact = car.ChargingTime(from, to, PowerType.Dc, powerKw * 1000).TotalHours;
                Assert.Equal(hours, exact, (hours * 1e-4) + 1e-6);
            },
            iter: 60);

    [Fact]
    public void Charging_in_two_parts_takes_as_long_as_in_one() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Int[0, 1000]).Sample((a, b, c) =>
        {
            int[] at = [a, b, c];
            Array.Sort(at);
            VehicleModel car = DemoRegion.Car;
            double whole = Hours(at[0], at[2]);
            Assert.Equal(whole, Hours(at[0], at[1]) + Hours(at[1], at[2]), 1e-6);

            double Hours(int from, int to) =>
                car.ChargingTime(car.WhAt(from), car.WhAt(to), PowerType.Dc, 50_000).TotalHours;
        });

    [Fact]
    public void Alternating_current_is_bound_by_the_weaker_of_car_and_plug()
    {
        VehicleModel car = DemoRegion.Car;
        Assert.Equal(7_000, car.ChargingPowerW(10_000, PowerType.Ac3Phase, 22_000));
        Assert.Equal(3_700, car.ChargingPowerW(10_000, PowerType.Ac3Phase, 3_700));
        Assert.Equal(2_333, car.ChargingPowerW(10_000, PowerType.Ac1Phase, 22_000));
        Assert.Equal(2, car.ChargingTime(0, 14_000, PowerType.Ac3Phase, 22_000).TotalHours, 1e-6);
    }

    [Fact]
    public void A_full_car_takes_nothing_and_no_time()
    {
        VehicleModel car = DemoRegion.Car;
        Assert.Equal(0, car.ChargingPowerW(car.BatteryWh, PowerType.Dc, 50_000));
        Assert.Equal(
            TimeSpan.Zero, car.ChargingTime(car.BatteryWh, car.BatteryWh, PowerType.Dc, 50_000));
        Assert.Equal(TimeSpan.Zero, car.ChargingTime(20_000, 10_000, PowerType.Dc, 50_000));
    }

    [Fact]
    public void Faster_driving_takes_more_energy_on_every_demo_car() => Assert.All(
        DemoRegion.Cars,
        car => Assert.True(car.EnergyWh(1000, 120) > car.EnergyWh(1000, 100)
            && car.EnergyWh(1000, 100) > car.EnergyWh(1000, 80)));

    [Fact]
    public void A_path_takes_the_energy_of_its_edges()
    {
        RoutePath path = DemoRegion.Graph.FastestPath(DemoRegion.Query.From, DemoRegion.Query.To)!;
        double sum = path.Edges.Sum(edge => DemoRegion.Car.EnergyWh(edge.LengthM, edge.SpeedKmh));
        Assert.InRange(path.EnergyWh(DemoRegion.Car), sum, sum + 1);
    }
}
