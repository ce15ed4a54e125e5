using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Node.Devices;
using Tomada.Primitives;

namespace Tomada.Node.Trips;

/// <summary>
/// The home company's side of trips: makes one ProposeTrip of a car's request, waits for the
/// ledger's word, and gives the car exactly one final reply.
/// </summary>
internal sealed class TripDesk(
    DeskLedger ledger, DeviceBroker broker, DeviceRegistry registry, DeviceStore store,
    Submitter submitter,
    TimeProvider wall,
    ReceiptDesk receipts,
    ReplanDesk replans)
{
    private readonly SortedDictionary<string, Asked> _proposing = new(StringComparer.Ordinal);
    private readonly SortedDictionary<TripId, Asked> _waiting = [];
    private readonly SortedDictionary<string, Asked> _replanning = new(StringComparer.Ordinal);
    private readonly SortedDictionary<TripId, TripRefused> _refusals = [];

    private Timestamp WallNow => new(wall.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Takes a reserve request whose id is not known yet.</summary>
    public void OnReserve(Received message, ReserveRequest request, CancellationToken ct)
    {
        Asked asked = new(message.From, message.Envelope.Id, message.Envelope.BodyHash)
        {
            Request = request,
            Stop = ct,
        };
        LedgerState state = ledger.State();
        if (Refuse(state, request) is var (code, why))
        {
            Finish(asked, Reply.Refused(asked.Id, code, why));
            return;
        }

        ImmutableArray<byte[]> secrets =
            [.. request.Legs.Select(
                _ => RandomNumberGenerator.GetBytes(DeviceRegistry.SecretSize))];
        ProposeTrip proposal = new(
            registry.Pseudonym(message.From, asked.Id),
            PriorityClass.Normal,
            request.DecideWithinMs ?? state.Rules.DecisionMaxMs,
            [.. request.Legs.Select((leg, i) => Pin(state, leg, secrets[i]))]);

        // The secrets first: a trip whose secrets are lost could never be used.
        store.PutReply(asked.User, asked.Id, new KeptReply(asked.BodyHash, null), WallNow);
        store.PutReservation(asked.User, asked.Id, EncodeSecrets(secrets));
        Send(asked, Reply.Pending(asked.Id));
        _proposing[asked.Key] = asked;
        submitter.Submit(asked.Key, proposal, ct);
    }

    /// <summary>
    /// A request came again while it was being worked on, perhaps by an earlier process.
    /// </summary>
    public void OnRepeated(Received message)
    {
        Asked asked = new(message.From, message.Envelope.Id, message.Envelope.BodyHash);
        bool known = _proposing.ContainsKey(asked.Key)
            || _replanning.ContainsKey(asked.Key)
            || _waiting.Values.Any(each => each.User == asked.User && each.Id == asked.Id);
        if (!known
            && store.FindReservation(asked.User, asked.Id) is { } kept
            && FindTrip(kept) is { } trip)
        {
            store.SetTrip(asked.User, asked.Id, trip.Id);
            _waiting[trip.Id] = asked;
            Send(asked, Reply.Pending(asked.Id));
            Settle(trip);
        }
        else if (!known && OpenForMs(asked) == 0)
        {
            // The process before ended between taking the request and its end on the ledger. By
            // now no block can take the proposal, and no trip came of it: nothing is held.
            Finish(asked, Reply.Refused(
                asked.Id, ReplyCode.Expired, "the node was restarted and nothing came of it; ask "
                + "again with another id"));
        }
        else
        {
            // The proposal may still be in the queue of the process before: its end is open.
            Send(asked, known
                ? Reply.Pending(asked.Id)
                : Reply.Refused(
                    asked.Id, ReplyCode.Busy, "the request is being worked on", OpenForMs(asked)));
        }
    }

    /// <summary>How long, in ms, a proposal of an earlier process may still come to the ledger.
    /// </summary>
    private long OpenForMs(Asked asked) =>
        store.FindReplyTime(asked.User, asked.Id) is { } since
            ? Math.Clamp(
                since.UnixMs + DeskLimits.ProposalForgottenMs - WallNow.UnixMs,
                0,
                DeskLimits.ProposalForgottenMs)
            : DeskLimits.ProposalForgottenMs;

    public void On(DeskInput.Submitted ended)
    {
        if (!_proposing.Remove(ended.Key, out Asked? asked))
        {
            return;
        }

        TripId trip = new(ended.End.Id.Digest);
        switch (ended.End.Outcome)
        {
            case null:
                Finish(asked, Reply.Refused(
                    asked.Id, ReplyCode.Expired,
                    ended.End.Why ?? "the ledger did not take it in time"));
                break;
            case { IsApplied: false } refused:
                End(
                    asked,
                    CodeOf(refused.Code),
                    refused.Detail ?? refused.Code.ToString(),
                    new ReserveReply(trip, Outcome: Primitives.Encoding.EnumNames.UpperSnake(
                        refused.Code.ToString())),
                    Taken(asked));
                break;
            default:
                store.SetTrip(asked.User, asked.Id, trip);
                _waiting[trip] = asked;
                Settle(ledger.State().Trips[trip]);
                break;
        }
    }

    public void On(DeskInput.Replanned replanned)
    {
        if (_replanning.Remove(replanned.Key, out Asked? asked))
        {
            Finish(asked, replanned.Reply);
        }
    }

    public void On(Effect effect)
    {
        if (effect is TripRefused refused)
        {
            if (_refusals.Count >= DeskLimits.RefusedKept)
            {
                _refusals.Clear();
            }

            _refusals[refused.Leg.Trip] = refused;
        }

        TripId? changed = effect switch
        {
            TripConfirmed each => each.Trip,
            TripRefused each => each.Leg.Trip,
            TripExpired each => each.Trip,
            TripEnded each => each.Trip,
            LegEnded each => each.Leg.Trip,
            SessionStarted each => each.Session.Leg.Trip,
            _ => null,
        };
        if (changed is { } id
            && ledger.State().Trips.TryGetValue(id, out Trip? trip) && trip.Home == ledger.Self)
        {
            Settle(trip);
            Tell(trip);
        }
    }

    /// <summary>Blocks passed unseen: what they brought to trips stands in the state.</summary>
    public void OnSkipped()
    {
        LedgerState state = ledger.State();
        foreach (TripId id in _waiting.Keys.ToArray())
        {
            Settle(state.Trips[id]);
            Tell(state.Trips[id]);
        }
    }

    /// <summary>The device's trips as the ledger has them now.</summary>
    public Reply History(Received message, HistoryRequest request)
    {
        LedgerState state = ledger.State();
        ImmutableArray<ReservationBody> trips =
        [
            .. store.ReadHistory(message.From.User, request.Limit ?? 20)
                .Select(kept => state.Trips.GetValueOrDefault(kept.Trip!.Value))
                .OfType<Trip>().Select(Body),
        ];
        return Reply.Done(message.Envelope.Id, new HistoryReply(trips));
    }

    /// <summary>
    /// What must hold before a leg can be priced; the rest is for the rules to judge.
    /// </summary>
    private static (ReplyCode Code, string Why)? Refuse(LedgerState state, ReserveRequest request)
    {
        for (int i = 0; i < request.Legs.Length; i++)
        {
            LegBody leg = request.Legs[i];
            if (!state.Evses.ContainsKey(leg.Evse))
            {
                return (
                    ReplyCode.NotFound,
                    $"body.legs[{i}].evse: {leg.Evse} is not on the ledger");
            }

            if (leg.Window.Until.UnixMs - leg.Window.From.UnixMs > state.Rules.HorizonMs)
            {
                return (ReplyCode.Invalid, $"body.legs[{i}].window: {leg.Window}; allowed are "
                    + $"{state.Rules.HorizonMs / 86_400_000} days at the most");
            }
        }

        return null;
    }

    /// <summary>
    /// Pins today's tariff. The cap is what the promised energy over the whole window would cost:
    /// no session that keeps the promise can cost more.
    /// </summary>
    private static LegRequest Pin(LedgerState state, LegBody leg, byte[] secret) => new(
        leg.Evse,
        leg.Window,
        leg.EnergyWh,
        state.TariffHashes[state.Evses[leg.Evse].Published.Tariff],
        TariffBook.Most(
            state,
            state.TariffHashes[state.Evses[leg.Evse].Published.Tariff],
            leg.Window,
            leg.EnergyWh),
        LegRequest.HashSecret(secret));

    private static ReplyCode CodeOf(OutcomeCode code) => code switch
    {
        OutcomeCode.WindowTaken => ReplyCode.Occupied,
        OutcomeCode.NotAvailable or OutcomeCode.LimitExceeded => ReplyCode.Unavailable,
        OutcomeCode.NotFound => ReplyCode.NotFound,
        OutcomeCode.OutOfRules => ReplyCode.Invalid,
        _ => ReplyCode.Conflict,
    };

    private static byte[] EncodeSecrets(ImmutableArray<byte[]> secrets) =>
        System.Text.Encoding.ASCII.GetBytes(
            string.Join('\n', secrets.Select(Convert.ToHexStringLower)));

    private static ImmutableArray<byte[]> DecodeSecrets(byte[] text) =>
        [.. System.Text.Encoding.ASCII.GetString(text).Split('\n').Select(Convert.FromHexString)];

    private static ReservationBody Body(Trip trip) => new(
        trip.Id,
        (ReservationState)trip.State,
        [.. trip.Legs.Select(leg => leg.State.ToString().ToUpperInvariant())]);

    private Trip? FindTrip(KeptReservation kept)
    {
        LedgerState state = ledger.State();
        if (kept.Trip is { } known)
        {
            return state.Trips.GetValueOrDefault(known);
        }

        Digest first = LegRequest.HashSecret(DecodeSecrets(kept.Legs)[0]);
        return state.Trips.Values.FirstOrDefault(
            trip => trip.Home == ledger.Self && trip.Legs[0].Request.SecretHash == first);
    }

    /// <summary>Gives the final reply once the trip is decided.</summary>
    private void Settle(Trip trip)
    {
        if (trip.State == TripState.Held || !_waiting.Remove(trip.Id, out Asked? asked))
        {
            return;
        }

        switch (trip.State)
        {
            case TripState.Refused:
                EndRefused(asked, trip);
                break;
            case TripState.Expired:
                Finish(asked, Reply.Refused(
                    asked.Id, ReplyCode.Expired,
                    "not every owner answered in time; no leg is held",
                    new ReserveReply(trip.Id, ReservationState.Expired)));
                break;
            default:
                Finish(asked, Reply.Done(asked.Id, Confirmed(asked, trip)));
                break;
        }

        if (trip.State == TripState.Confirmed)
        {
            receipts.Follow(asked.From, trip.Id);
        }
    }

    private void EndRefused(Asked asked, Trip trip)
    {
        TripRefused? refusal = _refusals.GetValueOrDefault(trip.Id);
        string why = refusal is null
            ? "an owner refused; no leg is held"
            : $"leg {refusal.Leg.Number}: its owner refused: {refusal.Reason}; no leg is held";
        string? reason = refusal is null
            ? null
            : Primitives.Encoding.EnumNames.UpperSnake(refusal.Reason.ToString());
        ReplyCode code =
            refusal?.Reason == RefusalReason.Occupied ? ReplyCode.Occupied : ReplyCode.Unavailable;
        End(
            asked,
            code,
            why,
            new ReserveReply(
                trip.Id, ReservationState.Refused, RefusedLeg: refusal?.Leg, Reason: reason),
            refusal is null || asked.Request is null
                ? []
                : [asked.Request.Legs[refusal.Leg.Number - 1]]);
    }

    /// <summary>The legs whose time somebody has, as the calendar stands now.</summary>
    private IEnumerable<LegBody> Taken(Asked asked)
    {
        LedgerState state = ledger.State();
        return (asked.Request?.Legs ?? []).Where(leg =>
            state.Calendar.TryGetValue(leg.Evse, out ImmutableArray<Booking> booked)
            && booked.Any(each => each.Window.Overlaps(leg.Window)));
    }

    /// <summary>A reservation came to nothing: the reply may say what could be had instead.
    /// </summary>
    private void End(
        Asked asked, ReplyCode code, string why, ReserveReply body, IEnumerable<LegBody> lost)
    {
        _replanning[asked.Key] = asked;
        Reply refusal = Reply.Refused(asked.Id, code, why, body);
        if (replans.TryBegin(
            asked.Key, refusal, body, asked.Request?.Journey, lost, asked.Stop) is { } final)
        {
            _replanning.Remove(asked.Key);
            Finish(asked, final);
        }
    }

    private ReserveReply Confirmed(Asked asked, Trip trip)
    {
        ImmutableArray<byte[]> secrets = DecodeSecrets(
            store.FindReservation(asked.User, asked.Id)!.Legs);
        return new ReserveReply(trip.Id, (ReservationState)trip.State,
        [
            .. trip.Legs.Select((leg, i) => new ReservedLegBody(
                new LegId(trip.Id, leg.Number), leg.Request.Evse, leg.Request.Window,
                leg.Request.EnergyWh,
                leg.Request.Tariff, leg.Request.PriceCap, secrets[i])),
        ]);
    }

    private void Tell(Trip trip)
    {
        if (store.FindReservation(trip.Id) is { } kept
            && DeviceAddress.TryParseUser(ledger.Self, kept.Device, out DeviceAddress? device))
        {
            broker.TrySend(device!, new DownTopic.ReservationEvent(), broker.NewId(), Body(trip));
        }
    }

    private void Finish(Asked asked, Reply reply)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(reply, Reply.Json);
        store.PutReply(asked.User, asked.Id, new KeptReply(asked.BodyHash, bytes), WallNow);
        Send(asked, reply);
    }

    private void Send(Asked asked, Reply reply) => broker.TrySend(
        asked.From, new DownTopic.Reply(RequestOp.Reserve), broker.NewId(), reply);

    private sealed record Asked(DeviceAddress From, MessageId Id, Digest BodyHash)
    {
        /// <summary>What was asked; null when an earlier process took it.</summary>
        public ReserveRequest? Request { get; init; }

        public CancellationToken Stop { get; init; }

        public string User => From.User;

        public string Key => $"propose {User} {Id}";
    }
}
