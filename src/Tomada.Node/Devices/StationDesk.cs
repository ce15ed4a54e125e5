using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>
/// The owner's side of trips: asks its stations about held legs, answers the ledger for them, and
/// tells stations what was confirmed or released. What is owed is read from the ledger's state, so
/// a restart forgets nothing.
/// </summary>
internal sealed class StationDesk(
    DeskLedger ledger, DeviceBroker broker, Submitter submitter, TimeProvider wall)
{
    private readonly SortedDictionary<string, StationRecord> _stations = new(
        StringComparer.Ordinal);
    private readonly SortedDictionary<EvseId, StationRecord> _byEvse = [];
    private readonly SortedDictionary<LegId, LegWork> _legs = [];
    private readonly SortedSet<TripId> _trips = [];

    private long WallMs => wall.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Finds every trip that may still need something of this company's stations: open ones, and
    /// those that ended before their time. A station may have been asked to hold such a leg by the
    /// process before this one, so it is told of the release again.
    /// </summary>
    public void Start(LedgerState state)
    {
        foreach (Trip trip in state.Trips.Values.Where(IsMine))
        {
            if (IsOpen(trip))
            {
                _trips.Add(trip.Id);
                continue;
            }

            foreach (Leg leg in trip.Legs.Where(leg => leg.Owner == ledger.Self && IsAhead(leg)))
            {
                _trips.Add(trip.Id);
                _legs.TryAdd(
                    new LegId(trip.Id, leg.Number),
                    new LegWork(leg.Request.Evse, WallMs) { WasAsked = true });
            }
        }
    }

    public void On(Effect effect)
    {
        if (effect is TripHeld held
            && ledger.State().Trips.TryGetValue(held.Trip, out Trip? trip) && IsMine(trip))
        {
            _trips.Add(held.Trip);
        }
    }

    /// <summary>Anything a station says shows that it lives.</summary>
    public void On(Received message)
    {
        if (message.From.Kind != DeviceKind.Station)
        {
            return;
        }

        StationRecord station = Record(message.From);
        station.HeardMs = WallMs;
        switch (message.Topic)
        {
            case UpTopic.State when message.Envelope.TryRead(out StateBody? state, out _):
                OnState(station, message.Envelope, state.Online);
                break;
            case UpTopic.EvseState at when message.Envelope.TryRead(
                out EvseStateBody? shown, out _):
                OnShown(station, new EvseId(ledger.Self, at.Evse), message.Envelope, shown);
                break;
            case UpTopic.Ack ack when message.Envelope.TryRead(out Reply? reply, out _):
                OnAck(ack.Op, reply);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// A station that starts knows nothing: everything is said again. A car that starts is none,
    /// whatever EVSEs it claims.
    /// </summary>
    public void OnBoot(DeviceAddress from, BootRequest boot)
    {
        if (from.Kind != DeviceKind.Station)
        {
            return;
        }

        StationRecord station = Record(from);
        foreach (EvseId evse in boot.Evses ?? [])
        {
            // Its key alone would not tell: whoever is there and lives is not replaced by a claim.
            bool isTaken = _byEvse.TryGetValue(evse, out StationRecord? other)
                && other != station && IsAlive(other);
            if (evse.Company == ledger.Self && !isTaken)
            {
                _byEvse[evse] = station;
            }
        }

        foreach (LegWork work in _legs.Values.Where(
            work => _byEvse.GetValueOrDefault(work.Evse) == station))
        {
            work.Forget();
        }
    }

    /// <summary>
    /// What an EVSE shows; UNKNOWN when its station is silent or has not said so lately.
    /// </summary>
    public EvseShown Shown(EvseId evse)
    {
        if (_byEvse.GetValueOrDefault(evse) is not { } station
            || !station.Shown.TryGetValue(evse, out EvseShown? said))
        {
            return Unknown(StatusSource.Nobody);
        }

        return !station.Online ? Unknown(StatusSource.Offline)
            : !IsAlive(station) ? Unknown(StatusSource.Silence)
            : said.ValidUntil.UnixMs <= WallMs ? Unknown(StatusSource.Expired)
            : said with
            {
                ValidUntil = new Timestamp(
                    Math.Min(said.ValidUntil.UnixMs, SilentFromMs(station))),
            };
    }

    private EvseShown Unknown(StatusSource source) => new(
        EvseStatus.Unknown, null, ledger.Now(), new Timestamp(WallMs), source);

    /// <summary>Whether the EVSE is this station's.</summary>
    public bool IsOf(DeviceAddress station, EvseId evse) =>
        _byEvse.GetValueOrDefault(evse)?.Address == station;

    /// <summary>Every EVSE that a station has said is its own.</summary>
    public IEnumerable<EvseId> Evses => _byEvse.Keys;

    /// <summary>
    /// Every station that ever spoke since the node started, in the order of their names.
    /// </summary>
    public IReadOnlyList<StationShown> Describe() =>
        [.. _stations.Values.Select(station => new StationShown(
        station.Address.Id,
        IsAlive(station),
        [.. _byEvse.Where(pair => pair.Value == station).Select(pair => new StationEvseShown(
            pair.Key, Shown(pair.Key), AcknowledgedOn(pair.Key)))]))];

    private List<LegId> AcknowledgedOn(EvseId evse) => [.. _legs
        .Where(pair => pair.Value.Evse == evse
            && pair.Value.Acknowledged.GetValueOrDefault(CommandOp.Reserve) == ReplyCode.Ok)
        .Select(pair => pair.Key)];

    /// <summary>Asks a station for session messages from a sequence on.</summary>
    public void Resend(EvseId evse, SessionId session, int fromTxSeq)
    {
        if (_byEvse.GetValueOrDefault(evse) is { } station)
        {
            broker.TrySend(
                station.Address, new DownTopic.Command(CommandOp.Resend), broker.NewId(),
                new ResendCommand(session, fromTxSeq));
        }
    }

    /// <summary>Does what is owed now.</summary>
    public void Work(CancellationToken ct)
    {
        LedgerState state = ledger.State();
        foreach (TripId id in _trips.ToArray())
        {
            if (!state.Trips.TryGetValue(id, out Trip? trip))
            {
                _trips.Remove(id);
                continue;
            }

            bool more = false;
            foreach (Leg leg in trip.Legs.Where(leg => leg.Owner == ledger.Self))
            {
                more |= Work(state, trip, leg, ct);
            }

            if (!more)
            {
                Close(trip);
            }
        }
    }

    private static bool IsOpen(Trip trip) => trip.State is TripState.Held or TripState.Confirmed;

    private bool IsAhead(Leg leg) => leg.Request.Window.Until > ledger.Now();

    private bool IsMine(Trip trip) => trip.Legs.Any(leg => leg.Owner == ledger.Self);

    private StationRecord Record(DeviceAddress address)
    {
        if (!_stations.TryGetValue(address.User, out StationRecord? station))
        {
            _stations[address.User] = station = new StationRecord(address);
        }

        return station;
    }

    private bool IsAlive(StationRecord station) =>
        station.Online && WallMs <= SilentFromMs(station);

    private static long SilentFromMs(StationRecord station) => station.HeardMs
        + (DeviceLimits.MissedHeartbeatsMax
            * (long)DeviceLimits.HeartbeatInterval.TotalMilliseconds);

    private static void OnState(StationRecord station, Envelope envelope, bool online)
    {
        // A late will must not overtake a newer birth: a will is numbered right after the birth of
        // its connection.
        if ((envelope.Bs, envelope.Seq).CompareTo((station.Boot, station.StateSeq)) >= 0)
        {
            station.Boot = envelope.Bs;
            station.StateSeq = envelope.Seq;
            station.Online = online;
        }
    }

    private static void OnShown(
        StationRecord station, EvseId evse, Envelope envelope, EvseStateBody shown)
    {
        if (envelope.Bs < station.Boot
            || (station.ShownAt.TryGetValue(evse, out (long Bs, long Seq) last)
                && (envelope.Bs, envelope.Seq).CompareTo(last) <= 0))
        {
            return;
        }

        station.ShownAt[evse] = (envelope.Bs, envelope.Seq);
        station.Shown[evse] =
            new EvseShown(
                shown.Status, shown.Reservation, shown.Since, shown.ValidUntil,
                StatusSource.Station, shown.Signature);
    }

    private void OnAck(CommandOp op, Reply reply)
    {
        foreach (LegWork work in _legs.Values)
        {
            if (work.Command is { } command && command.Id == reply.Re && command.Op == op)
            {
                work.Acknowledged[op] = reply.Code;
                work.Command = null;
                return;
            }
        }
    }

    /// <summary>True while the leg may still need something.</summary>
    private bool Work(LedgerState state, Trip trip, Leg leg, CancellationToken ct)
    {
        LegId id = new(trip.Id, leg.Number);
        if (!_legs.TryGetValue(id, out LegWork? work))
        {
            _legs[id] = work = new LegWork(leg.Request.Evse, WallMs);
        }

        switch (leg.State)
        {
            case LegState.Held:
                Ask(state, trip, leg, id, work, ct);
                return true;
            case LegState.Accepted:
                return true;
            case LegState.Confirmed or LegState.Charging:
                Tell(work, CommandOp.Reserve, new ReserveCommand(
                    id, leg.Request.Evse, leg.Request.Window, state.Rules.LeadMs,
                    leg.Request.SecretHash, leg.Request.EnergyWh));
                return true;
            default:
                // Released, fulfilled or unused: a station that was asked is told so once, unless
                // the window is over, when it has forgotten by itself.
                return work.WasAsked && IsAhead(leg)
                    && Tell(work, CommandOp.Release, new ReleaseCommand(
                        id, leg.Request.Evse, leg.State.ToString().ToUpperInvariant()));
        }
    }

    private void Ask(
        LedgerState state, Trip trip, Leg leg, LegId id, LegWork work, CancellationToken ct)
    {
        HoldCommand hold = new(id, leg.Request.Evse, leg.Request.Window, leg.Request.EnergyWh);
        bool waiting = Tell(work, CommandOp.Hold, hold);
        if (work.Acknowledged.TryGetValue(CommandOp.Hold, out ReplyCode code))
        {
            submitter.Submit($"answer {id}", new AnswerLeg(id, ReasonOf(code)), ct);
            return;
        }

        long leftMs = (trip.DecideBy.UnixMs - ledger.Now().UnixMs) / state.Clock.Factor;
        long waitMs = Math.Min((long)DeskLimits.HoldAnswer.TotalMilliseconds, leftMs / 2);
        if (waiting && WallMs - work.SinceMs > waitMs)
        {
            submitter.Submit(
                $"answer {id}", new AnswerLeg(id, RefusalReason.StationUnreachable), ct);
        }
    }

    private static RefusalReason? ReasonOf(ReplyCode code) => code switch
    {
        ReplyCode.Ok => null,
        ReplyCode.Occupied => RefusalReason.Occupied,
        ReplyCode.Unavailable => RefusalReason.Faulted,
        ReplyCode.NotFound => RefusalReason.Inoperative,
        _ => RefusalReason.StationRefused,
    };

    /// <summary>Sends a command until it is acknowledged; true while it is not.</summary>
    private bool Tell<T>(LegWork work, CommandOp op, T body)
        where T : class, IDeviceBody<T>
    {
        if (work.Acknowledged.ContainsKey(op))
        {
            return false;
        }

        if (work.Command is not { } command || command.Op != op)
        {
            work.Command = command = new PendingCommand(op, broker.NewId())
            {
                SentMs = long.MinValue / 2,
            };
        }

        if (WallMs - command.SentMs >= (long)DeskLimits.CommandRetry.TotalMilliseconds
            && _byEvse.GetValueOrDefault(work.Evse) is { } station
            && broker.TrySend(station.Address, new DownTopic.Command(op), command.Id, body))
        {
            command.SentMs = WallMs;
            work.WasAsked = true;
        }

        return true;
    }

    private void Close(Trip trip)
    {
        _trips.Remove(trip.Id);
        foreach (Leg leg in trip.Legs)
        {
            _legs.Remove(new LegId(trip.Id, leg.Number));
        }
    }
}
