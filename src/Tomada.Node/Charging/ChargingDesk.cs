using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Node.Devices;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Node.Charging;

/// <summary>
/// Brings what stations signed to the ledger, in the order of txSeq, one after another per session;
/// a gap is asked for again. What the ledger has is read from its state, never remembered.
/// </summary>
internal sealed class ChargingDesk(
    DeskLedger ledger, Submitter submitter, StationDesk stations, TimeProvider wall)
{
    private readonly SortedDictionary<SessionId, Waiting> _sessions = [];

    /// <summary>
    /// Takes up sessions whose messages are on disk and not all on the ledger, however long ago
    /// they came; first those of trips that the ledger has.
    /// </summary>
    public void Recover(DeviceStore store)
    {
        LedgerState state = ledger.State();
        Start(store.ReadSessions()
            .Where(each => state.Sessions.GetValueOrDefault(each)
                is not { State: SessionState.Completed })
            .OrderBy(each => state.Trips.ContainsKey(each.Leg.Trip) ? 0 : 1)
            .Take(DeskLimits.SessionsMax)
            .SelectMany(each => store.ReadLog(new UpTopic.Session(each).Path)));
    }

    public void Start(IEnumerable<LoggedMessage> logged)
    {
        foreach (LoggedMessage each in logged)
        {
            if (Envelope.TryDecode(each.Payload, out Envelope? envelope, out _)
                && envelope.TryRead(out SessionBody? body, out _))
            {
                Keep(body);
            }
        }
    }

    public void On(Received message)
    {
        if (message.Topic is UpTopic.Session
            && message.Envelope.TryRead(out SessionBody? body, out _))
        {
            Keep(body);
        }
    }

    /// <summary>Submits what is next of each session.</summary>
    public void Work(CancellationToken ct)
    {
        LedgerState state = ledger.State();
        foreach ((SessionId id, Waiting waiting) in _sessions.ToArray())
        {
            Session? known = state.Sessions.GetValueOrDefault(id);
            if (known is { State: SessionState.Completed } || waiting.IsEmpty)
            {
                _sessions.Remove(id);
                continue;
            }

            int next = known is null ? 0 : known.LastSequence + 1;
            waiting.DropBelow(next);
            if (known is null && IsCharging(state, waiting.Evse))
            {
                // The end of the session before is on its way. Both could come into one block in
                // the wrong order, and a start that the rules refuse rests before it is tried
                // again.
                continue;
            }

            if (waiting.Next(next) is { } body)
            {
                if (body.At.Since(ledger.Now()) > DeskLimits.StationAhead * state.Clock.Factor)
                {
                    // The rules would refuse the future, for all to see; it comes by itself.
                    continue;
                }

                submitter.Submit($"session {id} {next}", BodyOf(body), ct);
            }
            else if (!waiting.IsEmpty && waiting.MayAsk(wall))
            {
                stations.Resend(waiting.Evse, id, next);
            }
        }
    }

    // A charging leg keeps its booking until its session has ended.
    private static bool IsCharging(LedgerState state, EvseId evse) =>
        state.Calendar.TryGetValue(evse, out ImmutableArray<Booking> row)
        && row.Any(each =>
            state.Trips[each.Leg.Trip].Legs[each.Leg.Number - 1].State == LegState.Charging);

    internal static Body BodyOf(SessionBody body) => body.Event switch
    {
        SessionEvent.Started => new StartSession(
            new SessionStart(body.Session, body.Evse, body.Secret!, body.At, body.MeterWh),
            body.Signature),
        SessionEvent.Updated => new ReportMeter(
            new MeterReading(body.Session, body.TxSeq, body.At, body.MeterWh), body.Signature),
        SessionEvent.Ended => new EndSession(
            new SessionEnd(
                body.Session, body.TxSeq, body.At, body.MeterWh, (EndReason)body.Reason!.Value),
            body.Signature),
        _ => throw new System.Diagnostics.UnreachableException(body.Event.ToString()),
    };

    /// <summary>
    /// Whether the EVSE's own key signed it: the first message of a number is kept, so nobody else
    /// may bring one.
    /// </summary>
    private bool IsSigned(SessionBody body)
    {
        LedgerState state = ledger.State();
        return body.Evse.Company == ledger.Self
            && state.Evses.TryGetValue(body.Evse, out Evse? evse)
            && Ed25519.Verify(
                evse.Published.StationKey, MessageOf(BodyOf(body), state.Network), body.Signature);
    }

    private static byte[] MessageOf(Body body, Digest network) => body switch
    {
        StartSession start => start.Start.SignedMessage(network),
        ReportMeter meter => meter.Reading.SignedMessage(network),
        EndSession end => end.End.SignedMessage(network),
        _ => throw new System.Diagnostics.UnreachableException(body.Kind),
    };

    private void Keep(SessionBody body)
    {
        if (!IsSigned(body))
        {
            BrokerMetrics.Refused("session-signature");
            return;
        }

        if (_sessions.Count >= DeskLimits.SessionsMax
            || ledger.State().Sessions.GetValueOrDefault(body.Session)
                is { State: SessionState.Completed })
        {
            return;
        }

        if (!_sessions.TryGetValue(body.Session, out Waiting? waiting))
        {
            _sessions[body.Session] = waiting = new Waiting(body.Evse);
        }

        waiting.Keep(body);
    }

    private sealed class Waiting(EvseId evse)
    {
        private readonly SortedDictionary<int, SessionBody> _messages = [];
        private long? _askedAt;

        public EvseId Evse => evse;

        public bool IsEmpty => _messages.Count == 0;

        public void Keep(SessionBody body)
        {
            if (_messages.Count < DeskLimits.SessionGapMax)
            {
                _messages.TryAdd(body.TxSeq, body);
            }
        }

        public SessionBody? Next(int sequence) => _messages.GetValueOrDefault(sequence);

        public void DropBelow(int sequence)
        {
            foreach (int old in _messages.Keys.TakeWhile(each => each < sequence).ToArray())
            {
                _messages.Remove(old);
            }
        }

        /// <summary>A gap is asked for once per retry interval.</summary>
        public bool MayAsk(TimeProvider wall)
        {
            if (_askedAt is { } asked && wall.GetElapsedTime(asked) < DeskLimits.CommandRetry)
            {
                return false;
            }

            _askedAt = wall.GetTimestamp();
            return true;
        }
    }
}
