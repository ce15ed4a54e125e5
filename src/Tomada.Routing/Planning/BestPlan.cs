namespace Tomada.Routing;

/// <summary>
/// The searches of one query. A hasty one for the fastest plan comes first: what it finds bounds a
/// careful one, which then looks at little. What is best in something else is sought among plans
/// that take not much longer than the fastest.
/// </summary>
internal sealed class BestPlan
{
    private const int HastyGapPermille = 500;

    /// <summary>
    /// An hour is worth 30.00 of the currency: for an alternative between fast and cheap.
    /// </summary>
    private static readonly CostWeights s_balanced = new(0, 0, 1_200);

    private readonly CostAhead _time;
    private readonly SearchAim _aim;

    /// <summary>When any plan must have arrived: the fastest one's time and half of it again.
    /// </summary>
    private readonly long _latestMs;

    public BestPlan(Journey journey)
    {
        Journey = journey;
        _time = new CostAhead(journey, default);
        _aim = new SearchAim(
            default,
            _time,
            _time,
            long.MaxValue,
            CostAhead.Never - 1,
            journey.Query.GapPermille);
        if (!_time.IsPossible)
        {
            return;
        }

        SearchEnd fastest = Search(_aim);
        IsTooLarge = fastest.IsTooLarge;
        End = fastest.End;
        _latestMs = End is null ? long.MaxValue : LatestMs(End);
        if (End is { } some && journey.Query.Objective != Objective.Fastest)
        {
            _aim = OtherAim(CostWeights.Of(journey.Query.Objective), some);
            End = Search(_aim).End ?? some;
        }
    }

    public Journey Journey { get; }

    /// <summary>Whether the search gave up before it found any plan.</summary>
    public bool IsTooLarge { get; }

    /// <summary>The end of the best plan; null when there is none.</summary>
    public Label? End { get; }

    /// <summary>
    /// The best plan, and those that leave out one of its sites, in the order of the objective;
    /// each stops at other sites. Where these are few, one that weighs time and money comes too.
    /// </summary>
    public IEnumerable<Label> Ranked()
    {
        SortedSet<string> known = new(StringComparer.Ordinal) { SitesOf(End!) };
        List<Label> others = [];
        foreach (SearchAim aim in Journey.Query.PlansMax == 1 ? [] : Alternatives(End!))
        {
            bool isEnough = others.Count >= Math.Min(2, Journey.Query.PlansMax - 1);
            if (aim.Without is null && isEnough)
            {
                continue;
            }

            if (Search(aim).End is { } other && known.Add(SitesOf(other)))
            {
                others.Add(other);
            }
        }

        CostWeights weights = CostWeights.Of(Journey.Query.Objective);
        return others.OrderBy(each => CostOf(each, weights)).ThenBy(each => each.Price)
            .Take(Journey.Query.PlansMax - 1).Prepend(End!);
    }

    /// <summary>How far the car gets when there is no plan.</summary>
    public SearchEnd Explore() => PlanSearch.Run(Journey, _aim with { IsExploring = true });

    private SearchEnd Search(SearchAim aim)
    {
        SearchEnd hasty = PlanSearch.Run(
            Journey, aim with { GapPermille = Math.Max(aim.GapPermille, HastyGapPermille) });
        return hasty.End is { } some
            && PlanSearch.Run(Journey, aim with { CostMax = some.Cost }) is
            { End: not null } careful
            ? careful
            : hasty;
    }

    private IEnumerable<SearchAim> Alternatives(Label best)
    {
        long worst = best.Cost + (_latestMs - best.TimeMs);
        SearchAim aim = _aim with
        {
            LatestMs = _latestMs,
            CostMax = _aim.Weights.IsTimeAlone ? worst : CostAhead.Never - 1,
            GapPermille =
                Math.Max(RoutingLimits.AlternativeGapPermille, Journey.Query.GapPermille),
        };
        foreach (Label stop in StopsOf(best).Take(RoutingLimits.LeftOutMax))
        {
            yield return aim with
            {
                Without = stop.Charge!.Option.Site.Evses.Select(evse => evse.Id).ToHashSet(),
            };
        }

        if (Journey.Query.Objective == Objective.Fastest)
        {
            yield return OtherAim(s_balanced, best) with
            {
                GapPermille = RoutingLimits.AlternativeGapPermille,
            };
        }
    }

    private SearchAim OtherAim(CostWeights weights, Label fastest)
    {
        // Each drive's cost was rounded down by itself.
        long cost = CostOf(fastest, weights) + (2 * RoutingLimits.StopsMax);
        return new SearchAim(
            weights,
            new CostAhead(Journey, weights),
            _time,
            LatestMs(fastest),
            cost,
            Journey.Query.GapPermille);
    }

    private long LatestMs(Label best)
    {
        long departureMs = Journey.Query.Departure.UnixMs;
        return departureMs
            + ((best.TimeMs - departureMs) * RoutingLimits.OtherDurationPermille / 1000);
    }

    private long CostOf(Label end, CostWeights weights)
    {
        int drivenWh = Journey.StartWh - end.EnergyWh;
        long aversionMs = 0;
        foreach (Label stop in StopsOf(end))
        {
            drivenWh += stop.EnergyWh - stop.Parent!.EnergyWh;
            aversionMs += stop.Charge!.Option.AversionMs;
        }

        return (end.TimeMs - Journey.Query.Departure.UnixMs) + aversionMs
            + (long)(drivenWh * weights.DrivenWhMs)
            + (end.Stops * weights.StopMs)
            + (long)(end.Price * weights.MinorMs);
    }

    private static List<Label> StopsOf(Label end)
    {
        List<Label> stops = [];
        for (Label? at = end; at is not null; at = at.Parent)
        {
            if (at.Charge is not null)
            {
                stops.Add(at);
            }
        }

        stops.Reverse();
        return stops;
    }

    private static string SitesOf(Label end) =>
        string.Join(' ', StopsOf(end).Select(stop => stop.Charge!.Option.Site.Id));
}
