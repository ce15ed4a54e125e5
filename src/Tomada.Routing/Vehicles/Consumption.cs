using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>
/// What driving takes, from three measurable parts: rolling resistance (the same on every
/// kilometre), air resistance (with the square of the speed) and everything that runs by the hour
/// (air conditioning, electronics).
/// </summary>
/// <param name="RollingWhPerKm">Wh per km at any speed: 10 to 500.</param>
/// <param name="AirWhPerKmAt100">Wh per km of air resistance at 100 km/h: 10 to 1000.</param>
/// <param name="AuxiliaryW">W while the car is on: 0 to 10,000.</param>
public sealed record Consumption(int RollingWhPerKm, int AirWhPerKmAt100, int AuxiliaryW)
{
    public static Codec<Consumption> Codec { get; } = RecordCodec<Consumption>.Part()
        .Field(1, "rollingWhPerKm", of => of.RollingWhPerKm, Codecs.Int(10, 500))
        .Field(2, "airWhPerKmAt100", of => of.AirWhPerKmAt100, Codecs.Int(10, 1_000))
        .Field(3, "auxiliaryW", of => of.AuxiliaryW, Codecs.Int(0, 10_000));

    /// <summary>Wh for so many metres at a steady speed in km/h, above 0.</summary>
    public double EnergyWh(double lengthM, double speedKmh)
    {
        double relative = speedKmh / 100;
        double whPerKm = RollingWhPerKm + (AirWhPerKmAt100 * relative * relative)
            + (AuxiliaryW / speedKmh);
        return lengthM * whPerKm / 1000;
    }
}
