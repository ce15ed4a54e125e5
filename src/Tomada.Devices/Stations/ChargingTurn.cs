using System.Net.Sockets;
using System.Threading.Channels;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// What a station does to a running session: from a time on no more than so much power, and why.
/// </summary>
/// <param name="At">Ledger time.</param>
/// <param name="PowerMaxW">0 while the station holds power back; null ends the session.</param>
/// <param name="Why">For people.</param>
internal sealed record PowerOrder(Timestamp At, int? PowerMaxW, string Why);

/// <summary>One car's turn at a socket: the session from its start to its end.</summary>
internal sealed class ChargingTurn
{
    private readonly SocketParts _parts;
    private readonly Cable _cable;
    private readonly Reservation _turn;
    private readonly long _startWh;
    private readonly Action<TransactionPhase, Timestamp> _show;
    private readonly Channel<PowerOrder> _orders =
        Channel.CreateBounded<PowerOrder>(ClientLimits.PowerOrdersMax);
    private PowerOrder? _unheard;
    private bool _isHeldBack;
    private Timestamp _sampled;
    private SessionBody _last;
    private long _deliveredWh;

    /// <summary>Starts the session: it is in the journal when this returns.</summary>
    /// <param name="parts">The socket.</param>
    /// <param name="cable">To the car.</param>
    /// <param name="turn">Whose turn it is.</param>
    /// <param name="secret">What the car showed for it.</param>
    /// <param name="at">When it plugged in.</param>
    /// <param name="show">Told where the transaction stands.</param>
    public ChargingTurn(
        SocketParts parts,
        Cable cable,
        Reservation turn,
        byte[] secret,
        Timestamp at,
        Action<TransactionPhase, Timestamp> show)
    {
        _show = show;
        _parts = parts;
        _cable = cable;
        _turn = turn;
        _startWh = parts.Meter.Read();
        _last = parts.Signer.Start(
            parts.Journal.NextOf(turn.Leg), parts.Evse.Id, secret, at, _startWh);
        EndAt = at;
        parts.Journal.Append(_last);
        parts.Progress.Report(
            new StationEvent.SessionStarted(parts.Name, _last.Session, parts.Evse.Id, at));
    }

    /// <summary>When the last of what was metered had flowed.</summary>
    public Timestamp EndAt { get; private set; }

    // What the end says unless something else is learned: this process was stopped.
    private SessionEndReason Reason { get; set; } = SessionEndReason.Fault;

    private bool IsComplete => _deliveredWh >= _turn.EnergyWh;

    private LedgerClock Clock => _parts.Link.Clock;

    /// <summary>Limits or ends the session; one more than may wait ends it.</summary>
    public void Order(PowerOrder order)
    {
        if (!_orders.Writer.TryWrite(order))
        {
            _unheard = order with { PowerMaxW = null };
        }
    }

    /// <summary>
    /// Until the session has ended; the end is in the journal when this returns, unless the power
    /// was cut: then the next start writes it.
    /// </summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await _cable.SendAsync(
                new CableLine(
                    CableKind.Started,
                    MaxPowerW: _parts.Evse.PowerMaxW,
                    Session: _last.Session.ToString(),
                    EnergyWh: _turn.EnergyWh,
                    AtMs: _last.At.UnixMs),
                ct).ConfigureAwait(false);
            await FollowAsync(ct).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            Reason = SessionEndReason.Driver;
        }
        finally
        {
            if (!_parts.Power.IsCut)
            {
                Close();
            }
        }
    }

    /// <summary>Tells the car what was metered: the station has the last word.</summary>
    public Task SayEndAsync(CancellationToken ct) => _cable.SendAsync(
        new CableLine(CableKind.Ended, EnergyWh: _deliveredWh, AtMs: EndAt.UnixMs), ct);

    /// <summary>
    /// Until the car pulls the plug, the window ends or the promised energy has flowed.
    /// </summary>
    private async Task FollowAsync(CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task windowEnd = Clock.WaitUntilAsync(_turn.Window.Until, stop.Token);
        Task<CableLine?> read = _cable.ReadAsync(stop.Token);
        Task<bool> ordered = _orders.Reader.WaitToReadAsync(stop.Token).AsTask();
        while (true)
        {
            await Task.WhenAny(read, windowEnd, ordered).ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
            if (await ObeyAsync(stop.Token).ConfigureAwait(false) is { } off)
            {
                await SwitchOffAsync(
                    read, off, SessionEndReason.Fault, stop.Token).ConfigureAwait(false);
                break;
            }

            if (ordered.IsCompleted)
            {
                ordered = _orders.Reader.WaitToReadAsync(stop.Token).AsTask();
            }

            if (!read.IsCompleted && windowEnd.IsCompleted)
            {
                PowerOrder end = new(_turn.Window.Until, null, "the window has ended");
                await SwitchOffAsync(
                    read, end, SessionEndReason.WindowEnded, stop.Token).ConfigureAwait(false);
                break;
            }

            if (!read.IsCompleted)
            {
                continue;
            }

            CableLine? line = await read.ConfigureAwait(false);
            if (!Take(line))
            {
                Reason = line is null ? SessionEndReason.Driver : SessionEndReason.Fault;
                break;
            }

            if (line!.Kind == CableKind.Unplug)
            {
                Reason = IsComplete ? SessionEndReason.Complete
                    : EndAt == _turn.Window.Until ? SessionEndReason.WindowEnded
                    : SessionEndReason.Driver;
                break;
            }

            Report(line);
            read = _cable.ReadAsync(stop.Token);
        }

        await stop.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Passes limits on to the car; the order that ends the session, if any.</summary>
    private async Task<PowerOrder?> ObeyAsync(CancellationToken ct)
    {
        while (_orders.Reader.TryRead(out PowerOrder? order))
        {
            if (order.PowerMaxW is not { } powerW)
            {
                return order;
            }

            _isHeldBack = powerW == 0;
            _show(
                _isHeldBack ? TransactionPhase.SuspendedEvse : TransactionPhase.Charging,
                order.At);
            await _cable.SendAsync(
                new CableLine(
                    CableKind.Limit, MaxPowerW: powerW, AtMs: order.At.UnixMs, Why: order.Why),
                ct).ConfigureAwait(false);
        }

        return _unheard;
    }

    /// <summary>
    /// Power is off since a time, and flowed until then. How much, the car's last word says; what
    /// it said before may be old, or nothing, where the clock is fast and processes wait.
    /// </summary>
    private async Task SwitchOffAsync(
        Task<CableLine?> read, PowerOrder off, SessionEndReason reason, CancellationToken ct)
    {
        Reason = reason;
        await _cable.SendAsync(
            new CableLine(CableKind.Stop, AtMs: off.At.UnixMs, Why: off.Why),
            ct).ConfigureAwait(false);
        Task late = Task.Delay(ClientLimits.LastWordMax, Clock.Wall, ct);
        while (await Task.WhenAny(read, late).ConfigureAwait(false) == read)
        {
            CableLine? line = await read.ConfigureAwait(false);
            if (!Take(line) || line!.Kind == CableKind.Unplug)
            {
                Reason = IsComplete ? SessionEndReason.Complete : Reason;
                return;
            }

            read = _cable.ReadAsync(ct);
        }

        ct.ThrowIfCancellationRequested();
        EndAt = off.At;
    }

    /// <summary>Meters what flowed; false for what this socket cannot have delivered.</summary>
    private bool Take(CableLine? line)
    {
        if (line is not { Kind: CableKind.Draw or CableKind.Unplug, EnergyWh: { } energyWh }
            || energyWh < _deliveredWh || energyWh > _turn.EnergyWh
            || line.PowerW > _parts.Evse.PowerMaxW)
        {
            return false;
        }

        Timestamp now = Clock.Now;
        Timestamp until = _turn.Window.Until;
        _deliveredWh = energyWh;
        EndAt = StationSocket.Within(
            line.AtMs is { } ms ? new Timestamp(ms) : now, EndAt, now < until ? now : until);
        return true;
    }

    private void Report(CableLine line)
    {
        int powerW = line.PowerW ?? 0;
        if (!_isHeldBack)
        {
            _show(
                powerW == 0 ? TransactionPhase.SuspendedEv : TransactionPhase.Charging, EndAt);
        }

        TimeSpan floor = ClientLimits.MeterPauseMin * Clock.Factor;
        if (EndAt.Since(_sampled) >= floor)
        {
            _sampled = EndAt;
            Sample(line, powerW);
        }

        TimeSpan interval = _parts.Options.MeterInterval;
        if (EndAt.Since(_last.At) < (interval > floor ? interval : floor))
        {
            return;
        }

        _last = _parts.Signer.Update(_last, EndAt, _startWh + _deliveredWh);
        _parts.Meter.Write(_last.MeterWh);
        _parts.Journal.Append(_last);
        _parts.Progress.Report(
            new StationEvent.Metered(_parts.Name, _last.Session, _deliveredWh, powerW));
    }

    /// <summary>Loss is allowed: nobody waits for it.</summary>
    private void Sample(CableLine line, int powerW)
    {
        MeterBody sample = new(
            _startWh + _deliveredWh,
            powerW,
            _last.Session,
            line.VoltageMv,
            line.VoltageMv is { } mv ? PackVoltage.CurrentMa(powerW, mv) : null,
            line.SocPermille);
        _ = _parts.Link.SendNowAsync(
            new UpTopic.Meter(_parts.Evse.Id.Name), sample, CancellationToken.None);
    }

    private void Close()
    {
        _last = _parts.Signer.End(_last, EndAt, _startWh + _deliveredWh, Reason);
        EndAt = _last.At;
        _parts.Meter.Write(_last.MeterWh);
        _parts.Journal.Append(_last);
        _parts.Progress.Report(new StationEvent.SessionEnded(
            _parts.Name, _last.Session, _deliveredWh, Reason, _last.At));
    }
}
