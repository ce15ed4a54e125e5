using System.Collections.Immutable;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// A simulated station: one MQTT client with one or more EVSEs, each with a socket.
/// </summary>
public sealed class Station : IAsyncDisposable
{
    private readonly StationOptions _options;
    private readonly IProgress<StationEvent> _progress;
    private readonly DeviceLink _link;
    private readonly StationKey _key;
    private readonly SessionSigner _signer;
    private readonly SessionJournal _journal;
    private readonly ImmutableSortedDictionary<EvseId, StationSocket> _sockets;
    private readonly PowerSupply _power = new();
    private readonly SemaphoreSlim _bootDue = new(0);

    public Station(StationOptions options, IProgress<StationEvent> progress)
    {
        _options = options;
        _progress = progress;
        _link = new DeviceLink(options.Link);
        _key = StationKey.LoadOrCreate(options.Link.Folder);
        _journal = new SessionJournal(options.Link.Folder, options.SessionsKept);
        KeptNode node = new(options.Link.Folder);
        if (node.Load() is { } said)
        {
            _link.Learn(said.Node, said.SaidAt);
        }

        _link.OnLearned = node.Keep;
        _signer = new SessionSigner(_key, _link);
        _sockets = options.Evses.ToImmutableSortedDictionary(
            evse => evse.Id,
            evse => new StationSocket(
                new SocketParts(evse, options, _link, _signer, _journal, progress, _power)));
        _link.OnConnected = SayStatesAsync;
        _link.OnOffline = why => progress.Report(new StationEvent.Offline(Name, why));
    }

    public PublicKey PublicKey => _key.Public;

    public LedgerClock Clock => _link.Clock;

    private string Name => _options.Link.Address.Id;

    /// <summary>Makes an EVSE fail until cleared with null; for demonstrations and tests.</summary>
    public void SetFault(EvseId evse, string? fault) => _sockets[evse].SetFault(fault);

    /// <summary>Holds power back from a running session, or lets it flow again.</summary>
    public void HoldBack(EvseId evse, bool isHeld) => _sockets[evse].HoldBack(isHeld);

    /// <summary>Loses the network without a goodbye, until <see cref="Restore"/>.</summary>
    public Task CutNetworkAsync() => _link.CutAsync();

    /// <summary>Has the network again.</summary>
    public void Restore() => _link.Restore();

    /// <summary>
    /// Loses its power: no goodbye, and nothing more is written. A running session is ended by the
    /// next start with what the journal has. Cancel what runs after this.
    /// </summary>
    public Task CutPowerAsync()
    {
        _power.Cut();
        return _link.CutAsync();
    }

    /// <summary>Works until cancelled. Losing the broker stops nothing but the reports.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        Task[] work =
        [
            _link.RunAsync(ct),
            Quietly(BootAsync(ct)),
            Quietly(ObeyAsync(ct)),
            Quietly(CloseOpenSessionsAsync(ct)),
            Quietly(SendSessionsAsync(ct)),
            .. _sockets.Values.Select(socket => Quietly(socket.RunAsync(ct))),
        ];

        // A failure of one part stops the station: half a station would only look alive.
        await Task.WhenAny([Task.WhenAll(work), .. work.Select(FailureOf)]).Unwrap().ConfigureAwait(
            false);
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync().ConfigureAwait(false);
        _key.Dispose();
        _bootDue.Dispose();
    }

    private static async Task Quietly(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping is how work ends here.
        }
    }

    /// <summary>Ends only when the work fails.</summary>
    private static Task FailureOf(Task work)
    {
        TaskCompletionSource failed = Signal.New();
        _ = work.ContinueWith(
            done => failed.SetException(done.Exception!.InnerException!),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
        return failed.Task;
    }

    private async Task SayStatesAsync(CancellationToken ct)
    {
        foreach (StationSocket socket in _sockets.Values)
        {
            await socket.SayStateAsync(ct).ConfigureAwait(false);
        }

        _bootDue.Release();
        _progress.Report(new StationEvent.Online(Name));
    }

    /// <summary>
    /// Introduces itself after each connection: the node then says every reservation again.
    /// </summary>
    private async Task BootAsync(CancellationToken ct)
    {
        while (true)
        {
            await _bootDue.WaitAsync(ct).ConfigureAwait(false);
            BootRequest boot = new(_options.Link.Model, _options.Link.Firmware, [.. _sockets.Keys]);
            await _link.RequestAsync(RequestOp.Boot, boot, ct).ConfigureAwait(false);
        }
    }

    private async Task ObeyAsync(CancellationToken ct)
    {
        await foreach (Incoming incoming in _link.Inbox.ReadAllAsync(ct).ConfigureAwait(false))
        {
            if (incoming.Topic is DownTopic.Command command)
            {
                Reply ack = Obey(command.Op, incoming.Envelope);
                await _link.PublishAsync(
                    new UpTopic.Ack(command.Op), ack, ct).ConfigureAwait(false);
            }
        }
    }

    private Reply Obey(CommandOp op, Envelope envelope)
    {
        if (envelope.Exp is { } exp && _link.Clock.WallNow >= exp)
        {
            return Reply.Refused(envelope.Id, ReplyCode.Expired, "the command came too late");
        }

        string? why;
        switch (op)
        {
            case CommandOp.Hold when envelope.TryRead(out HoldCommand? hold, out why):
                return At(envelope.Id, hold.Evse, socket => Held(hold, socket.Hold(hold)));
            case CommandOp.Reserve when envelope.TryRead(out ReserveCommand? reserve, out why):
                return At(envelope.Id, reserve.Evse, socket => Reserved(
                    reserve, socket.Reserve(reserve)));
            case CommandOp.Release when envelope.TryRead(out ReleaseCommand? release, out why):
                return At(envelope.Id, release.Evse, socket => Released(release.Leg, socket));
            case CommandOp.Resend when envelope.TryRead(out ResendCommand? resend, out why):
                return resend.Session is { } session
                    && _journal.Resend(session, resend.FromTxSeq!.Value)
                    ? Reply.Done(envelope.Id)
                    : Reply.Refused(
                        envelope.Id, ReplyCode.NotFound, $"no session {resend.Session}");
            default:
                why = "body: not of this command";
                break;
        }

        return Reply.Refused(envelope.Id, ReplyCode.Invalid, why);
    }

    private Reply At(MessageId re, EvseId evse, Func<StationSocket, ReplyCode> obey)
    {
        if (!_sockets.TryGetValue(evse, out StationSocket? socket))
        {
            return Reply.Refused(re, ReplyCode.NotFound, $"evse: {evse} is not of this station");
        }

        ReplyCode code = obey(socket);
        return code == ReplyCode.Ok
            ? Reply.Done(re)
            : Reply.Refused(re, code, $"{evse} answers {code}");
    }

    private ReplyCode Held(HoldCommand hold, ReplyCode code)
    {
        _progress.Report(new StationEvent.Held(Name, hold.Leg, code));
        return code;
    }

    private ReplyCode Reserved(ReserveCommand reserve, ReplyCode code)
    {
        _progress.Report(new StationEvent.Reserved(Name, reserve.Leg, reserve.Window, code));
        return code;
    }

    private ReplyCode Released(LegId leg, StationSocket socket)
    {
        socket.Release(leg);
        _progress.Report(new StationEvent.Released(Name, leg));
        return ReplyCode.Ok;
    }

    /// <summary>
    /// A crash took the power off: what was metered until then is what was delivered.
    /// </summary>
    private async Task CloseOpenSessionsAsync(CancellationToken ct)
    {
        ImmutableArray<SessionBody> open = _journal.Open;
        if (open.IsEmpty)
        {
            return;
        }

        await _link.WaitForNetworkAsync(ct).ConfigureAwait(false);
        foreach (SessionBody last in open)
        {
            _journal.Append(_signer.End(
                last, last.At, last.MeterWh, SessionEndReason.Fault));
        }
    }

    private async Task SendSessionsAsync(CancellationToken ct)
    {
        await foreach (SessionBody body in _journal.Unsent.ReadAllAsync(ct).ConfigureAwait(false))
        {
            Published sent = await _link.PublishAsync(new UpTopic.Session(body.Session), body, ct)
                .ConfigureAwait(false);
            if (sent.Accepted && !_power.IsCut)
            {
                _journal.MarkSent(body);
            }
        }
    }
}
