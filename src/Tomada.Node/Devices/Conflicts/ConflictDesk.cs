using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Node.Devices.Conflicts;

/// <summary>
/// Where local truth meets the ledger: decides by the tables and does what they say. As owner it
/// breaks legs that cannot be kept; as home it tells the car, and what it could reserve instead.
/// </summary>
internal sealed class ConflictDesk(
    DeskLedger ledger, DeviceBroker broker, DeviceStore store, Submitter submitter,
    StationDesk stations, TimeProvider wall)
{
    private readonly SortedDictionary<EvseId, Watch> _watches = [];
    private readonly SortedDictionary<LegId, BrokenLeg> _untold = [];
    private readonly SortedDictionary<string, long> _timeTold = new(StringComparer.Ordinal);

    /// <summary>
    /// Broken legs whose time is yet to come are told again: the process before this one may not
    /// have reached the car.
    /// </summary>
    public void Start(LedgerState state)
    {
        foreach (BrokenLeg broken in state.Of(Tables.BrokenLegs).Values)
        {
            Note(broken);
        }
    }

    public void On(Effect effect)
    {
        if (effect is LegBroken { Broken: var broken })
        {
            Note(broken);
        }
    }

    /// <summary>A station whose clock is wrong is told the time.</summary>
    public void On(Received message)
    {
        TimeSpan ahead = TimeSpan.FromMilliseconds(
            message.Envelope.Ts.UnixMs - wall.GetUtcNow().ToUnixTimeMilliseconds());

        // What was queued is old by nature; only a heartbeat never is.
        if (message.From.Kind != DeviceKind.Station
            || (ahead < TimeSpan.Zero && message.Topic is not UpTopic.Heartbeat)
            || !ClockTable.Decide(ahead).TellsTime
            || (_timeTold.TryGetValue(message.From.User, out long told)
                && wall.GetElapsedTime(told) < DeskLimits.TimeToldPause))
        {
            return;
        }

        BrokerMetrics.Refused("clock");
        _timeTold[message.From.User] = wall.GetTimestamp();
        broker.TrySend(
            message.From, new DownTopic.Node(), broker.NewId(), broker.DescribeNode());
    }

    /// <summary>Whether somebody without a reservation may charge.</summary>
    public Reply Answer(DeviceAddress from, MessageId id, StartRequest request)
    {
        if (!stations.IsOf(from, request.Evse))
        {
            return Reply.Refused(
                id, ReplyCode.NotFound, $"body.evse: {request.Evse} is not of this station");
        }

        LedgerState state = ledger.State();
        Timestamp now = ledger.Now();
        Booking? next = RowOf(state, request.Evse).FirstOrDefault(each => each.Window.Until > now);
        WalkIn walkIn = new(
            stations.Shown(request.Evse).Status, next, state.Rules.LeadMs, now);
        WalkInRow row = WalkInTable.Decide(walkIn);
        return row.Code == ReplyCode.Ok
            ? Reply.Done(id, new StartReply(walkIn.LeaveBy, next?.Leg))
            : Reply.Refused(
                id, row.Code, next is null ? row.Name : $"{row.Name}: {next.Window}");
    }

    /// <summary>Looks at every leg that is near; called once in a while.</summary>
    public void Work(CancellationToken ct)
    {
        LedgerState state = ledger.State();
        Timestamp now = ledger.Now();
        foreach (EvseId evse in stations.Evses)
        {
            EvseShown shown = stations.Shown(evse);
            Watch watch = Look(evse, shown);
            foreach (Booking booking in RowOf(state, evse))
            {
                if (booking.Window.From.UnixMs - state.Rules.LeadMs > now.UnixMs)
                {
                    break;
                }

                Decide(state, booking, evse, shown, wall.GetElapsedTime(watch.Since), ct);
            }
        }

        foreach (BrokenLeg broken in _untold.Values.ToArray())
        {
            if (IsOver(state, broken, now) || Tell(state, broken, now))
            {
                _untold.Remove(broken.Leg);
            }
        }
    }

    private void Decide(
        LedgerState state, Booking booking, EvseId evse, EvseShown shown, TimeSpan since,
        CancellationToken ct)
    {
        Trip trip = state.Trips[booking.Leg.Trip];
        Leg leg = trip.Legs[booking.Leg.Number - 1];
        if (leg.State is not (LegState.Confirmed or LegState.Charging))
        {
            return;
        }

        ConflictRow row = ConflictTable.Decide(new Situation(
            leg.State, booking.Window, state.Rules.LeadMs, shown.Status,
            shown.Reservation == booking.Leg, since, ledger.Now()));
        if (row is { Act: LegAct.Break, Reason: { } reason })
        {
            submitter.Submit(
                $"break {booking.Leg}", Break(state, trip, booking.Leg, evse, shown, reason), ct);
        }
    }

    /// <summary>
    /// In the station's own signed words when it has said them of this leg. The time is that of
    /// the change, so that the same break is the same transaction's body however often it is made.
    /// </summary>
    private static BreakLeg Break(
        LedgerState state, Trip trip, LegId leg, EvseId evse, EvseShown shown, BreakReason reason)
    {
        LegBreak said = new(leg, evse, reason, shown.Since);
        if (shown.Signature is { } signature && shown.Reservation == leg
            && Ed25519.Verify(
                state.Evses[evse].Published.StationKey, said.SignedMessage(state.Network),
                signature))
        {
            return new BreakLeg(said, signature);
        }

        long at = Math.Clamp(
            shown.Since.UnixMs, trip.ProposedAt.UnixMs,
            Math.Max(trip.ProposedAt.UnixMs, state.Time.UnixMs));
        return new BreakLeg(said with { At = new Timestamp(at) }, null);
    }

    private Watch Look(EvseId evse, EvseShown shown)
    {
        if (!_watches.TryGetValue(evse, out Watch? watch)
            || watch.Status != shown.Status || watch.Reservation != shown.Reservation)
        {
            _watches[evse] = watch = new Watch(
                shown.Status, shown.Reservation, wall.GetTimestamp());
        }

        return watch;
    }

    private void Note(BrokenLeg broken)
    {
        if (broken.Home == ledger.Self && _untold.Count < DeskLimits.UntoldMax
            && !IsOver(ledger.State(), broken, ledger.Now()))
        {
            _untold[broken.Leg] = broken;
        }
    }

    private static bool IsOver(LedgerState state, BrokenLeg broken, Timestamp now) =>
        RequestOf(state, broken.Leg).Window.Until <= now;

    private bool Tell(LedgerState state, BrokenLeg broken, Timestamp now)
    {
        if (store.FindReservation(broken.Leg.Trip) is not { } kept
            || !DeviceAddress.TryParseUser(ledger.Self, kept.Device, out DeviceAddress? car))
        {
            // Not this node's to tell: the trip came from no device of it.
            return true;
        }

        LegBrokenBody body = new(
            broken.Leg,
            RequestOf(state, broken.Leg).Evse,
            EnumNames.UpperSnake(broken.Reason.ToString()),
            broken.Penalty,
            Offers.Of(state, broken.Leg, now));
        return broker.TrySend(car!, new DownTopic.LegBrokenEvent(), broker.NewId(), body);
    }

    private static LegRequest RequestOf(LedgerState state, LegId leg) =>
        state.Trips[leg.Trip].Legs[leg.Number - 1].Request;

    private static ImmutableArray<Booking> RowOf(LedgerState state, EvseId evse) =>
        state.Calendar.TryGetValue(evse, out ImmutableArray<Booking> row) ? row : [];

    private sealed record Watch(EvseStatus Status, LegId? Reservation, long Since);
}
