using System.Collections.Immutable;
using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>A point of a DC curve; between two points the power runs in a straight line.</summary>
/// <param name="SocPermille">State of charge, 0 to 1000 permille.</param>
/// <param name="PowerW">Strongest power there, in W; at least 1000.</param>
public sealed record CurvePoint(int SocPermille, int PowerW)
{
    public static Codec<CurvePoint> Codec { get; } = RecordCodec<CurvePoint>.Part()
        .Field(1, "socPermille", point => point.SocPermille, Codecs.Int(0, 1000))
        .Field(2, "powerW", point => point.PowerW, Codecs.Int(1_000, RoutingLimits.PowerMaxW));

    /// <summary>
    /// A whole curve: ascending, its first point at 0 and its last at 1000 permille.
    /// </summary>
    public static Codec<ImmutableArray<CurvePoint>> CurveCodec { get; } =
        Codecs.List(Codec, 2, RoutingLimits.CurvePointsMax).Convert(
            points => IsCurve(points)
                ? points
                : throw new FormatException("The points are not a curve."),
            points => points,
            "points of ascending socPermille from 0 to 1000");

    private static bool IsCurve(ImmutableArray<CurvePoint> points)
    {
        for (int i = 1; i < points.Length; i++)
        {
            if (points[i].SocPermille <= points[i - 1].SocPermille)
            {
                return false;
            }
        }

        return points[0].SocPermille == 0 && points[^1].SocPermille == 1000;
    }
}
