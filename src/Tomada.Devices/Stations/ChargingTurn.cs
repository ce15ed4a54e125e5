using System.Net.Sockets;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>One car's turn at a socket: the session from its start to its end.</summary>
internal sealed class ChargingTurn
{
    private readonly SocketParts _parts;
    private readonly Cable _cable;
    private readonly Reservation _turn;
    private readonly long _startWh;
    private SessionBody _last;
    private long _deliveredWh;

    /// <summary>Starts the session: it is in the journal when this returns.</summary>
    /// <param name="parts">The socket.</param>
    /// <param name="cable">To the car.</param>
    /// <param name="turn">Whose turn it is.</param>
    /// <param name="secret">What the car showed for it.</param>
    /// <param name="at">When it plugged in.</param>
    public ChargingTurn(
        SocketParts parts, Cable cable, Reservation turn, byte[] secret, Timestamp at)
    {
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

    /// <summary>Until the session has ended; the end is in the journal when this returns.</summary>
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
            Close();
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
        while (true)
        {
            Task<CableLine?> read = _cable.ReadAsync(stop.Token);
            if (await Task.WhenAny(read, windowEnd).ConfigureAwait(false) == windowEnd)
            {
                ct.ThrowIfCancellationRequested();
                await SwitchOffAsync(read, stop.Token).ConfigureAwait(false);
                break;
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

            Report(line.PowerW ?? 0);
        }

        await stop.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// The window has ended: power flowed until then. How much, the car's last word says; what it
    /// said before may be old, or nothing, where the clock is fast and processes wait.
    /// </summary>
    private async Task SwitchOffAsync(Task<CableLine?> read, CancellationToken ct)
    {
        Timestamp end = _turn.Window.Until;
        Reason = SessionEndReason.WindowEnded;
        await _cable.SendAsync(
            new CableLine(CableKind.Stop, AtMs: end.UnixMs, Why: "the window has ended"),
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
        EndAt = end;
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

    private void Report(int powerW)
    {
        TimeSpan floor = ClientLimits.MeterPauseMin * Clock.Factor;
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
