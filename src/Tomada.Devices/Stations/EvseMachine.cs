using Tomada.DeviceApi;
using Tomada.DeviceApi.States;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// A window that a station keeps for a leg; the hash is there once the trip is confirmed.
/// </summary>
internal sealed record Reservation(
    LegId Leg, TimeWindow Window, long LeadMs, long EnergyWh, Digest? SecretHash)
{
    public bool IsConfirmed => SecretHash is not null;

    public Timestamp ShownFrom => new(Window.From.UnixMs - LeadMs);
}

/// <summary>What an EVSE shows.</summary>
internal sealed record EvseView(
    EvseStatus Status, TransactionPhase Phase, LegId? Reservation, string? Error);

/// <summary>
/// The state of one EVSE on two axes, as OCPP 2.0.1 has them: what the connector shows, and where
/// its transaction stands. Time is an argument; whoever calls keeps calls one after another.
/// </summary>
internal sealed class EvseMachine
{
    private readonly SortedDictionary<LegId, Reservation> _reservations = [];
    private string? _fault;
    private LegId? _charging;
    private TransactionPhase _phase = TransactionPhase.Idle;

    /// <param name="kept">Confirmed before this station was started again.</param>
    public EvseMachine(IEnumerable<ReserveCommand>? kept = null)
    {
        foreach (ReserveCommand each in kept ?? [])
        {
            _reservations[each.Leg] = Confirmed(each);
        }
    }

    /// <summary>The windows that belong to somebody, by leg.</summary>
    public IEnumerable<Reservation> AllConfirmed =>
        _reservations.Values.Where(each => each.IsConfirmed);

    /// <summary>
    /// Whether the window can be kept. An unconfirmed one in the way gives place: the ledger gives
    /// a time to one leg only, so the older hold must have ended there already.
    /// </summary>
    public ReplyCode Hold(HoldCommand command, Timestamp now)
    {
        Sweep(now);
        if (_fault is not null)
        {
            return ReplyCode.Unavailable;
        }

        if (_reservations.TryGetValue(command.Leg, out Reservation? same) && same.IsConfirmed)
        {
            return ReplyCode.Ok;
        }

        Reservation hold = new(command.Leg, command.Window, 0, command.EnergyWh, null);
        return Put(hold);
    }

    /// <summary>The window belongs to the leg; the same leg again replaces it.</summary>
    public ReplyCode Reserve(ReserveCommand command, Timestamp now)
    {
        Sweep(now);
        return Put(Confirmed(command));
    }

    public void Release(LegId leg)
    {
        if (_charging != leg)
        {
            _reservations.Remove(leg);
        }
    }

    /// <summary>The reservation that a secret opens now, or why none.</summary>
    public Reservation? Match(byte[] secret, Timestamp now, out string? why)
    {
        Digest hash = LegRequest.HashSecret(secret);
        Reservation? mine = _reservations.Values.FirstOrDefault(each => each.SecretHash == hash);
        why = mine is null ? "no reservation of this EVSE has this secret"
            : _fault ?? (_charging is not null ? "a session is running"
            : now < mine.Window.From ? $"the window begins at {mine.Window.From}; it is {now}"
            : now >= mine.Window.Until ? $"the window ended at {mine.Window.Until}; it is {now}"
            : null);
        return why is null ? mine : null;
    }

    /// <summary>Lets the car of a reservation charge, or says why not.</summary>
    public Reservation? Admit(byte[] secret, Timestamp now, out string? why)
    {
        Reservation? mine = Match(secret, now, out why);
        if (mine is not null)
        {
            SetPhase(TransactionPhase.Charging);
            _charging = mine.Leg;
        }

        return mine;
    }

    /// <summary>Where the running transaction stands.</summary>
    public void SetPhase(TransactionPhase phase)
    {
        Invariant.Require(
            phase == _phase || StatusTable.Allows(_phase, phase), $"{phase} follows {_phase}");
        _phase = phase;
    }

    /// <summary>The session of the leg is over: its turn has been had.</summary>
    public void EndTurn(LegId leg)
    {
        _charging = null;
        _phase = TransactionPhase.Idle;
        _reservations.Remove(leg);
    }

    public void SetFault(string? fault) => _fault = fault;

    /// <summary>What is shown at this ledger time.</summary>
    public EvseView View(Timestamp now)
    {
        Reservation? turn = AllConfirmed
            .Where(each => each.ShownFrom <= now && now < each.Window.Until)
            .MinBy(each => each.Window.From);
        ConnectorStatus connector = _fault is not null ? ConnectorStatus.Faulted
            : _charging is not null ? ConnectorStatus.Occupied
            : turn is not null ? ConnectorStatus.Reserved
            : ConnectorStatus.Available;
        LegId? leg = connector == ConnectorStatus.Reserved ? turn!.Leg : _charging;
        return new EvseView(StatusTable.Of(connector, _phase), _phase, leg, _fault);
    }

    /// <summary>When the view changes by time alone.</summary>
    public Timestamp? NextChange(Timestamp now)
    {
        Timestamp? next = null;
        foreach (Reservation each in AllConfirmed)
        {
            foreach (Timestamp at in (Timestamp[])[each.ShownFrom, each.Window.Until])
            {
                next = at > now && (next is null || at < next) ? at : next;
            }
        }

        return next;
    }

    private static Reservation Confirmed(ReserveCommand command) => new(
        command.Leg, command.Window, command.LeadMs, command.EnergyWh, command.SecretHash);

    private ReplyCode Put(Reservation reservation)
    {
        Reservation[] inTheWay = [.. _reservations.Values.Where(
            each => each.Leg != reservation.Leg && each.Window.Overlaps(reservation.Window))];
        if (inTheWay.Any(each => each.IsConfirmed))
        {
            return ReplyCode.Occupied;
        }

        foreach (Reservation lapsed in inTheWay)
        {
            _reservations.Remove(lapsed.Leg);
        }

        if (_reservations.Count >= ClientLimits.ReservationsMax)
        {
            return ReplyCode.Busy;
        }

        _reservations[reservation.Leg] = reservation;
        return ReplyCode.Ok;
    }

    private void Sweep(Timestamp now)
    {
        LegId[] over = [.. _reservations.Values
            .Where(each => each.Window.Until <= now && each.Leg != _charging)
            .Select(each => each.Leg)];
        foreach (LegId leg in over)
        {
            _reservations.Remove(leg);
        }
    }
}
