using Tomada.DeviceApi;
using Tomada.Routing;

namespace Tomada.Node.Trips;

/// <summary>
/// Plans over what the ledger offers at this moment and what this company's EVSEs show. Drives
/// between sites are kept for as long as sites, roads and the car's class stay, and answers while
/// nothing changed. Several may ask at once; they are served one after the other.
/// </summary>
/// <param name="roads">The company's road graph.</param>
public sealed class RoutePlanning(RoadGraph roads)
{
    private readonly Lock _planning = new();
    private readonly SiteCatalog _sites = new(roads);
    private readonly AnswerCache _answers = new();

    /// <summary>How many answers were given without planning.</summary>
    public int AnswersAgain => _answers.Hits;

    /// <summary>How many tables of drives were made.</summary>
    public int LegTablesMade => _sites.LegTablesMade;

    /// <summary>
    /// Answers a plan request; a refusal names the field or says what would help.
    /// </summary>
    public Reply Plan(MessageId re, PlanRequest request, PlanWorld world) =>
        PlanReading.TryRead(request, world.Now, out TripQuery? query, out string? why)
            ? Answer(re, Plan(query, world))
            : Reply.Refused(re, ReplyCode.Invalid, why);

    /// <summary>Plans a query; the answer is one of now, kept or not.</summary>
    public PlanResult Plan(TripQuery query, PlanWorld world)
    {
        lock (_planning)
        {
            string key = KeyOf(query);
            if (_answers.Find(key, world) is { } known)
            {
                return known;
            }

            if (_sites.PlannerOf(world.State, out string? why) is not { } planner)
            {
                return new PlanResult.InvalidQuery("sites", why!);
            }

            PlanResult answer = planner.Plan(query, world.View());
            _answers.Keep(key, world, answer);
            return answer;
        }
    }

    private static Reply Answer(MessageId re, PlanResult result) => result switch
    {
        PlanResult.Found found => Reply.Done(re, PlanBodies.Fit(found.Plans)),
        PlanResult.InvalidQuery { Field: "sites" } invalid =>
            Reply.Refused(re, ReplyCode.Unavailable, invalid.Why),
        PlanResult.InvalidQuery invalid =>
            Reply.Refused(re, ReplyCode.Invalid, $"body.{invalid.Field}: {invalid.Why}"),
        PlanResult.NoRoad none => Reply.Refused(
            re, ReplyCode.NotFound, $"no road leads from {none.From} to {none.To}"),
        PlanResult.NoPlan none => Reply.Refused(re, ReplyCode.NotFound, Explain(none)),
        PlanResult.SearchTooLarge => Reply.Refused(
            re, ReplyCode.Unavailable, "the journey has too many possible plans"),
        _ => throw new System.Diagnostics.UnreachableException(result.GetType().Name),
    };

    /// <summary>Which drive fails and what would help, in at most the characters of a reason.
    /// </summary>
    public static string Explain(PlanResult.NoPlan none)
    {
        FailingLeg at = none.Failing;
        string problem =
            $"from {at.From} to {at.To} takes {at.NeedWh} Wh; at most {at.HaveWh} Wh are left";
        string changes = string.Join(", or ", none.Changes);
        string whole = changes.Length == 0 ? problem : $"{problem}; it would help to {changes}";
        return whole[..Math.Min(DeviceLimits.TextMax, whole.Length)];
    }

    /// <summary>
    /// A query in words: every field, lists item by item; a car by all that its model says.
    /// </summary>
    private static string KeyOf(TripQuery query) => string.Join(
        '|',
        query with { Vias = [], Connectors = [], PreferCompanies = [], AvoidCompanies = [] },
        string.Join(',', query.Vias),
        string.Join(',', query.Connectors),
        string.Join(',', query.PreferCompanies),
        string.Join(',', query.AvoidCompanies),
        string.Join(',', query.AvoidEvses),
        string.Join(',', query.Vehicle.DcCurve),
        string.Join(',', query.Vehicle.Connectors));
}
