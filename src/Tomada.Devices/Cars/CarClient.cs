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
    private readonly Battery _battery;

    public CarClient(CarOptions options, IProgress<CarEvent> progress)
    {
        _options = options;
        _progress = progress;
        _link = new DeviceLink(options.Link);
        _battery = new Battery(options.Vehicle, options.Vehicle.WhAt(options.StartSocPermille));
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
        _link.RequestAsync(RequestOp.Plan, request, ct, pending);

    /// <summary>Asks for every stop of the plan: all or none.</summary>
    public Task<Reply> ReserveAsync(PlanBody plan, CancellationToken ct, Action? pending = null)
    {
        ImmutableArray<LegBody> legs =
            [.. plan.Stops.Select(stop => new LegBody(stop.Evse, stop.Window, stop.EnergyWh))];
        return ReserveAsync(new ReserveRequest(legs), ct, pending);
    }

    public Task<Reply> ReserveAsync(
        ReserveRequest request, CancellationToken ct, Action? pending = null) =>
        _link.RequestAsync(RequestOp.Reserve, request, ct, pending);

    public Task<Reply> HistoryAsync(CancellationToken ct) =>
        _link.RequestAsync(RequestOp.History, new HistoryRequest(), ct);

    /// <summary>Asks for the receipt of a trip, and keeps it when it comes.</summary>
    public async Task<Reply> ReceiptAsync(TripId trip, CancellationToken ct)
    {
        Reply reply = await _link.RequestAsync(
            RequestOp.Receipt, new ReceiptRequest(trip), ct).ConfigureAwait(false);
        if (reply.Ok && reply.TryRead(out ReceiptBody? receipt, out _))
        {
            Keep(receipt);
        }

        return reply;
    }

    /// <summary>Where the receipt of a trip is kept, when it has come.</summary>
    public string ReceiptFile(TripId trip) => Path.Combine(
        _options.Link.Folder, ReceiptFolder, trip + ReceiptExtension);

    /// <summary>How a car model is described in a plan request.</summary>
    public static JsonElement DescribeVehicle(VehicleModel vehicle)
    {
        using JsonDocument document = JsonDocument.Parse(VehicleModel.Codec.EncodeJson(vehicle));
        return document.RootElement.Clone();
    }

    /// <summary>
    /// Drives the plan from its departure to its end, charging at each reserved leg.
    /// </summary>
    /// <param name="plan">The plan that was reserved.</param>
    /// <param name="legs">Its legs in driving order, with their secrets.</param>
    /// <param name="ct">Stops the car where it is.</param>
    /// <exception cref="DriveFailedException">The battery ran out, or a station refused the
    /// plug.</exception>
    public async Task DriveAsync(
        PlanBody plan, ImmutableArray<ReservedLegBody> legs, CancellationToken ct)
    {
        // The drive's own time: each step is counted from the one before, so that a process that
        // gets its turn late does not make the car late.
        Timestamp at = plan.Departure > Clock.Now ? plan.Departure : Clock.Now;
        await Clock.WaitUntilAsync(at, ct).ConfigureAwait(false);
        PlugIn plug = new(Name, _battery, Clock, _options.CableFolder, _progress);
        for (int i = 0; i < plan.Drives.Length; i++)
        {
            at = await DriveAsync(plan.Drives[i], at, ct).ConfigureAwait(false);
            if (i < plan.Stops.Length)
            {
                PowerType type = Ledger.ConnectorStandards.ParsePowerType(plan.Stops[i].PowerType);
                at = await plug.ChargeAsync(
                    legs[i], type, at.Plus(RoutingLimits.PlugIn), ct).ConfigureAwait(false);
                at = at.Plus(RoutingLimits.PlugOut);
                await Clock.WaitUntilAsync(at, ct).ConfigureAwait(false);
            }
        }
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

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

            _progress.Report(new CarEvent.Passed(Name, edge.To, SocPermille, remainingM, at));
            PositionBody position = new(SocPermille, RangeM(edge.SpeedKmh), edge.To);
            await _link.SendNowAsync(new UpTopic.Position(), position, ct).ConfigureAwait(false);
        }

        _progress.Report(new CarEvent.Arrived(Name, drive.To, SocPermille, at));
        return at;
    }

    private long RangeM(int speedKmh) =>
        (long)(_battery.EnergyWh / _options.Vehicle.EnergyWh(1_000, speedKmh) * 1_000);
}
