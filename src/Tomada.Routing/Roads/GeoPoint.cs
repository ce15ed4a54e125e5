using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>A position in WGS 84, in millionths of a degree; north and east are positive.</summary>
public readonly record struct GeoPoint(int LatitudeMicrodegrees, int LongitudeMicrodegrees)
{
    /// <summary>Mean radius of the earth in metres (IUGG R1).</summary>
    private const double EarthRadiusM = 6_371_008.8;

    public static Codec<GeoPoint> Codec { get; } = RecordCodec<GeoPoint>.Part()
        .Field(1, "latitude", at => at.LatitudeMicrodegrees, Codecs.Int(-90_000_000, 90_000_000))
        .Field(
            2, "longitude", at => at.LongitudeMicrodegrees, Codecs.Int(-180_000_000, 180_000_000));

    /// <summary>The great-circle distance in metres, by the haversine formula.</summary>
    public double DistanceM(GeoPoint other)
    {
        double latitude = Radians(LatitudeMicrodegrees);
        double otherLatitude = Radians(other.LatitudeMicrodegrees);
        double sinLatitude = Math.Sin((otherLatitude - latitude) / 2);
        double sinLongitude = Math.Sin(
            Radians((long)other.LongitudeMicrodegrees - LongitudeMicrodegrees) / 2);
        double h = (sinLatitude * sinLatitude)
            + (Math.Cos(latitude) * Math.Cos(otherLatitude) * sinLongitude * sinLongitude);
        return 2 * EarthRadiusM * Math.Asin(Math.Min(1, Math.Sqrt(h)));
    }

    private static double Radians(long microdegrees) => microdegrees * Math.PI / 180_000_000;
}
