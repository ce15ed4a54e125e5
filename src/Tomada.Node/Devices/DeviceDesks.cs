using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Broker;
using Tomada.Node.Charging;
using Tomada.Node.Clearing;
using Tomada.Node.Devices.Conflicts;
using Tomada.Node.Storage;
using Tomada.Node.Trips;

namespace Tomada.Node.Devices;

/// <summary>
/// Everything between a company's devices and the ledger. One task takes inputs one after another:
/// what devices say, applied blocks, ends of submissions, and time.
/// </summary>
public sealed class DeviceDesks : IAsyncDisposable
{
    private const string EpochKey = "devices.epoch";

    private readonly DeviceDesksOptions _options;
    private readonly DeskLedger _ledger;
    private readonly Channel<DeskInput> _inputs = Channel.CreateBounded<DeskInput>(
        DeskLimits.InboxMax);
    private readonly DeviceLog _log;
    private readonly DeviceStore _store;
    private readonly Submitter _submitter;
    private readonly StationDesk _stations;
    private readonly AvailabilityDesk _availability;
    private readonly ConflictDesk _conflicts;
    private readonly ChargingDesk _charging;
    private readonly ClearingDesk _clearing;
    private readonly TripDesk _trips;
    private readonly RequestDesk _requests;
    private readonly DeviceOrder _order;
    private readonly Dictionary<MessageId, Gap> _asked = [];

    private DeviceDesks(
        DeviceDesksOptions options, DeviceStore store, DeviceRegistry registry, DeviceLog log,
        DeviceBroker broker)
    {
        _options = options;
        _ledger = options.Ledger;
        _store = store;
        _log = log;
        Registry = registry;
        Broker = broker;
        _order = new DeviceOrder(
            broker.KeepsOrder ? TimeSpan.Zero : BrokerLimits.HeldFor, DeskLimits.CommandRetry);
        _submitter = new Submitter(_ledger, _inputs.Writer.WriteAsync);
        _stations = new StationDesk(_ledger, broker, _submitter, options.Wall);
        _availability = new AvailabilityDesk(
            _ledger, _submitter, () => _stations.Evses, evse => _stations.Shown(evse).Status,
            options.Wall);
        _conflicts = new ConflictDesk(
            _ledger, broker, store, _submitter, _stations, options.Wall);
        _charging = new ChargingDesk(_ledger, _submitter, _stations, options.Wall);
        _clearing = new ClearingDesk(_ledger, _submitter);
        ReceiptDesk receipts = new(broker, store, options.Receipts);
        PlanDesk plans = new(
            _ledger,
            () => _stations.Evses.ToImmutableSortedDictionary(
                evse => evse, evse => _stations.Shown(evse).Status),
            options.Roads,
            options.Owners);
        _trips = new TripDesk(
            _ledger, broker, registry, store, _submitter, options.Wall, receipts,
            new ReplanDesk(plans, _inputs.Writer.WriteAsync));
        _requests =
            new RequestDesk(
                broker, store, registry, _stations, _trips, plans, options.Wall,
                receipts, _conflicts, _order.BootOf);
    }

    /// <summary>Enrols and revokes devices.</summary>
    public DeviceRegistry Registry { get; }

    /// <summary>Everything that is known of one trip, in one order.</summary>
    internal TripTimeline Timeline => new(_ledger, _options.Store, _store);

    /// <summary>How devices are heard and spoken to.</summary>
    public DeviceBroker Broker { get; }

    /// <summary>The broker of this process.</summary>
    /// <exception cref="InvalidCastException">It is run elsewhere.</exception>
    public EmbeddedBroker Embedded => (EmbeddedBroker)Broker;

    /// <summary>Starts the broker; <see cref="RunAsync"/> then does the work.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<DeviceDesks> StartAsync(
        DeviceDesksOptions options, CancellationToken ct)
    {
        DeskLedger ledger = options.Ledger;
        DeviceStore store = new(options.Store)
        {
            Moment = () => new LogMoment(ledger.State().Height, ledger.Now()),
        };
        DeviceRegistry registry = new(
            ledger.Self, store, options.DataDirectory, options.Wall);
        DeviceLog log = new(store);
        long epoch = NextEpoch(options.Store);
        NodeBody Describe()
        {
            LedgerState state = ledger.State();
            return new NodeBody(
                true, epoch, ledger.Now(), state.Clock.Factor, [DeviceAddress.Major],
                state.Network);
        }

        try
        {
            DeviceBroker broker = options.External is { } external
                ? ExternalBroker.Start(
                    external, options.DataDirectory, registry, log, Describe, options.Wall,
                    options.Logger)
                : await EmbeddedBroker.StartAsync(
                    new(options.Listen, options.ListenTls, options.ListenWebSocket),
                    registry, log, Describe, options.Wall, ct).ConfigureAwait(false);
            return new DeviceDesks(options, store, registry, log, broker);
        }
        catch
        {
            await log.DisposeAsync().ConfigureAwait(false);
            registry.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Works until cancelled; a failure is a defect or a failed disk, and stops the node.
    /// </summary>
    public async Task RunAsync(CancellationToken ct)
    {
        LedgerState state = _ledger.State();
        _stations.Start(state);
        _conflicts.Start(state);
        _clearing.Start(state);
        _charging.Recover(_store);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] work =
        [
            WorkAsync(stop.Token),
            FollowDevicesAsync(stop.Token),
            FollowBlocksAsync(state.Height, stop.Token),
            TickAsync(stop.Token),
        ];
        try
        {
            await await Task.WhenAny(work).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping is how the desks end.
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The company's stations as the desks see them now.</summary>
    public async Task<IReadOnlyList<StationShown>> StationsAsync(CancellationToken ct)
    {
        TaskCompletionSource<IReadOnlyList<StationShown>> answer =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inputs.Writer.WriteAsync(new DeskInput.Asked(answer), ct).ConfigureAwait(false);
        return await answer.Task.WaitAsync(ct).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        Registry.Dispose();
    }

    /// <summary>Counts the starts of this node, so that devices see a restart.</summary>
    private static long NextEpoch(NodeStore store)
    {
        long last = store.ReadMeta(EpochKey) is { } bytes
            ? long.Parse(Encoding.ASCII.GetString(bytes), CultureInfo.InvariantCulture)
            : 0;
        byte[] next = Encoding.ASCII.GetBytes((last + 1).ToString(CultureInfo.InvariantCulture));
        store.Write(new StoreBatch { Meta = [new MetaRecord(EpochKey, next)] });
        return last + 1;
    }

    private async Task FollowDevicesAsync(CancellationToken ct)
    {
        await foreach (Received message in Broker.Inbox.ReadAllAsync(ct).ConfigureAwait(false))
        {
            await _inputs.Writer.WriteAsync(
                new DeskInput.Device(message), ct).ConfigureAwait(false);
        }
    }

    private async Task FollowBlocksAsync(long height, CancellationToken ct)
    {
        long known = height;
        while (true)
        {
            try
            {
                await foreach (AppliedBlock block in
                    _ledger.Follow(known, ct).ConfigureAwait(false))
                {
                    known = block.Seal.Height;
                    await _inputs.Writer.WriteAsync(new DeskInput.Block(block), ct)
                        .ConfigureAwait(false);
                }
            }
            catch (FollowerTooSlowException)
            {
                // As after an outage, when thousands come at once. The state has what is owed.
                LedgerState state = _ledger.State();
                known = state.Height;
                await _inputs.Writer.WriteAsync(new DeskInput.Skipped(state), ct)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task TickAsync(CancellationToken ct)
    {
        using PeriodicTimer timer = new(DeskLimits.Tick, _options.Wall);
        while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
        {
            await _inputs.Writer.WriteAsync(new DeskInput.Tick(), ct).ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        await foreach (DeskInput input in _inputs.Reader.ReadAllAsync(ct).ConfigureAwait(false))
        {
            switch (input)
            {
                case DeskInput.Device device:
                    Take(_order.Take(device.Message, WallMs), ct);
                    break;
                case DeskInput.Block block:
                    Take(block.Applied);
                    break;
                case DeskInput.Replanned replanned:
                    _trips.On(replanned);
                    break;
                case DeskInput.Skipped skipped:
                    _stations.Start(skipped.State);
                    _conflicts.Start(skipped.State);
                    _clearing.Start(skipped.State);
                    _trips.OnSkipped();
                    Broker.AnnounceNode();
                    break;
                case DeskInput.Submitted ended:
                    _submitter.Ended(ended);
                    _trips.On(ended);
                    break;
                case DeskInput.Asked asked:
                    asked.Answer.SetResult(_stations.Describe());
                    break;
                case DeskInput.Failed failed:
                    throw new InvalidOperationException("A desk could not submit.", failed.Why);
                case DeskInput.Tick:
                    Take(_order.Overdue(WallMs), ct);
                    AskForMissing();
                    _submitter.Tick();
                    _availability.Work(ct);
                    _conflicts.Work(ct);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException(input.GetType().Name);
            }

            _stations.Work(ct);
            _charging.Work(ct);
            _clearing.Work(ct);
        }
    }

    private long WallMs => _options.Wall.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Stations alone can be asked: what a car says it repeats by itself.</summary>
    private void AskForMissing()
    {
        foreach (Gap gap in _order.Due(WallMs))
        {
            if (gap.Device.Kind == DeviceKind.Station)
            {
                MessageId id = Broker.NewId();
                _asked[id] = gap;
                Broker.TrySend(
                    gap.Device, new DownTopic.Command(CommandOp.Resend), id,
                    new ResendCommand(Bs: gap.Boot, FromSeq: gap.From, UntilSeq: gap.Until));
            }
        }

        if (_asked.Count > DeskLimits.GapsAskedMax)
        {
            _asked.Clear();
        }
    }

    private void Take(IReadOnlyList<Received> messages, CancellationToken ct)
    {
        foreach (Received each in messages)
        {
            Take(each, ct);
        }
    }

    private void Take(Received message, CancellationToken ct)
    {
        if (message.Topic is UpTopic.Ack { Op: CommandOp.Resend }
            && message.Envelope.TryRead(out Reply? ack, out _)
            && _asked.Remove(ack.Re, out Gap? gap) && gap.Device == message.From)
        {
            _order.Close(gap);
        }

        if (message.From.Kind == DeviceKind.Station)
        {
            _stations.On(message);
            _conflicts.On(message);
            _charging.On(message);
        }

        if (message.Topic is UpTopic.Request request)
        {
            _requests.On(message, request, ct);
        }
    }

    private void Take(AppliedBlock block)
    {
        foreach (Effect effect in DeskLedger.EffectsOf(block))
        {
            _stations.On(effect);
            _conflicts.On(effect);
            _clearing.On(effect);
            _trips.On(effect);
            if (effect is RulesChanged)
            {
                Broker.AnnounceNode();
            }
        }
    }
}
