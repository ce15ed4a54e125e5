using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>Sessions as stations sign them and owners bring them.</summary>
internal static class ChargingDuties
{
    private const int StartAfterMs = 10_000;
    private const int ReadAfterMs = 50_000;
    private const int EndAfterMs = 90_000;
    private const long FirstMeterWh = 1_000_000;

    public static IEnumerable<Duty> Of(DeskView view)
    {
        foreach (Trip trip in view.State.Trips.Values)
        {
            if (trip.State != TripState.Confirmed)
            {
                continue;
            }

            bool isMain = TripDuties.MainOf(view.State)?.Id == trip.Id;
            foreach (Leg leg in trip.Legs)
            {
                if (leg.Owner == view.Self && OfLeg(view, trip, leg, isMain) is { } duty)
                {
                    yield return duty;
                }
            }
        }
    }

    private static Duty? OfLeg(DeskView view, Trip trip, Leg leg, bool isMain)
    {
        SessionId id = new(new LegId(trip.Id, leg.Number), 1);
        Timestamp from = leg.Request.Window.From;
        long passedMs = view.Now.UnixMs - from.UnixMs;
        if (leg.State == LegState.Confirmed && isMain && leg.Number == view.Plan.BrokenLeg)
        {
            return Break(trip, leg, id.Leg, view.State.Network);
        }

        if (leg.State == LegState.Confirmed)
        {
            bool comes = !isMain || leg.Number != view.Plan.NoShowLeg;
            return comes && passedMs >= StartAfterMs ? Start(view, trip, leg, id) : null;
        }

        if (leg.State != LegState.Charging
            || !view.State.Sessions.TryGetValue(id, out Session? session))
        {
            return null;
        }

        if (session.LastSequence == 0)
        {
            return passedMs >= ReadAfterMs ? Read(view, leg, id) : null;
        }

        bool ends = !isMain || leg.Number != view.Plan.UnendedLeg;
        return ends && passedMs >= EndAfterMs ? End(view, leg, id) : null;
    }

    // The odd legs' stations can still sign.
    private static Duty Break(Trip trip, Leg leg, LegId id, Digest network)
    {
        bool signs = leg.Number % 2 == 1;
        LegBreak said = new(
            id, leg.Request.Evse,
            signs ? BreakReason.Faulted : BreakReason.StationUnreachable, trip.ProposedAt);
        return new Duty($"break {id}", new BreakLeg(
            said, signs ? Sign(leg, said.SignedMessage(network)) : null));
    }

    private static Duty Start(DeskView view, Trip trip, Leg leg, SessionId id)
    {
        SessionStart start = new(
            id, leg.Request.Evse, TripDuties.SecretOf(trip.Driver, leg.Number),
            At(leg, StartAfterMs), FirstMeterWh);
        return new Duty($"start {id}", new StartSession(
            start, Sign(leg, start.SignedMessage(view.State.Network))));
    }

    private static Duty Read(DeskView view, Leg leg, SessionId id)
    {
        MeterReading reading = new(id, 1, At(leg, ReadAfterMs), FirstMeterWh + 9_000);
        return new Duty($"read {id}", new ReportMeter(
            reading, Sign(leg, reading.SignedMessage(view.State.Network))));
    }

    private static Duty End(DeskView view, Leg leg, SessionId id)
    {
        SessionEnd end = new(
            id, 2, At(leg, EndAfterMs), FirstMeterWh + 17_000 + leg.Number, EndReason.Complete);
        return new Duty($"end {id}", new EndSession(
            end, Sign(leg, end.SignedMessage(view.State.Network))));
    }

    private static Timestamp At(Leg leg, int afterMs) =>
        new(leg.Request.Window.From.UnixMs + afterMs);

    private static byte[] Sign(Leg leg, byte[] message) => StandInSignatures.SignerOf(
        ClusterCompanies.StationKey(leg.Request.Evse))(message);
}

/// <summary>CDRs, the period and its payments.</summary>
internal static class ClearingDuties
{
    public static IEnumerable<Duty> Of(DeskView view) => Cdrs(view).Concat(Settlement(view));

    private static IEnumerable<Duty> Cdrs(DeskView view)
    {
        foreach (Cdr cdr in view.State.Cdrs.Values)
        {
            if (cdr.Home != view.Self)
            {
                continue;
            }

            if (cdr.State == CdrState.Issued)
            {
                yield return new Duty(
                    $"acknowledge {cdr.Session}", new AcknowledgeCdr(cdr.Session));
            }
            else if (cdr.State == CdrState.Acknowledged && !view.Plan.IsHomeSilent)
            {
                yield return new Duty($"accept {cdr.Session}", new AcceptCdr(cdr.Session));
            }
        }
    }

    private static IEnumerable<Duty> Settlement(DeskView view)
    {
        Period period = view.State.Periods[1];
        if (period.State == PeriodState.Open && view.Self == view.Home && IsReady(view.State))
        {
            yield return new Duty("close", new ClosePeriod(1));
        }

        foreach (Payment payment in period.Payments)
        {
            Digest reference = Digest.Of([(byte)payment.Number]);
            if (payment.From == view.Self && payment.State == PaymentState.Instructed)
            {
                yield return new Duty(
                    $"pay {payment.Number}", new ReportPayment(1, payment.Number, reference));
            }
            else if (payment.To == view.Self && payment.State == PaymentState.Reported)
            {
                yield return new Duty(
                    $"confirm {payment.Number}", new ConfirmPayment(1, payment.Number, reference));
            }
        }
    }

    private static bool IsReady(LedgerState state) =>
        TripDuties.MainOf(state) is { State: TripState.Completed or TripState.Partial }
        && !state.Trips.Values.Any(Duties.IsRunning)
        && state.Cdrs.Values.All(cdr => cdr.State == CdrState.Accepted);
}

/// <summary>In a simulated network the members speed the clock up while a trip is driven.</summary>
internal static class RulesDuties
{
    public static IEnumerable<Duty> Of(DeskView view)
    {
        bool drives = view.State.Trips.Values.Any(trip => trip.State == TripState.Confirmed);
        int wanted = drives && view.Plan.IsSimulated ? view.Plan.FastFactor : 1;
        Rules rules = view.State.Rules with
        {
            Version = view.State.Rules.Version + 1,
            ClockFactor = wanted,
        };
        if (wanted != view.State.Clock.Factor
            && view.State.RulesVotes.GetValueOrDefault(view.Self) != rules)
        {
            yield return new Duty($"rules {rules.Version} {wanted}", new SetRules(rules));
        }
    }
}
