using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>
/// For each stop of a plan the EVSEs that could serve instead while everything else stays: the car
/// comes to the next stop with as much energy, and not so late that its window would not do.
/// </summary>
internal sealed class OtherStops
{
    /// <summary>How late the car may be when no other stop comes after.</summary>
    private static readonly TimeSpan s_lateAtEnd = TimeSpan.FromHours(2);

    private readonly Journey _journey;
    private readonly HashSet<EvseId> _used;

    private OtherStops(Journey journey, TripPlan plan)
    {
        _journey = journey;
        _used = [.. plan.Stops.Select(stop => stop.Evse)];
    }

    public static TripPlan AddTo(Journey journey, Label end, TripPlan plan)
    {
        OtherStops others = new(journey, plan);
        List<PlanStop> stops = [];
        TimeSpan late = s_lateAtEnd;
        Label next = end;
        for (Label at = end; at.Parent is { } parent; at = parent)
        {
            if (at.Charge is not null)
            {
                PlanStop stop = plan.Stops[^(stops.Count + 1)];
                stops.Add(stop with { Others = others.For(at, next, late) });
                TimeSpan spare = stop.Window.Until.Since(stop.ChargeUntil)
                    - RoutingLimits.SlackBefore;
                late = spare < late ? spare : late;
                next = parent;
            }
            else if (journey.IsOrigin(at.State))
            {
                next = at;
            }
        }

        stops.Reverse();
        return plan with { Stops = [.. stops] };
    }

    /// <param name="stop">The stop, charged.</param>
    /// <param name="next">Where the car comes then.</param>
    /// <param name="late">How much later it may be there.</param>
    private ImmutableArray<OtherStop> For(Label stop, Label next, TimeSpan late)
    {
        Label before = stop.Parent!.Parent!;
        (int number, int at) = _journey.Of(stop.State);
        Dictionary<int, Leg> onward = [];
        foreach (Leg leg in Onward(number, next))
        {
            onward.TryAdd(leg.Stop, leg);
        }

        List<(long SoonestMs, Way Way)> ways = [];
        foreach (Leg leg in Toward(before))
        {
            int stopState = _journey.StateOf(number, leg.Stop);
            if (leg.By == Shortest.Time && onward.TryGetValue(leg.Stop, out Leg then)
                && _journey.Options[leg.Stop] is { } options
                && before.EnergyWh - leg.EnergyWh >= _journey.LeastWhAt(stopState))
            {
                ways.AddRange(options.Select(option => WayOf(before, next, option, leg, then)));
            }
        }

        long latestMs = next.TimeMs + (long)late.TotalMilliseconds;
        return
        [
            .. ways.Where(each => each.SoonestMs <= latestMs).OrderBy(each => each.SoonestMs)
                .Take(RoutingLimits.OtherStopsMax * 4)
                .SelectMany(each => Serve(each.Way, before, next))
                .Where(other => other.Later <= late)
                .OrderBy(other => other.Later).ThenBy(other => other.Evse)
                .Take(RoutingLimits.OtherStopsMax),
        ];
    }

    private Leg[] Toward(Label before)
    {
        (int number, int stop) = _journey.Of(before.State);
        return stop == _journey.StopCount
            ? _journey.Segments[number].First
            : [.. _journey.Legs.From(stop), new Leg(stop, 0, 0, Shortest.Time)];
    }

    /// <summary>Drives from stops to where the car comes next, by the stop they leave.</summary>
    private IEnumerable<Leg> Onward(int number, Label next)
    {
        if (!_journey.IsOrigin(next.State))
        {
            return [.. _journey.Legs.To(_journey.Of(next.State).Stop)];
        }

        Leg[]?[] last = _journey.Segments[number].Last;
        return Enumerable.Range(0, last.Length).SelectMany(
            stop => (last[stop] ?? []).Select(leg => leg with { Stop = stop }));
    }

    private (long SoonestMs, Way Way) WayOf(
        Label before, Label next, StopOption option, Leg leg, Leg then)
    {
        // At a via place the car stays; its label is of when it drives on.
        long stayMs = _journey.IsOrigin(next.State)
            ? _journey.StayMs(_journey.Of(next.State).Segment)
            : 0;
        Way way = new(
            option,
            before.TimeMs + leg.TimeMs,
            before.EnergyWh - leg.EnergyWh,
            next.EnergyWh + then.EnergyWh,
            then.TimeMs + stayMs);
        long soonestMs = way.ArrivalMs + way.OnwardMs
            + (RoutingLimits.PlugIn + RoutingLimits.PlugOut).Ticks / TimeSpan.TicksPerMillisecond;
        return (way.DepartureWh <= _journey.ChargeMaxWh && way.DepartureWh > way.ArrivalWh
            ? soonestMs + (option.Curve.TimeBetween(way.ArrivalWh, way.DepartureWh).Ticks
                / TimeSpan.TicksPerMillisecond)
            : long.MaxValue, way);
    }

    private IEnumerable<OtherStop> Serve(Way way, Label before, Label next)
    {
        TimeSpan charging = way.Option.Curve.TimeBetween(way.ArrivalWh, way.DepartureWh);
        foreach (EvseId evse in way.Option.Evses.Where(each => !_used.Contains(each)))
        {
            if (SlotFinder.Find(
                new Timestamp(way.ArrivalMs),
                charging,
                _journey.Query.Departure,
                _journey.Query.WaitMax,
                _journey.View.Busy(evse)) is not { } slot)
            {
                continue;
            }

            int energyWh = way.DepartureWh - way.ArrivalWh;
            Money price = _journey.View.Price(
                evse, energyWh, new TimeWindow(slot.ChargeFrom, slot.ChargeUntil));
            long nextMs = slot.ChargeUntil.Plus(RoutingLimits.PlugOut).UnixMs + way.OnwardMs;
            if (price.Currency == _journey.Query.Currency)
            {
                yield return new OtherStop(
                    evse,
                    way.Option.Site.Id,
                    slot.Window,
                    energyWh,
                    price,
                    TimeSpan.FromMilliseconds(nextMs - next.TimeMs, 0));
            }
        }
    }

    private sealed record Way(
        StopOption Option, long ArrivalMs, int ArrivalWh, int DepartureWh, long OnwardMs);
}
