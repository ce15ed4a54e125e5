using Tomada.Primitives;

namespace Tomada.Routing;

/// <summary>One stop of one label at plugs that are alike, and every way on from it.</summary>
internal sealed class StopSearch(PlanSearch search, Label label, StopOption option)
{
    private static readonly long s_plugMs =
        (RoutingLimits.PlugIn + RoutingLimits.PlugOut).Ticks / TimeSpan.TicksPerMillisecond;

    private readonly Journey _journey = search.Journey;
    private readonly long _readyMs = label.TimeMs + s_plugMs;
    private readonly long _readyCost =
        label.Cost + s_plugMs + search.Aim.Weights.StopMs + option.AversionMs;

    private readonly List<Level> _levels = [];
    private List<(EvseId Evse, IReadOnlyList<TimeWindow> Busy)>? _evses;

    /// <summary>
    /// Drives on to each next stop with just enough for it and the margin, and with what the bends
    /// of the curve and a full battery give beyond that.
    /// </summary>
    public void Leave()
    {
        (int segment, int stop) = _journey.Of(label.State);
        foreach (double bend in option.Curve.BendsWh.Append(_journey.ChargeMaxWh))
        {
            int wh = (int)bend;
            if (wh > label.EnergyWh && wh <= _journey.ChargeMaxWh
                && !_levels.Exists(each => each.EnergyWh == wh))
            {
                _levels.Add(new Level(wh));
            }
        }

        if (search.Aim.IsExploring)
        {
            // Should none be worth driving on with, what could be had here tells why.
            foreach (Level level in _levels)
            {
                level.Charging = option.Curve.TimeBetween(label.EnergyWh, level.EnergyWh);
                _ = Charged(level);
            }
        }

        int first = _journey.StateOf(segment, 0);
        foreach (ref readonly Leg leg in _journey.Legs.From(stop))
        {
            if (_journey.Options[leg.Stop] is not null)
            {
                Drive(leg, first + leg.Stop, segment);
            }
        }

        foreach (Leg leg in _journey.Segments[segment].Last[stop] ?? [])
        {
            Drive(leg, _journey.StateOfOrigin(segment + 1), segment);
        }
    }

    private void Drive(in Leg leg, int state, int segment)
    {
        int leastWh = leg.EnergyWh + _journey.LeastWhAt(state);
        if (leastWh > _journey.ChargeMaxWh
            || !IsWorth(leg, state, _journey.ChargeMaxWh, TimeSpan.Zero))
        {
            return;
        }

        int enoughWh = Math.Min(leastWh + _journey.MarginWh, _journey.ChargeMaxWh);
        if (enoughWh > label.EnergyWh)
        {
            Drive(leg, state, segment, new Level(enoughWh));
        }

        foreach (Level level in _levels)
        {
            if (level.EnergyWh > leastWh && level.EnergyWh != enoughWh)
            {
                Drive(leg, state, segment, level);
            }
        }
    }

    private void Drive(in Leg leg, int state, int segment, Level level)
    {
        level.Charging ??= option.Curve.TimeBetween(label.EnergyWh, level.EnergyWh);
        if (IsWorth(leg, state, level.EnergyWh, level.Charging.Value)
            && Charged(level) is { } charged)
        {
            search.Drive(charged, leg, segment);
        }
    }

    private bool IsWorth(in Leg leg, int state, int energyWh, TimeSpan charging)
    {
        long takesMs = (charging.Ticks / TimeSpan.TicksPerMillisecond) + leg.TimeMs;
        return search.IsWorth(
            state,
            _readyMs + takesMs,
            energyWh - leg.EnergyWh,
            _readyCost + takesMs + (long)(leg.EnergyWh * search.Aim.Weights.DrivenWhMs));
    }

    private Label? Charged(Level level)
    {
        if (!level.IsSought)
        {
            level.IsSought = true;
            level.Charged = Charge(level);
        }

        return level.Charged;
    }

    private Label? Charge(Level level)
    {
        TripQuery query = _journey.Query;
        if (FirstFree(level.Charging!.Value) is not var (evse, slot))
        {
            return null;
        }

        int energyWh = level.EnergyWh - label.EnergyWh;
        Money price = _journey.View.Price(
            evse, energyWh, new TimeWindow(slot.ChargeFrom, slot.ChargeUntil));
        bool isTooDear = query.PricePerKwhMax is { } cap
            && price.Amount * 1000 > cap.Amount * energyWh;
        if (price.Currency != query.Currency || price.Amount < 0 || isTooDear)
        {
            return null;
        }

        search.NoteEnergy(label.State, level.EnergyWh);
        long leavesMs = slot.ChargeUntil.Plus(RoutingLimits.PlugOut).UnixMs;
        CostWeights weights = search.Aim.Weights;
        return new Label(
            label.State,
            leavesMs,
            level.EnergyWh,
            label.Cost + (leavesMs - label.TimeMs) + weights.StopMs + option.AversionMs
                + (long)(price.Amount * weights.MinorMs),
            label.Price + price.Amount,
            label.Stops + 1,
            label,
            Shortest.Time,
            new Charge(option, evse, slot, price));
    }

    /// <summary>Of the EVSEs that are alike the one that is free first.</summary>
    private (EvseId Evse, Slot Slot)? FirstFree(TimeSpan charging)
    {
        _evses ??= [.. option.Evses
            .Where(evse => search.Aim.Without?.Contains(evse) != true && !label.HasUsed(evse))
            .Select(evse => (evse, _journey.View.Busy(evse)))];
        (EvseId Evse, Slot Slot)? first = null;
        foreach ((EvseId evse, IReadOnlyList<TimeWindow> busy) in _evses)
        {
            if (SlotFinder.Find(
                new Timestamp(label.TimeMs),
                charging,
                _journey.Query.Departure,
                _journey.Query.WaitMax,
                busy) is { } slot
                && (first is null || slot.ChargeFrom < first.Value.Slot.ChargeFrom))
            {
                first = (evse, slot);
            }
        }

        return first;
    }

    /// <summary>So much in the battery after a stop, and when and for what it is had.</summary>
    private sealed class Level(int energyWh)
    {
        public int EnergyWh => energyWh;

        public TimeSpan? Charging { get; set; }

        public bool IsSought { get; set; }

        public Label? Charged { get; set; }
    }
}
