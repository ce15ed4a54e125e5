using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// StartSession, ReportMeter and EndSession: what an owner brings of a charging session, signed by
/// the station. A session starts once per leg, with the leg's secret, and ends by its EndSession
/// or, when its owner stays silent until the window's grace is over, by the rules.
/// </summary>
internal static class SessionRules
{
    public static Outcome Apply(Working state, TransactionContext context, StartSession body)
    {
        SessionStart start = body.Start;
        if (TripRules.FindLeg(state, start.Session.Leg) is not { } leg)
        {
            return Outcome.Refused(OutcomeCode.NotFound, "session: its leg is not on the ledger");
        }

        Outcome? refusal = RefuseLeg(state, context, leg, start)
            ?? RefuseStart(state, leg, start)
            ?? RefuseOverlap(state, start)
            ?? RefuseSignature(
                state,
                context,
                start.Evse,
                start.SignedMessage(state.Network),
                body.StationSignature);
        if (refusal is not null)
        {
            return refusal;
        }

        Trip trip = state.Trips.Get(start.Session.Leg.Trip);
        state.Sessions.Put(start.Session, new Session(
            start.Session,
            trip.Home,
            start.Evse,
            start,
            LastSequence: 0,
            LastAt: start.At,
            LastMeterWh: start.MeterWh,
            SessionState.Active));
        if (state.OcpiTariffs.Contains(leg.Request.Tariff))
        {
            LocationId location = state.Evses.Get(start.Evse).Published.Location;
            state.Of(Tables.Readings).Put(start.Session, new SessionReadings(
                state.Locations.Get(location).TimeZone,
                [new TimedReading(start.At, start.MeterWh)]));
        }

        state.Of(Tables.NewestSessions).Put(start.Evse, start.Session);
        TripRules.StartCharging(state, start.Session.Leg);
        Deadlines.Set(
            state, DeadlineKind.SessionSilence, start.Session.ToString(), GraceEnd(state, leg));
        state.Emit(new SessionStarted(start.Session, start.Evse));
        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, ReportMeter body)
    {
        MeterReading reading = body.Reading;
        if (!state.Sessions.TryGet(reading.Session, out Session? session))
        {
            return NoSession();
        }

        Outcome? refusal = RefuseReport(state, context, session, reading.Sequence)
            ?? (reading.At <= session.LastAt ? NotAfter(reading.At, session.LastAt) : null)
            ?? RefuseMeter(state, session, reading.At, reading.MeterWh)
            ?? RefuseSignature(
                state,
                context,
                session.Evse,
                reading.SignedMessage(state.Network),
                body.StationSignature);
        if (refusal is not null)
        {
            return refusal;
        }

        state.Sessions.Put(session.Id, session with
        {
            LastSequence = reading.Sequence,
            LastAt = reading.At,
            LastMeterWh = reading.MeterWh,
        });
        Keep(state, session.Id, reading.At, reading.MeterWh);
        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, EndSession body)
    {
        SessionEnd end = body.End;
        if (!state.Sessions.TryGet(end.Session, out Session? session))
        {
            return NoSession();
        }

        // A session may end at its last reading, but not at its start: no time has no price.
        bool isOrdered = end.At >= session.LastAt && end.At > session.Start.At;
        Outcome? refusal = RefuseReport(state, context, session, end.Sequence)
            ?? (isOrdered ? null : NotAfter(end.At, session.LastAt))
            ?? RefuseMeter(state, session, end.At, end.MeterWh)
            ?? RefuseSignature(
                state,
                context,
                session.Evse,
                end.SignedMessage(state.Network),
                body.StationSignature);
        if (refusal is not null)
        {
            return refusal;
        }

        Keep(state, session.Id, end.At, end.MeterWh);
        Complete(state, session with
        {
            LastSequence = end.Sequence,
            LastAt = end.At,
            LastMeterWh = end.MeterWh,
        });
        return Outcome.Applied;
    }

    /// <summary>
    /// The grace of the window is over and nobody ended the session: it ends with the station's
    /// last signed reading. A session without any reading after its start costs nothing.
    /// </summary>
    public static void EndBySilence(Working state, SessionId id) =>
        Complete(state, state.Sessions.Get(id));

    private static void Keep(Working state, SessionId session, Timestamp at, long meterWh)
    {
        WorkingTable<SessionId, SessionReadings> table = state.Of(Tables.Readings);
        if (table.TryGet(session, out SessionReadings? readings))
        {
            table.Put(session, readings.With(at, meterWh));
        }
    }

    private static void Complete(Working state, Session session)
    {
        Session completed = session with { State = SessionState.Completed };
        state.Sessions.Put(session.Id, completed);
        Deadlines.Clear(state, DeadlineKind.SessionSilence, session.Id.ToString());
        if (completed.LastAt > completed.Start.At)
        {
            CdrRules.Issue(state, completed);
        }

        TripRules.EndLeg(state, session.Id.Leg, LegState.Fulfilled);
    }

    private static Outcome? RefuseLeg(
        Working state, TransactionContext context, Leg leg, SessionStart start)
    {
        if (leg.Owner != context.Sender)
        {
            return Outcome.Refused(
                OutcomeCode.NotAllowed, $"session: the leg's owner is {leg.Owner}");
        }

        if (leg.Request.Evse != start.Evse)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, $"evse: the leg is booked at {leg.Request.Evse}");
        }

        // A leg has one session: the second finds it charging or ended.
        if (leg.State != LegState.Confirmed)
        {
            return Outcome.Refused(OutcomeCode.WrongState, $"session: the leg is {leg.State}");
        }

        // The deadline counts, not the sweep.
        return TripRules.HasLapsed(state, start.Session.Leg)
            ? Outcome.Refused(OutcomeCode.WrongState, "session: the window's grace is over")
            : null;
    }

    private static Outcome? RefuseStart(Working state, Leg leg, SessionStart start)
    {
        if (start.Session.Attempt != leg.Attempt + 1)
        {
            return Outcome.Refused(OutcomeCode.OutOfRules, string.Create(
                CultureInfo.InvariantCulture,
                $"session: attempt is {start.Session.Attempt}, not {leg.Attempt + 1}"));
        }

        if (LegRequest.HashSecret(start.Secret) != leg.Request.SecretHash)
        {
            return Outcome.Refused(
                OutcomeCode.WrongSecret, "secret: it does not match the leg's secretHash");
        }

        if (!leg.Request.Window.Contains(start.At))
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, $"at: {start.At} is outside {leg.Request.Window}");
        }

        return RefuseFuture(state, start.At);
    }

    // I6: one EVSE charges one car at a time, also when cars stay longer than their windows.
    private static Outcome? RefuseOverlap(Working state, SessionStart start)
    {
        if (!state.Of(Tables.NewestSessions).TryGet(start.Evse, out SessionId newest))
        {
            return null;
        }

        Session before = state.Sessions.Get(newest);
        if (before.State == SessionState.Active)
        {
            return Outcome.Refused(
                OutcomeCode.WrongState, $"evse: the session of leg {newest.Leg.Number} of trip "
                    + $"{newest.Leg.Trip.Digest.ToShortString()} has not ended there");
        }

        return before.LastAt > start.At
            ? Outcome.Refused(
                OutcomeCode.NotMonotonic, $"at: the session before ended at {before.LastAt}")
            : null;
    }

    private static Outcome? RefuseReport(
        Working state, TransactionContext context, Session session, int sequence)
    {
        if (session.Evse.Company != context.Sender)
        {
            return Outcome.Refused(
                OutcomeCode.NotAllowed, $"session: its owner is {session.Evse.Company}");
        }

        if (session.State != SessionState.Active || HasLapsed(state, session.Id))
        {
            return Outcome.Refused(OutcomeCode.WrongState, "session: it has ended");
        }

        return sequence == session.LastSequence + 1
            ? null
            : Outcome.Refused(OutcomeCode.NotMonotonic, string.Create(
                CultureInfo.InvariantCulture,
                $"sequence: {sequence} does not follow {session.LastSequence}"));
    }

    private static Outcome? RefuseMeter(Working state, Session session, Timestamp at, long meterWh)
    {
        if (meterWh < session.LastMeterWh)
        {
            return Outcome.Refused(OutcomeCode.NotMonotonic, string.Create(
                CultureInfo.InvariantCulture,
                $"meterWh: {meterWh} is less than the last {session.LastMeterWh}"));
        }

        long energyWh = meterWh - session.Start.MeterWh;
        return energyWh > LedgerLimits.EnergyWhMax
            ? Outcome.Refused(OutcomeCode.OutOfRules, string.Create(
                CultureInfo.InvariantCulture,
                $"meterWh: {energyWh} Wh in one session exceed {LedgerLimits.EnergyWhMax}"))
            : RefuseFuture(state, at);
    }

    private static Outcome? RefuseFuture(Working state, Timestamp at)
    {
        long aheadMaxMs = LedgerLimits.DeviceAheadMsMax * state.Clock.Factor;
        return at.UnixMs > state.Time.UnixMs + aheadMaxMs
            ? Outcome.Refused(OutcomeCode.OutOfRules, $"at: {at} lies ahead of {state.Time}")
            : null;
    }

    private static Outcome? RefuseSignature(
        Working state, TransactionContext context, EvseId evse, byte[] message, byte[] signature) =>
        context.Verify(state.Evses.Get(evse).Published.StationKey, message, signature)
            ? null
            : Outcome.Refused(
                OutcomeCode.WrongStationSignature,
                $"stationSignature: it is not by the station key of {evse}");

    private static Outcome NoSession() =>
        Outcome.Refused(OutcomeCode.NotFound, "session: it is not on the ledger");

    private static Outcome NotAfter(Timestamp at, Timestamp last) =>
        Outcome.Refused(OutcomeCode.NotMonotonic, $"at: {at} does not come after {last}");

    private static bool HasLapsed(Working state, SessionId id) =>
        Deadlines.Find(state, DeadlineKind.SessionSilence, id.ToString()) is { } at
            && at <= state.Time;

    private static Timestamp GraceEnd(Working state, Leg leg) =>
        new(leg.Request.Window.Until.UnixMs + state.Rules.SessionGraceMs);
}
