namespace Tomada.Devices;

/// <summary>
/// The voltage at a DC plug: near enough a straight line over the state of charge, from 85 % of
/// the pack's nominal voltage when empty to 105 % when full.
/// </summary>
internal static class PackVoltage
{
    /// <summary>Nominal, in V; packs that take more power have 800 V.</summary>
    private const int NominalV = 400;

    /// <summary>A connector for 400 V gives at most this power, in W: 500 A.</summary>
    private const int StrongW = 200_000;

    /// <summary>At a state of charge, in mV.</summary>
    /// <param name="socPermille">0 to 1000.</param>
    /// <param name="strongestW">The most that flows between this car and the connector.</param>
    public static int At(int socPermille, int strongestW) =>
        (strongestW > StrongW ? 2 * NominalV : NominalV) * (850 + (socPermille / 5));

    /// <summary>The current of a power at a voltage, in mA, to the nearest.</summary>
    public static int CurrentMa(int powerW, int voltageMv) => voltageMv == 0
        ? 0
        : (int)(((powerW * 1_000_000L) + (voltageMv / 2)) / voltageMv);
}
