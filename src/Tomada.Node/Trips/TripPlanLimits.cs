namespace Tomada.Node.Trips;

/// <summary>Every bound of a node's trip planning.</summary>
public static class TripPlanLimits
{
    /// <summary>
    /// A site farther than this from every place of the road graph is not planned with.
    /// </summary>
    public const double SiteDistanceMaxM = 60_000;

    /// <summary>
    /// Answers that are kept; beyond it the one that was not asked for longest is dropped.
    /// </summary>
    public const int AnswersKept = 256;

    /// <summary>
    /// Edges of one drive in a reply; beyond it stretches of one highway at one speed are joined.
    /// </summary>
    public const int EdgesShownMax = 100;

    /// <summary>
    /// An EVSE that a car stands at, or that is blocked, is taken to be so for this long beyond
    /// what its calendar says.
    /// </summary>
    public static TimeSpan OccupiedAssumed { get; } = TimeSpan.FromMinutes(30);
}
