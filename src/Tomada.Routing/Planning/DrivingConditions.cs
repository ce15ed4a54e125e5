namespace Tomada.Routing;

/// <summary>
/// What load and weather change: figures of ours, to the nearest band, so that cars that differ by
/// nothing that matters share their drives. Rolling resistance grows with the weight, air
/// resistance with the density of air, and the cabin is heated or cooled by the hour. What cold
/// does to a battery and to its charging is not in it.
/// </summary>
internal static class DrivingConditions
{
    private const int PayloadBandKg = 50;
    private const int TemperatureBandC = 5;

    /// <summary>Most cars of today weigh 1.5 to 2.3 t with their driver.</summary>
    private const double CarKg = 1_900;
    private const int UsualC = 20;
    private const double KelvinAtZero = 273.15;
    private const int HeatingBelowC = 15;
    private const int CoolingAboveC = 25;
    private const double HeatingWPerDegree = 90;
    private const double CoolingWPerDegree = 70;

    /// <summary>The car as it drives under a query's load and at its temperature.</summary>
    public static VehicleModel Of(TripQuery query)
    {
        int payloadKg = (query.PayloadKg + PayloadBandKg - 1) / PayloadBandKg * PayloadBandKg;
        int temperatureC = TemperatureBandC
            * (int)Math.Round((double)query.TemperatureC / TemperatureBandC);
        if (payloadKg == 0 && temperatureC == UsualC)
        {
            return query.Vehicle;
        }

        Consumption usual = query.Vehicle.Consumption;
        double cabinW = (Math.Max(0, HeatingBelowC - temperatureC) * HeatingWPerDegree)
            + (Math.Max(0, temperatureC - CoolingAboveC) * CoolingWPerDegree);
        return query.Vehicle with
        {
            Consumption = usual with
            {
                RollingWhPerKm =
                    (int)Math.Ceiling(usual.RollingWhPerKm * (CarKg + payloadKg) / CarKg),
                AirWhPerKmAt100 = (int)Math.Ceiling(usual.AirWhPerKmAt100
                    * (KelvinAtZero + UsualC) / (KelvinAtZero + temperatureC)),
                AuxiliaryW = usual.AuxiliaryW + (int)cabinW,
            },
        };
    }
}
