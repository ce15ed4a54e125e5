using NetTopologySuite.Geometries;
using NetTopologySuite.Index.Strtree;
using Tomada.Routing;

namespace Tomada.Node.Trips;

/// <summary>
/// The places of a road graph by where they lie: the nearest one to a position is found without
/// looking at all of them. Safe for several readers at once.
/// </summary>
public sealed class RoadSnap
{
    /// <summary>Metres of one degree of latitude, a little too few: no place is missed.</summary>
    private const double DegreeM = 111_000;

    private const double FirstLookM = 500;
    private const double WholeTurn = 360;
    private const double HalfTurn = 180;

    private readonly STRtree<Place> _tree = new();

    public RoadSnap(RoadGraph roads)
    {
        foreach (Place place in roads.StopPlaces)
        {
            _tree.Insert(
                new Envelope(new Coordinate(Longitude(place.At), Latitude(place.At))), place);
        }

        // The tree is made at the first look, which is then not the readers'.
        _tree.Build();
    }

    /// <summary>
    /// The nearest place that a journey may stop at, by the great circle; at a tie the first by id.
    /// Null when none lies within so many metres.
    /// </summary>
    public Place? Nearest(GeoPoint at, double withinM)
    {
        for (double lookM = Math.Min(FirstLookM, withinM); ; lookM = Math.Min(4 * lookM, withinM))
        {
            Place? best = Within(at, lookM).OrderBy(place => place.At.DistanceM(at))
                .ThenBy(place => place.Id).FirstOrDefault();
            if (best is not null && best.At.DistanceM(at) <= lookM)
            {
                return best;
            }

            if (lookM >= withinM)
            {
                return null;
            }
        }
    }

    /// <summary>All places within so many metres, and some beyond: those of a box around.</summary>
    private IEnumerable<Place> Within(GeoPoint at, double lookM)
    {
        double high = lookM / DegreeM;
        double latitude = Latitude(at);
        double farthest = Math.Min(90, Math.Abs(latitude) + high);

        // Meridians draw together towards the poles; over one of them every longitude is near.
        double shrink = Math.Cos(farthest * Math.PI / HalfTurn);
        double wide = shrink * HalfTurn <= high ? HalfTurn : high / shrink;
        double longitude = Longitude(at);
        foreach (double turn in (double[])[0, -WholeTurn, WholeTurn])
        {
            (double west, double east) = (longitude - wide + turn, longitude + wide + turn);
            if (east >= -HalfTurn && west <= HalfTurn)
            {
                foreach (Place place in _tree.Query(
                    new Envelope(west, east, latitude - high, latitude + high)))
                {
                    yield return place;
                }
            }
        }
    }

    private static double Latitude(GeoPoint at) => at.LatitudeMicrodegrees / 1e6;

    private static double Longitude(GeoPoint at) => at.LongitudeMicrodegrees / 1e6;
}
