using Tomada.Routing;
using PowerType = Tomada.Ledger.PowerType;

namespace Tomada.Devices;

/// <summary>The energy in a simulated car, by the same figures that plan its trips.</summary>
/// <param name="vehicle">The car.</param>
/// <param name="energyWh">What is in it now.</param>
internal sealed class Battery(VehicleModel vehicle, double energyWh)
{
    public double EnergyWh { get; private set; } = energyWh;

    public int SocPermille => vehicle.SocPermille((long)EnergyWh);

    public int SocPermilleWith(double addedWh) => vehicle.SocPermille((long)(EnergyWh + addedWh));

    /// <summary>Takes what a stretch of road needs; false when it is not there.</summary>
    public bool TryDrive(int lengthM, int speedKmh)
    {
        EnergyWh -= vehicle.EnergyWh(lengthM, speedKmh);
        return EnergyWh >= 0;
    }

    public void Charge(double wh) => EnergyWh = Math.Min(vehicle.BatteryWh, EnergyWh + wh);

    /// <summary>How long a connector takes to add so much; the battery's end bounds it.</summary>
    public TimeSpan TimeFor(double wh, PowerType type, int connectorPowerMaxW) =>
        vehicle.ChargingTime(
            EnergyWh, Math.Min(vehicle.BatteryWh, EnergyWh + wh), type, connectorPowerMaxW);

    /// <summary>
    /// What a connector adds in a time, up to a bound: the inverse of <see cref="TimeFor"/> by
    /// halving, to a hundredth of a Wh.
    /// </summary>
    public double AddedAfter(
        TimeSpan elapsed, double boundWh, PowerType type, int connectorPowerMaxW)
    {
        double low = 0;
        double high = Math.Max(0, Math.Min(boundWh, vehicle.BatteryWh - EnergyWh));
        if (TimeFor(high, type, connectorPowerMaxW) <= elapsed)
        {
            return high;
        }

        while (high - low > 0.01)
        {
            double middle = (low + high) / 2;
            (low, high) = TimeFor(middle, type, connectorPowerMaxW) <= elapsed
                ? (middle, high)
                : (low, middle);
        }

        return low;
    }

    public int PowerW(double addedWh, PowerType type, int connectorPowerMaxW) =>
        (int)vehicle.ChargingPowerW(EnergyWh + addedWh, type, connectorPowerMaxW);
}
