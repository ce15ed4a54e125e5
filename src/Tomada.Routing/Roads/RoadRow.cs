namespace Tomada.Routing;

/// <summary>What is special about a stretch of road.</summary>
[Flags]
public enum RoadTraits
{
    /// <summary>An ordinary road.</summary>
    None = 0,

    /// <summary>Using it costs a toll.</summary>
    Toll = 1,

    /// <summary>A ferry carries the car: the battery gives nothing.</summary>
    Ferry = 2,
}

/// <summary>One direction of a stretch of road, between nodes by their numbers.</summary>
/// <param name="From">The node that it leaves.</param>
/// <param name="To">The node that it leads to; another one.</param>
/// <param name="LengthM">Metres: 1 to <see cref="RoutingLimits.RoadLengthMaxM"/>.</param>
/// <param name="SpeedKmh">Typical speed of a car on it, in km/h.</param>
/// <param name="Highway">The number of its sign or name in the list of them.</param>
/// <param name="Traits">What is special about it.</param>
public readonly record struct RoadRow(
    int From, int To, int LengthM, int SpeedKmh, int Highway, RoadTraits Traits)
    : IComparable<RoadRow>
{
    private const RoadTraits AllTraits = RoadTraits.Toll | RoadTraits.Ferry;

    /// <summary>By where they leave, then by where they lead to, then by all the rest.</summary>
    public int CompareTo(RoadRow other) =>
        From != other.From ? From.CompareTo(other.From)
        : To != other.To ? To.CompareTo(other.To)
        : LengthM != other.LengthM ? LengthM.CompareTo(other.LengthM)
        : SpeedKmh != other.SpeedKmh ? SpeedKmh.CompareTo(other.SpeedKmh)
        : Highway != other.Highway ? Highway.CompareTo(other.Highway)
        : ((int)Traits).CompareTo((int)other.Traits);

    /// <summary>What is wrong with it, or null.</summary>
    internal string? WhyNot(int nodes, int highways) =>
        (uint)From >= (uint)nodes || (uint)To >= (uint)nodes || From == To
            ? "does not join two known places"
            : LengthM is < 1 or > RoutingLimits.RoadLengthMaxM
                ? $"is {LengthM} m long; allowed are 1 to {RoutingLimits.RoadLengthMaxM}"
                : SpeedKmh is < RoutingLimits.SpeedMinKmh or > RoutingLimits.SpeedMaxKmh
                    ? $"has a speed of {SpeedKmh} km/h; allowed are "
                        + $"{RoutingLimits.SpeedMinKmh} to {RoutingLimits.SpeedMaxKmh}"
                    : (uint)Highway >= (uint)highways || (Traits & ~AllTraits) != 0
                        ? "has a name or a trait that is not known"
                        : null;

    public static bool operator <(RoadRow left, RoadRow right) => left.CompareTo(right) < 0;

    public static bool operator >(RoadRow left, RoadRow right) => left.CompareTo(right) > 0;

    public static bool operator <=(RoadRow left, RoadRow right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RoadRow left, RoadRow right) => left.CompareTo(right) >= 0;
}
