using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>One EVSE at work: what it shows, its socket, and the session that runs on it.</summary>
internal sealed class StationSocket(
    StationEvse evse,
    StationOptions options,
    DeviceLink link,
    SessionSigner signer,
    SessionJournal journal,
    IProgress<StationEvent> progress)
{
    private static readonly TimeSpan s_stateValid = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly EvseMachine _machine = new();
    private readonly string _meterPath = Path.Combine(options.Link.Folder, $"meter-{evse.Id.Name}");
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EvseView? _shown;

    public EvseId Id => evse.Id;

    private string Name => options.Link.Address.Id;

    public ReplyCode Hold(HoldCommand command) => Change(m => m.Hold(command, link.Clock.Now));

    public ReplyCode Reserve(ReserveCommand command) =>
        Change(m => m.Reserve(command, link.Clock.Now));

    public void Release(LegId leg) => Change(m =>
    {
        m.Release(leg);
        return true;
    });

    /// <summary>A fault shows OUTOFORDER until it is cleared with null.</summary>
    public void SetFault(string? fault) => Change(m =>
    {
        m.SetFault(fault);
        return true;
    });

    /// <summary>Says the state again, as after a new connection.</summary>
    public Task<bool> SayStateAsync(CancellationToken ct) =>
        link.SendNowAsync(new UpTopic.EvseState(evse.Id.Name), Body(Look()), ct);

    /// <summary>Shows what is due when it is due, and takes cars in one after another.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(ShowAsync(ct), ServeAsync(ct));

    private T Change<T>(Func<EvseMachine, T> change)
    {
        TaskCompletionSource changed;
        T result;
        lock (_gate)
        {
            result = change(_machine);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
        return result;
    }

    private EvseView Look()
    {
        lock (_gate)
        {
            return _machine.View(link.Clock.Now);
        }
    }

    private EvseStateBody Body(EvseView view)
    {
        Timestamp validUntil = link.Clock.WallNow.Plus(s_stateValid);
        return new EvseStateBody(
            view.Status, view.Phase, link.Clock.Now, validUntil, view.Reservation, view.Error);
    }

    private async Task ShowAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            Task changed;
            EvseView view;
            Timestamp? next;
            lock (_gate)
            {
                changed = _changed.Task;
                view = _machine.View(link.Clock.Now);
                next = _machine.NextChange(link.Clock.Now);
            }

            if (view != _shown)
            {
                _shown = view;
                progress.Report(new StationEvent.StatusChanged(
                    Name, evse.Id, view.Status, view.Reservation, link.Clock.Now));
                await link.PublishAsync(new UpTopic.EvseState(evse.Id.Name), Body(view), ct)
                    .ConfigureAwait(false);
                continue;
            }

            using CancellationTokenSource stop =
                CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task due = next is { } at
                ? link.Clock.WaitUntilAsync(at, stop.Token)
                : Task.Delay(s_stateValid / 2, link.Clock.Wall, stop.Token);
            await Task.WhenAny(changed, due).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        CableFolder.Publish(
            options.CableFolder, evse.Id, ((IPEndPoint)listener.LocalEndpoint).Port);
        try
        {
            while (!ct.IsCancellationRequested)
            {
                TcpClient socket = await listener.AcceptTcpClientAsync(ct).ConfigureAwait(false);
                await using Cable cable = new(socket);
                await ServeCarAsync(cable, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            CableFolder.Remove(options.CableFolder, evse.Id);
        }
    }

    private async Task ServeCarAsync(Cable cable, CancellationToken ct)
    {
        try
        {
            CableLine? plug = await cable.ReadAsync(ct).ConfigureAwait(false);
            byte[]? secret = plug is { Kind: CableKind.Plug } ? ParseSecret(plug.Secret) : null;
            if (secret is null)
            {
                await RefuseAsync(
                    cable, "secret: 64 hexadecimal digits are needed", ct).ConfigureAwait(false);
                return;
            }

            await link.WaitForNetworkAsync(ct).ConfigureAwait(false);
            string? why = null;
            Reservation? reservation = Change(m => m.Match(secret, link.Clock.Now, out why));
            if (reservation is null)
            {
                await RefuseAsync(cable, why!, ct).ConfigureAwait(false);
                return;
            }

            await ChargeAsync(cable, reservation, secret, ct).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            // The plug was pulled while a line was written; a running session has been ended.
            progress.Report(new StationEvent.PlugRefused(Name, evse.Id, broken.Message));
        }
    }

    private async Task RefuseAsync(Cable cable, string why, CancellationToken ct)
    {
        progress.Report(new StationEvent.PlugRefused(Name, evse.Id, why));
        await cable.SendAsync(new CableLine(CableKind.Refused, Why: why), ct).ConfigureAwait(false);
    }

    private async Task ChargeAsync(
        Cable cable, Reservation turn, byte[] secret, CancellationToken ct)
    {
        long startWh = ReadMeter();
        SessionBody start = signer.Start(journal.NextOf(turn.Leg), evse.Id, secret, startWh);
        Change(m =>
        {
            m.SetPhase(TransactionPhase.Charging, turn.Leg);
            return true;
        });
        journal.TryAppend(start);
        progress.Report(new StationEvent.SessionStarted(Name, start.Session, evse.Id, start.At));
        ChargeRun run = new(start, turn, startWh);
        try
        {
            await cable.SendAsync(
                new CableLine(
                    CableKind.Started, MaxPowerW: evse.PowerMaxW, Session: start.Session.ToString(),
                    EnergyWh: turn.EnergyWh, AtMs: start.At.UnixMs),
                ct).ConfigureAwait(false);
            await FollowAsync(cable, run, ct).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            run.Reason = SessionEndReason.Driver;
        }
        finally
        {
            Close(run);
        }

        await cable.SendAsync(
            new CableLine(CableKind.Ended, EnergyWh: run.DeliveredWh), ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Until the car pulls the plug, the window ends or the promised energy has flowed.
    /// </summary>
    private async Task FollowAsync(Cable cable, ChargeRun run, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task windowEnd = link.Clock.WaitUntilAsync(run.Turn.Window.Until, stop.Token);
        while (true)
        {
            Task<CableLine?> read = cable.ReadAsync(stop.Token);
            if (await Task.WhenAny(read, windowEnd).ConfigureAwait(false) == windowEnd)
            {
                ct.ThrowIfCancellationRequested();
                run.Reason = SessionEndReason.WindowEnded;
                await cable.SendAsync(
                    new CableLine(CableKind.Stop, Why: "the window has ended"), ct)
                    .ConfigureAwait(false);
                break;
            }

            CableLine? line = await read.ConfigureAwait(false);
            if (line is null or { Kind: not (CableKind.Draw or CableKind.Unplug) }
                || !Take(run, line))
            {
                run.Reason = line is null ? SessionEndReason.Driver : SessionEndReason.Fault;
                break;
            }

            if (line.Kind == CableKind.Unplug)
            {
                run.Reason = run.DeliveredWh >= run.Turn.EnergyWh
                    ? SessionEndReason.Complete
                    : SessionEndReason.Driver;
                break;
            }

            Report(run, line.PowerW ?? 0);
        }

        await stop.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Meters what flowed; false for what this socket cannot have delivered.</summary>
    private bool Take(ChargeRun run, CableLine line)
    {
        if (line.EnergyWh is not { } energyWh || energyWh < run.DeliveredWh
            || energyWh > run.Turn.EnergyWh || line.PowerW > evse.PowerMaxW)
        {
            return false;
        }

        run.DeliveredWh = energyWh;
        return true;
    }

    private void Report(ChargeRun run, int powerW)
    {
        TimeSpan floor = ClientLimits.MeterPauseMin * link.Clock.Factor;
        TimeSpan interval = options.MeterInterval > floor ? options.MeterInterval : floor;
        if (link.Clock.Now.Since(run.Last.At) < interval)
        {
            return;
        }

        run.Last = signer.Update(run.Last, run.StartWh + run.DeliveredWh);
        WriteMeter(run.Last.MeterWh);
        journal.TryAppend(run.Last);
        progress.Report(new StationEvent.Metered(Name, run.Last.Session, run.DeliveredWh, powerW));
    }

    private void Close(ChargeRun run)
    {
        SessionBody end = signer.End(run.Last, run.StartWh + run.DeliveredWh, run.Reason);
        WriteMeter(end.MeterWh);
        journal.TryAppend(end);
        Change(m =>
        {
            m.EndTurn(run.Turn.Leg);
            return true;
        });
        progress.Report(new StationEvent.SessionEnded(
            Name, end.Session, run.DeliveredWh, run.Reason, end.At));
    }

    private long ReadMeter() => File.Exists(_meterPath)
        && long.TryParse(File.ReadAllText(_meterPath), CultureInfo.InvariantCulture, out long wh)
        ? wh
        : 0;

    private void WriteMeter(long wh) =>
        DurableFile.Write(_meterPath, wh.ToString(CultureInfo.InvariantCulture));

    private static byte[]? ParseSecret(string? text) =>
        Digest.TryParse(text, out Digest secret) ? secret.ToArray() : null;

    private sealed class ChargeRun(SessionBody start, Reservation turn, long startWh)
    {
        public Reservation Turn => turn;

        public long StartWh => startWh;

        public long DeliveredWh { get; set; }

        public SessionBody Last { get; set; } = start;

        /// <summary>
        /// What the end says unless something else is learned: this process was stopped.
        /// </summary>
        public SessionEndReason Reason { get; set; } = SessionEndReason.Fault;
    }
}
