using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// Why no plan exists, and which single changes would make one; each was tried, so it does.
/// </summary>
internal sealed class NoPlanAdvice
{
    private static readonly TimeSpan s_longWait = TimeSpan.FromHours(24);

    private readonly TripQuery _query;
    private readonly Func<TripQuery, BestPlan> _search;

    private NoPlanAdvice(TripQuery query, Func<TripQuery, BestPlan> search)
    {
        _query = query with { PlansMax = 1 };
        _search = search;
    }

    /// <param name="journey">The journey without a plan.</param>
    /// <param name="search">Searches another query.</param>
    public static PlanResult.NoPlan For(Journey journey, Func<TripQuery, BestPlan> search)
    {
        NoPlanAdvice advice = new(journey.Query, search);
        PlanChange?[] changes =
        [
            advice.StartSoc(),
            advice.ReserveSoc(),
            advice.ArrivalSoc(),
            advice.Wait(),
            advice.PriceCap(),
            advice.PricePerKwhCap(),
            advice.Stops(),
            advice.AllowAvoided(),
            advice.AnyConnector(),
        ];
        return new PlanResult.NoPlan(
            FailingDrive.Of(search(journey.Query)), [.. changes.OfType<PlanChange>()]);
    }

    private TripPlan? Plan(TripQuery query) => _search(query) is { End: { } end, Journey: var at }
        ? PlanReader.Read(at, end)
        : null;

    private bool IsEnough(TripQuery query) => _search(query).End is not null;

    /// <summary>
    /// More charge never loses a plan, so halving finds the least that is enough.
    /// </summary>
    private PlanChange.StartSoc? StartSoc()
    {
        int? least = Halve(
            _query.StartSocPermille,
            1000,
            permille => _query with { StartSocPermille = permille });
        return least is { } found ? new PlanChange.StartSoc(found) : null;
    }

    private PlanChange.ReserveSoc? ReserveSoc()
    {
        int? most = Halve(
            _query.ReserveSocPermille,
            0,
            permille => _query with
            {
                ReserveSocPermille = permille,
                ArrivalSocPermille = _query.ArrivalSocPermille ?? _query.ReserveSocPermille,
            });
        return most is { } found ? new PlanChange.ReserveSoc(found) : null;
    }

    private PlanChange.ArrivalSoc? ArrivalSoc()
    {
        int? most = Halve(
            _query.ArrivalSocPermille ?? _query.ReserveSocPermille,
            0,
            permille => _query with { ArrivalSocPermille = permille });
        return most is { } found ? new PlanChange.ArrivalSoc(found) : null;
    }

    /// <summary>
    /// The value nearest to the first that is enough; null when even the second is not.
    /// </summary>
    private int? Halve(int notEnough, int enough, Func<int, TripQuery> with)
    {
        if (notEnough == enough || !IsEnough(with(enough)))
        {
            return null;
        }

        while (Math.Abs(enough - notEnough) > 1)
        {
            int middle = (notEnough + enough) / 2;
            (notEnough, enough) = IsEnough(with(middle)) ? (notEnough, middle) : (middle, enough);
        }

        return enough;
    }

    private PlanChange.Wait? Wait() => _query.WaitMax < s_longWait
        && Plan(_query with { WaitMax = s_longWait }) is { } plan
            ? new PlanChange.Wait(plan.Stops.Max(stop => stop.Waiting))
            : null;

    private PlanChange.PriceCap? PriceCap() => _query.PriceMax is not null
        && Plan(_query with { PriceMax = null, Objective = Objective.Cheapest, GapPermille = 0 })
            is { } plan
            ? new PlanChange.PriceCap(plan.Price)
            : null;

    private PlanChange.PricePerKwhCap? PricePerKwhCap() => _query.PricePerKwhMax is not null
        && Plan(_query with { PricePerKwhMax = null, Objective = Objective.Cheapest }) is { } plan
            ? new PlanChange.PricePerKwhCap(new Money(
                plan.Stops.Max(stop =>
                    ((stop.Price.Amount * 1000) + stop.EnergyWh - 1) / stop.EnergyWh),
                plan.Price.Currency))
            : null;

    private PlanChange.Stops? Stops()
    {
        for (int stops = _query.StopsMax + 1; stops <= RoutingLimits.StopsMax; stops++)
        {
            if (IsEnough(_query with { StopsMax = stops }))
            {
                return new PlanChange.Stops(stops);
            }
        }

        return null;
    }

    private PlanChange.AllowAvoided? AllowAvoided()
    {
        TripQuery open = _query with { AvoidCompanies = [], AvoidEvses = [] };
        return (_query.AvoidCompanies.Count > 0 || _query.AvoidEvses.Count > 0)
            && Plan(open) is { } plan
            ? new PlanChange.AllowAvoided([.. plan.Stops
                .Where(stop => _query.AvoidCompanies.Contains(stop.Owner)
                    || _query.AvoidEvses.Contains(stop.Evse))
                .Select(stop => stop.Owner)])
            : null;
    }

    private PlanChange.AnyConnector? AnyConnector() => !_query.Connectors.IsEmpty
        && Plan(_query with { Connectors = [] }) is { } plan
            ? new PlanChange.AnyConnector([.. plan.Stops
                .Select(stop => stop.Connector.Standard)
                .Where(plug => !_query.Connectors.Contains(plug)).Distinct().Order()])
            : null;
}
