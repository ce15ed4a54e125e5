using System.Collections.Immutable;
using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Primitives;
using Tomada.Routing;
using PowerType = Tomada.Ledger.PowerType;

namespace Tomada.Devices;

/// <summary>
/// A simulated car: asks its company for plans and reservations over MQTT, drives by the ledger
/// clock, and charges at the plug.
/// </summary>
public sealed class CarClient : IAsyncDisposable
{
    // C2SP tlog-proof names its files so.
    private const string ReceiptExtension = ".tlog-proof";
    private const string ReceiptFolder = "receipts";

    private readonly CarOptions _options;
    private readonly IProgress<CarEvent> _progress;
    private readonly DeviceLink _link;
    private readonly CarMemory _memory;
    private readonly Battery _battery;

    public CarClient(CarOptions options, IProgress<CarEvent> progress)
    {
        _options = options;
        _progress = progress;
        _link = new DeviceLink(options.Link);
        _memory = new CarMemory(options.Link.Folder);
        (double EnergyWh, string? Place)? last = _memory.ReadBattery();
        _battery = new Battery(
            options.Vehicle,
            last?.EnergyWh ?? options.Vehicle.WhAt(options.StartSocPermille));
        Place = last?.Place;
        _link.OnConnected = _ =>
        {
            progress.Report(new CarEvent.Online(Name));
            return Task.CompletedTask;
        };
        _link.OnOffline = why => progress.Report(new CarEvent.Offline(Name, why));
    }

    public LedgerClock Clock => _link.Clock;

    /// <summary>State of charge now, in permille.</summary>
    public int SocPermille => _battery.SocPermille;

    /// <summary>What is in the battery, in Wh.</summary>
    public long EnergyWh => (long)_battery.EnergyWh;

    /// <summary>Where its last drive ended; null before the first.</summary>
    public string? Place { get; private set; }

    public bool IsConnected => _link.IsConnected;

    /// <summary>The network that the company belongs to, once it has said so.</summary>
    public Digest? Network => _link.Network;

    /// <summary>The trip that is driven next; null when there is none.</summary>
    public KeptTrip? Trip => _memory.ReadTrip();

    /// <summary>The request whose end is not known, as when the car was switched off.</summary>
    public OpenRequest? Open => _memory.ReadOpen();

    private string Name => _options.Link.Address.Id;

    /// <summary>Stays connected until cancelled; runs beside everything else.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        Task link = _link.RunAsync(ct);
        try
        {
            await foreach (Incoming incoming in _link.Inbox.ReadAllAsync(ct).ConfigureAwait(false))
            {
                if (incoming.Topic is DownTopic.ReservationEvent
                    && incoming.Envelope.TryRead(out ReservationBody? changed, out _))
                {
                    _progress.Report(new CarEvent.ReservationChanged(Name, changed));
                }
                else if (incoming.Topic is DownTopic.ReceiptEvent
                    && incoming.Envelope.TryRead(out ReceiptBody? receipt, out _))
                {
                    Keep(receipt);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping is how a car's connection ends.
        }

        await link.ConfigureAwait(false);
    }

    /// <summary>Waits until the company has said which network it belongs to.</summary>
    public Task WaitForNetworkAsync(CancellationToken ct) => _link.WaitForNetworkAsync(ct);

    /// <summary>
    /// Asks for plans from where the battery stands now; PENDING is told by the callback.
    /// </summary>
    public Task<Reply> PlanAsync(
        string from,
        string to,
        Timestamp? departure,
        CancellationToken ct,
        Action? pending = null) =>
        PlanAsync(
            new PlanRequest(
                from, to, SocPermille, DescribeVehicle(_options.Vehicle), departure), ct, pending);

    public Task<Reply> PlanAsync(
        PlanRequest request, CancellationToken ct, Action? pending = null) =>
        AskAsync(RequestOp.Plan, request, ct, pending);

    /// <summary>Asks for every stop of the plan: all or none.</summary>
    /// <param name="plan">One of the plans that the company gave.</param>
    /// <param name="ct">Stops waiting; the request stays open.</param>
    /// <param name="pending">Told that the owners are asked.</param>
    /// <param name="decideWithinMs">Time for the owners to answer; default the rules'.</param>
    /// <param name="journey">What the plan is for: a refusal then says what could be had instead.
    /// </param>
    public Task<Reply> ReserveAsync(
        PlanBody plan,
        CancellationToken ct,
        Action? pending = null,
        long? decideWithinMs = null,
        JourneyBody? journey = null)
    {
        ImmutableArray<LegBody> legs =
            [.. plan.Stops.Select(stop => new LegBody(stop.Evse, stop.Window, stop.EnergyWh))];
        return ReserveAsync(
            new OpenRequest(
                _link.NewId(), new ReserveRequest(legs, decideWithinMs, journey), plan),
            ct,
            pending);
    }

    public Task<Reply> ReserveAsync(
        ReserveRequest request, CancellationToken ct, Action? pending = null) =>
        ReserveAsync(new OpenRequest(_link.NewId(), request, null), ct, pending);

    /// <summary>
    /// Asks, or asks again, for a reservation: by its id it is made once, however often it is
    /// asked for, also by a car that was switched off in between.
    /// </summary>
    public async Task<Reply> ReserveAsync(
        OpenRequest open, CancellationToken ct, Action? pending = null)
    {
        _memory.WriteOpen(open);
        Reply reply = await AskAsync(
            RequestOp.Reserve, open.Request, ct, pending, open.Id).ConfigureAwait(false);
        if (reply is { Ok: true } && reply.TryRead(out ReserveReply? reserved, out _)
            && reserved is { Trip: { } trip, Legs: { } legs })
        {
            _memory.WriteTrip(new KeptTrip(trip, legs, open.Plan, 0));
        }

        if (reply.Code != ReplyCode.Busy)
        {
            _memory.WriteOpen(null);
        }

        return reply;
    }

    public Task<Reply> HistoryAsync(CancellationToken ct) =>
        AskAsync(RequestOp.History, new HistoryRequest(), ct);

    /// <summary>Asks for the receipt of a trip, and keeps it when it comes.</summary>
    public async Task<Reply> ReceiptAsync(TripId trip, CancellationToken ct)
    {
        Reply reply = await AskAsync(
            RequestOp.Receipt, new ReceiptRequest(trip), ct).ConfigureAwait(false);
        if (reply.Ok && reply.TryRead(out ReceiptBody? receipt, out _))
        {
            Keep(receipt);
        }

        return reply;
    }

    /// <summary>Where the receipt of a trip is kept, when it has come.</summary>
    public string ReceiptFile(TripId trip) => Path.Combine(Receipts, trip + ReceiptExtension);

    /// <summary>The folder of the receipts.</summary>
    public string Receipts => Path.Combine(_options.Link.Folder, ReceiptFolder);

    /// <summary>The receipts that are kept, the oldest first.</summary>
    public IReadOnlyList<string> ReceiptFiles() => Directory.Exists(Receipts)
        ?
        [
            .. Directory.GetFiles(Receipts, "*" + ReceiptExtension)
                .OrderBy(File.GetLastWriteTimeUtc).ThenBy(file => file, StringComparer.Ordinal),
        ]
        : [];

    /// <summary>How a car model is described in a plan request.</summary>
    public static JsonElement DescribeVehicle(VehicleModel vehicle)
    {
        using JsonDocument document = JsonDocument.Parse(VehicleModel.Codec.EncodeJson(vehicle));
        return document.RootElement.Clone();
    }

    /// <summary>A trip of this car by its id; null when it has none of that id.</summary>
    public KeptTrip? FindTrip(TripId trip) => _memory.ReadTrip(trip);

    /// <summary>The same for a plan and its legs, in driving order.</summary>
    public Task DriveAsync(
        PlanBody plan, ImmutableArray<ReservedLegBody> legs, CancellationToken ct) =>
        DriveAsync(new KeptTrip(legs[0].Leg.Trip, legs, plan, 0), ct);

    /// <summary>
    /// Drives what is left of a trip, from its departure on, charging at each reserved leg.
    /// </summary>
    /// <param name="trip">As it was kept.</param>
    /// <param name="ct">Stops the car where it is.</param>
    /// <exception cref="DriveFailedException">The battery ran out, or a station refused the
    /// plug.</exception>
    public async Task DriveAsync(KeptTrip trip, CancellationToken ct)
    {
        // The drive's own time: each step is counted from the one before, so that a process that
        // gets its turn late does not make the car late.
        (KeptTrip left, Timestamp at) = (trip, Clock.Now);
        while (left.StepsDone < left.Steps)
        {
            (left, at) = await StepAsync(left, at, ct).ConfigureAwait(false);
        }
    }

    /// <summary>The next drive of a trip, or the next charge.</summary>
    /// <returns>The trip with that step behind it; it is kept so.</returns>
    /// <exception cref="DriveFailedException">As of the whole drive; the step is not done.
    /// </exception>
    public async Task<KeptTrip> StepAsync(KeptTrip trip, CancellationToken ct) =>
        (await StepAsync(trip, Clock.Now, ct).ConfigureAwait(false)).Trip;

    /// <summary>Leaves the next step of a trip out, as a driver who does not stop.</summary>
    public KeptTrip Skip(KeptTrip trip)
    {
        KeptTrip next = trip with { StepsDone = trip.StepsDone + 1 };
        _memory.WriteTrip(next);
        return next;
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    /// <summary>Told BUSY and when to come back, it comes back: with the same id.</summary>
    private async Task<Reply> AskAsync<T>(
        RequestOp op,
        T body,
        CancellationToken ct,
        Action? pending = null,
        MessageId? asked = null)
        where T : class, IDeviceBody<T>
    {
        MessageId id = asked ?? _link.NewId();
        for (int retries = 0; ; retries++)
        {
            Reply reply =
                await _link.RequestAsync(op, body, ct, pending, id).ConfigureAwait(false);
            if (reply is not { Code: ReplyCode.Busy, RetryAfterMs: { } afterMs }
                || retries == ClientLimits.BusyRetriesMax)
            {
                return reply;
            }

            _progress.Report(new CarEvent.Waiting(Name, reply.Why ?? "busy", afterMs));
            await Task.Delay(TimeSpan.FromMilliseconds(afterMs, 0), Clock.Wall, ct)
                .ConfigureAwait(false);
        }
    }

    private async Task<(KeptTrip Trip, Timestamp At)> StepAsync(
        KeptTrip trip, Timestamp from, CancellationToken ct)
    {
        Timestamp at = from;
        try
        {
            if (trip.NextDrive is { } drive)
            {
                at = trip.Plan!.Departure > at ? trip.Plan.Departure : at;
                await Clock.WaitUntilAsync(at, ct).ConfigureAwait(false);
                at = await DriveAsync(drive, at, ct).ConfigureAwait(false);
            }
            else if (trip.NextCharge is { } leg)
            {
                at = await ChargeAsync(trip, leg, at, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            _memory.WriteBattery(Math.Max(0, _battery.EnergyWh), Place);
        }

        return (Skip(trip), at);
    }

    private async Task<Timestamp> ChargeAsync(
        KeptTrip trip, ReservedLegBody leg, Timestamp from, CancellationToken ct)
    {
        // Without a plan nobody has said what the socket is; its own power bounds it in any case.
        PowerType type = trip.Plan is { } plan
            ? Ledger.ConnectorStandards.ParsePowerType(plan.Stops[trip.StepsDone / 2].PowerType)
            : PowerType.Dc;
        PlugIn plug = new(Name, _battery, Clock, _options.CableFolder, _progress);
        Timestamp at = await plug.ChargeAsync(
            leg, type, from.Plus(RoutingLimits.PlugIn), ct).ConfigureAwait(false);
        at = at.Plus(RoutingLimits.PlugOut);
        await Clock.WaitUntilAsync(at, ct).ConfigureAwait(false);
        return at;
    }

    /// <summary>Written aside and moved, so that a file that is there is whole.</summary>
    private void Keep(ReceiptBody receipt)
    {
        string file = ReceiptFile(receipt.Trip);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file + ".new", receipt.Receipt);
        File.Move(file + ".new", file, overwrite: true);
        _progress.Report(new CarEvent.ReceiptKept(Name, receipt.Trip, file));
    }

    private async Task<Timestamp> DriveAsync(
        DriveBody drive, Timestamp departed, CancellationToken ct)
    {
        Timestamp at = departed;
        long remainingM = drive.LengthM;
        _progress.Report(new CarEvent.Departed(Name, drive.From, drive.To, at));
        foreach (EdgeBody edge in drive.Edges)
        {
            at = at.Plus(TimeSpan.FromMilliseconds(edge.LengthM * 3600L / edge.SpeedKmh, 0));
            await Clock.WaitUntilAsync(at, ct).ConfigureAwait(false);
            remainingM -= edge.LengthM;
            if (!_battery.TryDrive(edge.LengthM, edge.SpeedKmh))
            {
                throw new DriveFailedException($"the battery ran out before {edge.To}");
            }

            Place = edge.To;
            _progress.Report(new CarEvent.Passed(Name, edge.To, SocPermille, remainingM, at));
            PositionBody position = new(SocPermille, RangeM(edge.SpeedKmh), edge.To);
            await _link.SendNowAsync(new UpTopic.Position(), position, ct).ConfigureAwait(false);
        }

        Place = drive.To;
        _progress.Report(new CarEvent.Arrived(Name, drive.To, SocPermille, at));
        return at;
    }

    private long RangeM(int speedKmh) =>
        (long)(_battery.EnergyWh / _options.Vehicle.EnergyWh(1_000, speedKmh) * 1_000);
}
