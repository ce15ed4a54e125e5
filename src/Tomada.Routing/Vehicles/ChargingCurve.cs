using System.Collections.Immutable;
using Tomada.Ledger;

namespace Tomada.Routing;

/// <summary>
/// The power that flows between one car and one connector by battery energy, as straight pieces,
/// and the exact time that each piece takes.
/// </summary>
internal sealed class ChargingCurve
{
    private readonly ImmutableArray<(double Wh, double W)> _points;

    public ChargingCurve(VehicleModel car, PowerType type, int connectorPowerMaxW) =>
        _points = type switch
        {
            PowerType.Dc => CapDc(car, connectorPowerMaxW),
            _ => Flat(car.BatteryWh, Ac(car.AcPowerMaxW, type, connectorPowerMaxW)),
        };

    /// <summary>Battery energies in Wh where the curve bends: worth stopping at.</summary>
    public IEnumerable<double> BendsWh => _points.Select(point => point.Wh);

    /// <summary>The most power anywhere on the curve, in W.</summary>
    public double StrongestW => _points.Max(point => point.W);

    public double PowerW(double energyWh)
    {
        int piece = PieceOf(energyWh);
        return At(piece, Math.Clamp(energyWh, 0, _points[^1].Wh));
    }

    /// <summary>
    /// The time between two energies. Where power runs from p to q over E Wh in a straight line,
    /// dE/dt = P(E) integrates to t = E / (q - p) * ln(q / p); where it is level, t = E / p.
    /// </summary>
    public TimeSpan TimeBetween(double fromWh, double toWh)
    {
        double from = Math.Clamp(fromWh, 0, _points[^1].Wh);
        double to = Math.Clamp(toWh, 0, _points[^1].Wh);
        double hours = 0;
        for (int piece = 0; piece + 1 < _points.Length; piece++)
        {
            double start = Math.Max(from, _points[piece].Wh);
            double end = Math.Min(to, _points[piece + 1].Wh);
            if (end > start)
            {
                hours += Hours(end - start, At(piece, start), At(piece, end));
            }
        }

        return TimeSpan.FromMilliseconds((long)Math.Ceiling(hours * 3_600_000), 0);
    }

    private static double Hours(double energyWh, double startW, double endW)
    {
        double change = (endW - startW) / startW;

        // Below this change the logarithm loses more digits than the mean of both powers.
        return Math.Abs(change) < 1e-6
            ? energyWh * 2 / (startW + endW)
            : energyWh / (endW - startW) * Math.Log(endW / startW);
    }

    private static double Ac(int carPowerMaxW, PowerType type, int connectorPowerMaxW)
    {
        // A three-phase on-board charger takes a third of its power from one phase.
        int carW = type == PowerType.Ac1Phase ? carPowerMaxW / 3 : carPowerMaxW;
        return Math.Min(carW, connectorPowerMaxW);
    }

    private static ImmutableArray<(double Wh, double W)> Flat(int batteryWh, double powerW) =>
        [(0, powerW), (batteryWh, powerW)];

    /// <summary>
    /// The car's curve cut at the connector's power, with a point where the cut begins.
    /// </summary>
    private static ImmutableArray<(double Wh, double W)> CapDc(VehicleModel car, int capW)
    {
        List<(double Wh, double W)> points = [];
        for (int i = 0; i < car.DcCurve.Length; i++)
        {
            CurvePoint point = car.DcCurve[i];
            double wh = car.BatteryWh * (point.SocPermille / 1000.0);
            if (i > 0)
            {
                CurvePoint before = car.DcCurve[i - 1];
                double share = (double)(capW - before.PowerW) / (point.PowerW - before.PowerW);
                if (share is > 0 and < 1)
                {
                    double beforeWh = car.BatteryWh * (before.SocPermille / 1000.0);
                    points.Add((beforeWh + (share * (wh - beforeWh)), capW));
                }
            }

            points.Add((wh, Math.Min(point.PowerW, capW)));
        }

        return [.. points];
    }

    private int PieceOf(double energyWh)
    {
        int piece = 0;
        while (piece + 2 < _points.Length && _points[piece + 1].Wh <= energyWh)
        {
            piece++;
        }

        return piece;
    }

    private double At(int piece, double energyWh)
    {
        (double fromWh, double fromW) = _points[piece];
        (double toWh, double toW) = _points[piece + 1];
        return fromW + ((energyWh - fromWh) / (toWh - fromWh) * (toW - fromW));
    }
}
