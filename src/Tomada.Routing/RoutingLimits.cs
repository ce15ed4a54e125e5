namespace Tomada.Routing;

/// <summary>
/// Every bound of this project. Data beyond a bound is refused with the field's name.
/// </summary>
public static class RoutingLimits
{
    /// <summary>Most places of a road graph; a larger list is refused.</summary>
    public const int PlacesMax = 500_000;

    /// <summary>Most roads of a road graph; a larger list is refused.</summary>
    public const int RoadsMax = 1_500_000;

    /// <summary>Most nodes of a graph file; a larger one is refused.</summary>
    public const int GraphNodesMax = 2_000_000;

    /// <summary>Most edges of a graph file, one for each direction; more are refused.</summary>
    public const int GraphEdgesMax = 5_000_000;

    /// <summary>Longest sign or name of a road, in bytes of UTF-8; a longer one is refused.
    /// </summary>
    public const int HighwayBytesMax = 40;

    /// <summary>Longest road, in metres; a longer one is refused.</summary>
    public const int RoadLengthMaxM = 2_000_000;

    /// <summary>Slowest typical speed of a road, in km/h.</summary>
    public const int SpeedMinKmh = 5;

    /// <summary>Fastest typical speed of a road, in km/h.</summary>
    public const int SpeedMaxKmh = 150;

    /// <summary>Most sites the planner is given; a longer list is refused.</summary>
    public const int SitesMax = 20_000;

    /// <summary>Most EVSEs of a site; a longer list is refused.</summary>
    public const int EvsesPerSiteMax = 200;

    /// <summary>Most connectors of an EVSE; a longer list is refused.</summary>
    public const int ConnectorsPerEvseMax = 8;

    /// <summary>Strongest connector, in W.</summary>
    public const int PowerMaxW = 1_500_000;

    /// <summary>Largest usable battery, in Wh.</summary>
    public const int BatteryMaxWh = 1_000_000;

    /// <summary>Most points of a DC curve; a longer list is refused.</summary>
    public const int CurvePointsMax = 64;

    /// <summary>
    /// Most labels of one search. At the bound the search for the fastest plan answers "too large",
    /// the one for the cheapest answers with the fastest.
    /// </summary>
    public const int LabelsMax = 200_000;

    /// <summary>Most plans of one answer.</summary>
    public const int PlansMax = 5;

    /// <summary>Most alternatives for a lost stop; the soonest charged are kept.</summary>
    public const int AlternativesMax = 3;

    /// <summary>
    /// Farthest alternative, in metres as the crow flies; a farther one is left out.
    /// </summary>
    public const int AlternativeDistanceMaxM = 60_000;

    /// <summary>
    /// How fast a car gets to an alternative, in metres a second as the crow flies: about 50 km/h.
    /// </summary>
    public const double AlternativeSpeedMps = 14;

    /// <summary>Most stops of one plan: the legs that one trip may have.</summary>
    public const int StopsMax = 16;

    /// <summary>Longest wait for an alternative; one that is free later is left out.</summary>
    public static TimeSpan AlternativeWaitMax { get; } = TimeSpan.FromHours(2);

    /// <summary>Windows start and end on multiples of this, counted from 1970 in UTC.</summary>
    public static TimeSpan Grid { get; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// At least so much of a window lies before charging starts: the car may be early.
    /// </summary>
    public static TimeSpan SlackBefore { get; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// At least so much of a window lies after charging ends: the car may be late.
    /// </summary>
    public static TimeSpan SlackAfter { get; } = TimeSpan.FromMinutes(20);

    /// <summary>From arrival until power flows: parking, cable, identification.</summary>
    public static TimeSpan PlugIn { get; } = TimeSpan.FromMinutes(3);

    /// <summary>From the last watt until the car drives on.</summary>
    public static TimeSpan PlugOut { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest window; an EVSE that would need a longer one is not used.</summary>
    public static TimeSpan WindowMax { get; } = TimeSpan.FromHours(12);

    /// <summary>
    /// Battery kept above the reserve at the next arrival, in permille of the battery.
    /// </summary>
    public const int MarginPermille = 20;

    /// <summary>
    /// Longest duration of a plan that is best in something else, in permille of the fastest one's.
    /// </summary>
    public const int OtherDurationPermille = 1500;

    /// <summary>How far alternatives may be from the best of their kind, in permille.</summary>
    public const int AlternativeGapPermille = 30;

    /// <summary>Most places to pass on a journey; a longer list is refused.</summary>
    public const int ViasMax = 8;

    /// <summary>Longest stay at a place on the way; a longer one is refused.</summary>
    public static TimeSpan StayMax { get; } = TimeSpan.FromHours(48);

    /// <summary>Longest drive without a stop; none that takes longer is planned.</summary>
    public static TimeSpan DriveMax { get; } = TimeSpan.FromDays(7);

    /// <summary>Most load beside the driver, in kg.</summary>
    public const int PayloadMaxKg = 5_000;

    /// <summary>Coldest outside temperature, in degrees Celsius.</summary>
    public const int TemperatureMinC = -40;

    /// <summary>Hottest outside temperature, in degrees Celsius.</summary>
    public const int TemperatureMaxC = 55;

    /// <summary>
    /// What a stop at a company that is not preferred must be worth, when some are.
    /// </summary>
    public static TimeSpan PreferenceWorth { get; } = TimeSpan.FromMinutes(10);

    /// <summary>What a stop at an EVSE of unknown state must be worth.</summary>
    public static TimeSpan DoubtWorth { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Parts that a leg table is made in at most; each needs memory for all nodes.
    /// </summary>
    public const int LegPartsMax = 16;

    /// <summary>Stops that are worth a part of their own.</summary>
    public const int StopsPerPart = 50;

    /// <summary>
    /// Most leg tables that are kept; beyond it the one that was not used for longest is dropped.
    /// </summary>
    public const int LegTablesMax = 8;

    /// <summary>
    /// Stops of the best plan that alternatives leave out, one each; later stops are not left out.
    /// </summary>
    public const int LeftOutMax = 6;

    /// <summary>Most other EVSEs that are named for a stop.</summary>
    public const int OtherStopsMax = 3;

    /// <summary>
    /// Arrivals within one such step are alike to a search that counts more than time.
    /// </summary>
    public static TimeSpan AlikeTimeStep { get; } = TimeSpan.FromMinutes(15);
}
