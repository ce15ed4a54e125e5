using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>Whether a station has power; once it is cut nothing is written any more.</summary>
internal sealed class PowerSupply
{
    private volatile bool _isCut;

    public bool IsCut => _isCut;

    public void Cut() => _isCut = true;
}

/// <summary>What a socket and the turns of cars at it work with.</summary>
internal sealed record SocketParts(
    StationEvse Evse,
    StationOptions Options,
    DeviceLink Link,
    SessionSigner Signer,
    SessionJournal Journal,
    IProgress<StationEvent> Progress,
    PowerSupply Power)
{
    public EvseMeter Meter { get; } = new(Options.Link.Folder, Evse.Id);

    public ReservationFile Reservations { get; } = new(Options.Link.Folder, Evse.Id);

    public string Name => Options.Link.Address.Id;
}

/// <summary>One EVSE at work: what it shows, its socket, and who charges there.</summary>
internal sealed class StationSocket(SocketParts parts)
{
    private static readonly TimeSpan s_stateValid = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly EvseMachine _machine = new(
        parts.Reservations.Load().Where(each => !parts.Journal.HasHadItsTurn(each.Leg)));
    private ImmutableArray<Reservation>? _saved;
    private TaskCompletionSource _changed = Signal.New();
    private readonly Queue<Shown> _due = [];
    private EvseView? _noted;
    private volatile ChargingTurn? _turn;
    private Timestamp _freeFrom;

    public EvseId Id => parts.Evse.Id;

    private DeviceLink Link => parts.Link;

    private LedgerClock Clock => parts.Link.Clock;

    public ReplyCode Hold(HoldCommand command) => Change(m => m.Hold(command, Clock.Now));

    public ReplyCode Reserve(ReserveCommand command) =>
        Change(m => m.Reserve(command, Clock.Now));

    public void Release(LegId leg) => Change(m =>
    {
        m.Release(leg);
        return true;
    });

    /// <summary>
    /// A fault shows OUTOFORDER until it is cleared with null; it ends a running session.
    /// </summary>
    public void SetFault(string? fault)
    {
        Change(m =>
        {
            m.SetFault(fault);
            return true;
        });
        if (fault is not null)
        {
            _turn?.Order(new PowerOrder(Clock.Now, null, fault));
        }
    }

    /// <summary>Holds power back from a running session, or lets it flow again.</summary>
    public void HoldBack(bool isHeld) => _turn?.Order(new PowerOrder(
        Clock.Now, isHeld ? 0 : parts.Evse.PowerMaxW, isHeld ? "power is held back" : "go on"));

    /// <summary>Says the state again, as after a new connection.</summary>
    public Task<bool> SayStateAsync(CancellationToken ct) =>
        Link.SendNowAsync(new UpTopic.EvseState(parts.Evse.Id.Name), Body(Look()), ct);

    /// <summary>Shows what is due when it is due, and takes cars in one after another.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(ShowAsync(ct), ServeAsync(ct));

    /// <summary>What was shown before and what is after are both shown, however late.</summary>
    private T Change<T>(Func<EvseMachine, T> change, Timestamp? at = null)
    {
        TaskCompletionSource changed;
        T result;
        lock (_gate)
        {
            Timestamp when = at ?? Clock.Now;
            Note(when);
            result = change(_machine);
            Save();
            Note(when);
            changed = _changed;
            _changed = Signal.New();
        }

        changed.SetResult();
        return result;
    }

    private void Show(TransactionPhase phase, Timestamp at) => Change(
        m =>
        {
            m.SetPhase(phase);
            return true;
        },
        at);

    /// <summary>What the company is told to be reserved is on disk first.</summary>
    private void Save()
    {
        ImmutableArray<Reservation> now = [.. _machine.AllConfirmed];
        if (_saved is not { } saved || !saved.SequenceEqual(now))
        {
            parts.Reservations.Save(now);
            _saved = now;
        }
    }

    private void Note(Timestamp at)
    {
        EvseView view = _machine.View(at);
        if (view == _noted)
        {
            return;
        }

        _noted = view;
        if (_due.Count == ClientLimits.ViewsMax)
        {
            _due.Dequeue();
        }

        _due.Enqueue(new Shown(view, at));
    }

    private Shown Look()
    {
        lock (_gate)
        {
            Timestamp now = Clock.Now;
            return new Shown(_machine.View(now), now);
        }
    }

    private EvseStateBody Body(Shown shown)
    {
        Timestamp validUntil = Clock.WallNow.Plus(s_stateValid);
        EvseView view = shown.View;
        return new EvseStateBody(
            view.Status, view.Phase, shown.At, validUntil, view.Reservation, view.Error);
    }

    private async Task ShowAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            Task changed;
            Shown? shown;
            Timestamp? next;
            lock (_gate)
            {
                Timestamp now = Clock.Now;
                Note(now);
                changed = _changed.Task;
                _due.TryDequeue(out shown);
                next = _machine.NextChange(now);
            }

            if (shown is not null)
            {
                parts.Progress.Report(new StationEvent.StatusChanged(
                    parts.Name,
                    parts.Evse.Id,
                    shown.View.Status,
                    shown.View.Phase,
                    shown.View.Reservation,
                    shown.At));

                // A connection that comes begins with the newest state.
                if (Link.IsConnected)
                {
                    await Link.PublishAsync(
                        new UpTopic.EvseState(parts.Evse.Id.Name), Body(shown), ct)
                        .ConfigureAwait(false);
                }

                continue;
            }

            using CancellationTokenSource stop =
                CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task due = next is { } at
                ? Clock.WaitUntilAsync(at, stop.Token)
                : Task.Delay(s_stateValid / 2, Clock.Wall, stop.Token);
            await Task.WhenAny(changed, due).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        CableFolder.Publish(
            parts.Options.CableFolder,
            parts.Evse.Id,
            ((IPEndPoint)listener.LocalEndpoint).Port);
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
            CableFolder.Remove(parts.Options.CableFolder, parts.Evse.Id);
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

            if (parts.Journal.IsFull)
            {
                await RefuseAsync(
                    cable,
                    $"{ClientLimits.SessionQueueMax} session messages wait for the company",
                    ct).ConfigureAwait(false);
                return;
            }

            await Link.WaitForNetworkAsync(ct).ConfigureAwait(false);
            string? why = null;
            Timestamp at = PluggedAt(plug!);
            Reservation? reservation = Change(m => m.Admit(secret, at, out why), at);
            if (reservation is null)
            {
                await RefuseAsync(cable, why!, ct).ConfigureAwait(false);
                return;
            }

            await ChargeAsync(cable, reservation, secret, at, ct).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            // The plug was pulled while a line was written; a running session has been ended.
            parts.Progress.Report(
                new StationEvent.PlugRefused(parts.Name, parts.Evse.Id, broken.Message));
        }
    }

    /// <summary>
    /// What the car says, within what can be: not in the future, not long ago, and not before the
    /// socket was free.
    /// </summary>
    private Timestamp PluggedAt(CableLine plug)
    {
        Timestamp now = Clock.Now;
        Timestamp earliest = now.Plus(-ClientLimits.PlugLateMax * Clock.Factor);
        return Within(
            plug.AtMs is { } ms ? new Timestamp(ms) : now,
            _freeFrom > earliest ? _freeFrom : earliest,
            now);
    }

    internal static Timestamp Within(Timestamp at, Timestamp low, Timestamp high) =>
        at > high ? high : at < low ? low : at;

    private async Task RefuseAsync(Cable cable, string why, CancellationToken ct)
    {
        parts.Progress.Report(new StationEvent.PlugRefused(parts.Name, parts.Evse.Id, why));
        await cable.SendAsync(new CableLine(CableKind.Refused, Why: why), ct).ConfigureAwait(false);
    }

    private async Task ChargeAsync(
        Cable cable, Reservation reservation, byte[] secret, Timestamp at, CancellationToken ct)
    {
        ChargingTurn turn = new(parts, cable, reservation, secret, at, Show);
        _turn = turn;
        string? fault = Change(m => m.View(at).Error, at);
        if (fault is not null)
        {
            // It failed since the car was let in, when there was no turn to tell.
            turn.Order(new PowerOrder(Clock.Now, null, fault));
        }

        try
        {
            await turn.RunAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            _turn = null;
            _freeFrom = turn.EndAt;
            Change(m =>
            {
                m.EndTurn(reservation.Leg);
                return true;
            });
        }

        await turn.SayEndAsync(ct).ConfigureAwait(false);
    }

    private static byte[]? ParseSecret(string? text) =>
        Digest.TryParse(text, out Digest secret) ? secret.ToArray() : null;

    private sealed record Shown(EvseView View, Timestamp At);
}
