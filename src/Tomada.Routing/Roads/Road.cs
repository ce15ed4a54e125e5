using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>A stretch of highway between two places.</summary>
/// <param name="From">One end.</param>
/// <param name="To">The other end.</param>
/// <param name="Highway">Its sign, as BR-101.</param>
/// <param name="LengthM">Metres along the road: 1 to
/// <see cref="RoutingLimits.RoadLengthMaxM"/>.</param>
/// <param name="SpeedKmh">Typical speed of a car on it, in km/h.</param>
/// <param name="OneWay">True: driven from its first end to its other end alone; absent: both
/// ways.</param>
public sealed record Road(
    PlaceId From, PlaceId To, string Highway, int LengthM, int SpeedKmh, bool? OneWay = null)
{
    public static Codec<Road> Codec { get; } = RecordCodec<Road>.Part()
        .Field(1, "from", road => road.From, PlaceId.Codec)
        .Field(2, "to", road => road.To, PlaceId.Codec)
        .Field(3, "highway", road => road.Highway, Codecs.Text(1, RoutingLimits.HighwayBytesMax))
        .Field(4, "lengthM", road => road.LengthM, Codecs.Int(1, RoutingLimits.RoadLengthMaxM))
        .Field(
            5,
            "speedKmh",
            road => road.SpeedKmh,
            Codecs.Int(RoutingLimits.SpeedMinKmh, RoutingLimits.SpeedMaxKmh))
        .OptionalValue(6, "oneWay", road => road.OneWay, Codecs.Bool);
}
