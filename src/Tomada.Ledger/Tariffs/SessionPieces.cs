using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// Cuts a session at every instant at which a restriction of the tariff may begin or end to hold:
/// local times and midnights, changes of the local clock, amounts of energy, and ages.
/// </summary>
internal sealed class SessionPieces
{
    private readonly PricedSession _session;
    private readonly SortedSet<long> _energiesWh = [];
    private readonly SortedSet<long> _agesMs = [];
    private readonly SortedSet<TimeOnly> _times = [];
    private readonly bool _isLocal;

    public SessionPieces(OcpiTariff tariff, PricedSession session)
    {
        _session = session;
        foreach (OcpiElement element in tariff.Elements)
        {
            if (element.Restrictions is not { } each)
            {
                continue;
            }

            Collect(_energiesWh, each.MinWh, each.MaxWh);
            Collect(_agesMs, each.MinDurationS * 1_000, each.MaxDurationS * 1_000);
            Collect(_times, each.StartTime, each.EndTime);
            _isLocal |= each.IsLocal;
        }

        // Days and dates change at midnight.
        _times.Add(TimeOnly.MinValue);
    }

    /// <summary>The pieces in order, each with what holds at its start.</summary>
    public IEnumerable<(ChargingPeriod Piece, Stretch At)> All()
    {
        long beforeWh = 0;
        long? sessionMs = null;
        foreach (ChargingPeriod period in _session.Periods)
        {
            bool isReserved = period.Activity == Activity.Reserved;
            sessionMs ??= isReserved ? null : period.Window.From.UnixMs;
            long startMs = sessionMs ?? _session.Periods[0].Window.From.UnixMs;
            foreach (ChargingPeriod piece in Cut(period, startMs, beforeWh))
            {
                yield return (piece, At(period, piece, startMs, beforeWh));
                beforeWh += piece.EnergyWh;
            }
        }
    }

    private static void Collect<T>(SortedSet<T> into, T? one, T? other)
        where T : struct
    {
        into.UnionWith(new[] { one, other }.OfType<T>());
    }

    private Stretch At(ChargingPeriod period, ChargingPeriod piece, long startMs, long beforeWh)
    {
        long lengthMs = period.Window.Until.UnixMs - period.Window.From.UnixMs;
        return new Stretch(
            _isLocal ? LocalClock.At(_session.TimeZone, piece.Window.From) : DateTime.MinValue,
            piece.Window.From.UnixMs - startMs,
            beforeWh,
            (long)((Int128)period.EnergyWh * 3_600_000 / lengthMs),
            period.CurrentMa);
    }

    private IEnumerable<ChargingPeriod> Cut(ChargingPeriod period, long startMs, long beforeWh)
    {
        (long from, long until) = (period.Window.From.UnixMs, period.Window.Until.UnixMs);
        SortedSet<long> cuts = [from, until];
        foreach (long age in _agesMs)
        {
            AddInside(startMs + age);
        }

        foreach (long energyWh in _energiesWh)
        {
            long missingWh = energyWh - beforeWh;
            if (missingWh > 0 && missingWh < period.EnergyWh)
            {
                // The first millisecond at which so much has flowed.
                Int128 ms = (((Int128)missingWh * (until - from)) + period.EnergyWh - 1)
                    / period.EnergyWh;
                AddInside(from + (long)ms);
            }
        }

        if (_isLocal)
        {
            LocalClock.AddCuts(_session.TimeZone, period.Window, _times, cuts);
        }

        (long at, long flowedWh) = (from, 0);
        foreach (long cut in cuts.Skip(1))
        {
            long nowWh = (long)((Int128)period.EnergyWh * (cut - from) / (until - from));
            yield return period with
            {
                Window = new TimeWindow(new Timestamp(at), new Timestamp(cut)),
                EnergyWh = nowWh - flowedWh,
            };
            (at, flowedWh) = (cut, nowWh);
        }

        void AddInside(long ms)
        {
            if (ms > from && ms < until)
            {
                cuts.Add(ms);
            }
        }
    }
}
