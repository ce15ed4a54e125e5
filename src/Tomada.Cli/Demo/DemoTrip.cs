using System.Text.Json;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Primitives;
using Tomada.Routing;

namespace Tomada.Cli.Demo;

/// <summary>
/// The trip over all three companies: planned, reserved at once, driven and charged.
/// </summary>
internal sealed class DemoTrip
{
    private const int DecideWithinS = 20;

    /// <summary>
    /// Trips on following days that are only reserved; within the rules' horizon of 30 days.
    /// </summary>
    private const int MeasuredTrips = 20;

    private const double ConfirmationLimitMs = 3_000;

    private readonly DemoWorld _world;
    private readonly DemoCar _car;
    private readonly DemoCar _secondCar;
    private JsonElement _plan;
    private int _rulesVersion = 1;

    private DemoTrip(DemoWorld world, DemoCar car, DemoCar secondCar)
    {
        _world = world;
        _car = car;
        _secondCar = secondCar;
    }

    /// <summary>The trip's id, once it is confirmed.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The id of the trip that was refused.</summary>
    public string RefusedId { get; private set; } = "";

    public DemoCar Car => _car;

    /// <summary>Time from asking until the confirmed trip was in the car's hands.</summary>
    public Latencies Confirmations { get; } = new();

    public static async Task<DemoTrip> PrepareAsync(DemoWorld world, CancellationToken stop)
    {
        world.Display.Title("A car of Aratu Energia asks for a trip");
        DemoCar[] cars = await Task.WhenAll(
            DemoCar.StartAsync(world.A, "car-1", world.Data, world.Cables, world.Display.Car, stop),
            DemoCar.StartAsync(world.B, "car-2", world.Data, world.Cables, _ => { }, stop));
        return new DemoTrip(world, cars[0], cars[1]);
    }

    public async Task ReserveAsync(CancellationToken stop)
    {
        await PlanAsync([], stop);
        string[] owners = [.. Stops().Select(stop => Text(stop, "evse")[..6])];
        _world.Prove(Criterion.Exactly(
            "route-across-owners",
            owners.Distinct().Count(),
            _world.Companies.Count,
            "owners",
            $"{_world.Data.Trip.From} to {_world.Data.Trip.To} "
            + $"with stops at {string.Join(", ", owners)}"));
        JsonElement answer =
            await Confirmations.MeasureAsync(() => _car.ReserveAsync(DecideWithinS, stop));
        Id = RequireConfirmed(answer);
        int confirmed = 0;
        foreach (DemoCompany company in _world.Companies)
        {
            JsonElement trip = await _world.UntilAsync(
                $"{company.Id} to have the confirmed trip",
                () => DemoWorld.TripAsync(company, Id, stop),
                seen => Text(seen, "state") == "CONFIRMED",
                stop);
            confirmed += Legs(trip).Count(leg => Text(leg, "state") == "CONFIRMED");
        }

        _world.Prove(Criterion.Exactly(
            "atomic-reservation",
            confirmed,
            owners.Length * _world.Companies.Count,
            "legs",
            $"every leg confirmed at every company, in {Confirmations.Percentile(50):F0} ms; "
            + $"trip {Id[..16]}…"));
        await AcknowledgedAsync(stop);
    }

    /// <summary>Asks company A for the trip, around some companies if need be.</summary>
    public async Task<JsonElement> PlanAsync(IEnumerable<CompanyId> avoid, CancellationToken stop)
    {
        JsonElement answer = await _car.PlanAsync(_world.Data, avoid, stop);
        if (!answer.GetProperty("ok").GetBoolean())
        {
            throw CommandException.Failed($"no plan: {answer}");
        }

        _plan = answer.GetProperty("body").GetProperty("plans")[0];
        _world.Display.Route(_plan);
        return _plan;
    }

    /// <summary>The trip id of a reservation that must have succeeded.</summary>
    public static string RequireConfirmed(JsonElement answer) =>
        answer.GetProperty("ok").GetBoolean()
        ? Text(answer.GetProperty("body"), "trip")
        : throw CommandException.Failed($"the reservation was not confirmed: {answer}");

    /// <summary>
    /// A second car wants other chargers for its first stops, but the same one at the end.
    /// </summary>
    public async Task RefuseSecondAsync(CancellationToken stop)
    {
        JsonElement[] stops = [.. Stops()];
        List<JsonElement> known = await _world.A.Public.ListAsync("/v1/trips", stop);
        HashSet<string> booked = [.. known.SelectMany(Legs).Select(leg => Text(leg, "evse"))];
        string[] legs = [.. stops.Select((each, index) => index == stops.Length - 1
            ? LegOf(each, Text(each, "evse"))
            : LegOf(each, NeighbourOf(Text(each, "evse"), booked)))];
        JsonElement answer = await _secondCar.ReserveLegsAsync(legs, stop);
        bool refused = !answer.GetProperty("ok").GetBoolean();
        string why =
            answer.TryGetProperty("why", out JsonElement reason) ? reason.GetString() ?? "" : "";
        List<JsonElement> onLedger = await _world.UntilAsync(
            "the refusal on the ledger",
            () => _world.C.Public.ListAsync("/v1/transactions", stop),
            all => all.Exists(IsRefusedTrip),
            stop);
        JsonElement transaction = onLedger.Find(IsRefusedTrip);
        RefusedId = Text(transaction, "id");
        List<JsonElement> trips = await _world.C.Public.ListAsync("/v1/trips", stop);
        int stillHeld = trips.Where(trip => Text(trip, "id") != Id)
            .SelectMany(Legs)
            .Count(leg => Text(leg, "state") is "HELD" or "ACCEPTED");
        bool told = refused && why.Contains($"leg {stops.Length}", StringComparison.Ordinal);
        int failures = stillHeld + (told ? 0 : 1);
        _world.Prove(Criterion.Exactly(
            "all-or-nothing-on-refusal",
            failures,
            0,
            "legs held",
            $"on the ledger: {Text(transaction.GetProperty("outcome"), "reason")}; "
            + $"the car was told: {why}"));
    }

    /// <summary>
    /// The same stops on the following days, one trip after the other: how long one takes.
    /// </summary>
    public async Task MeasureAsync(CancellationToken stop)
    {
        JsonElement[] stops = [.. Stops()];
        for (int day = 1; day <= MeasuredTrips; day++)
        {
            string[] legs = [.. stops.Select(each => LegOf(each, Text(each, "evse"), day))];
            RequireConfirmed(await Confirmations.MeasureAsync(
                () => _secondCar.ReserveLegsAsync(legs, stop)));
        }

        _world.Prove(Criterion.Within(
            "trip-p95",
            Confirmations.Percentile(95),
            ConfirmationLimitMs,
            "from a car's request over MQTT to its confirmation by three owners: "
            + $"{Confirmations}"));
    }

    public async Task DriveAsync(CancellationToken stop)
    {
        _world.Display.Title(
            $"The drive, with the ledger clock {_world.Options.ClockFactor} times as fast");
        await SetClockAsync(_world.Options.ClockFactor, stop);
        await _car.DriveAsync(stop);
        JsonElement trip = await _world.UntilAsync(
            "every session to reach the ledger",
            () => DemoWorld.TripAsync(_world.A, Id, stop),
            seen => Text(seen, "state") is "COMPLETED" or "PARTIAL",
            stop);
        await SetClockAsync(1, stop);
        JsonElement[] legs = [.. Legs(trip)];
        _world.Prove(Criterion.Exactly(
            "sessions",
            legs.Count(leg => Text(leg, "state") == "FULFILLED"),
            legs.Length,
            "sessions",
            $"signed by each station's key, {legs.Sum(EnergyOf)} Wh in all"));
        ProveStationStates(legs);
    }

    private async Task AcknowledgedAsync(CancellationToken stop)
    {
        string[] legs =
            [.. Enumerable.Range(1, Stops().Count()).Select(number => $"{Id}/{number}")];
        StationAnswer[][] stations = await _world.UntilAsync(
            "every station to acknowledge its window",
            () => Task.WhenAll(
                _world.Companies.Select(company => company.Control.StationsAsync(stop))),
            all => legs.All(leg => Acknowledged(all).Contains(leg)),
            stop);
        _world.Prove(Criterion.Exactly(
            "stations-acknowledged",
            legs.Count(leg => Acknowledged(stations).Contains(leg)),
            legs.Length,
            "windows",
            "over MQTT, before the drive"));
    }

    private static IEnumerable<string> Acknowledged(StationAnswer[][] stations) =>
        stations.SelectMany(each => each).SelectMany(
            station => station.Evses).SelectMany(evse => evse.Acknowledged);

    /// <summary>
    /// Two of three members ask for the same rules; that is the quorum that sets the clock.
    /// </summary>
    private async Task SetClockAsync(int factor, CancellationToken stop)
    {
        _rulesVersion++;
        SetRules rules = new(Rules.Default with { Version = _rulesVersion, ClockFactor = factor });
        await Task.WhenAll(
            _world.A.SubmitAsync(rules, _world.Decisions, stop),
            _world.B.SubmitAsync(rules, _world.Decisions, stop));
        await _world.UntilAsync(
            $"the clock factor {factor}",
            () => _world.StatusesAsync(stop),
            all => all.All(each => each.ClockFactor == factor),
            stop);
        _world.Display.Step($"ledger clock at factor {factor}, set by a quorum in one block");
    }

    /// <summary>
    /// Each station showed RESERVED no sooner than the lead before its window, then CHARGING.
    /// </summary>
    private void ProveStationStates(JsonElement[] legs)
    {
        int shown = 0;
        lock (_world.StationEvents)
        {
            foreach (JsonElement leg in legs)
            {
                string id = $"{Id}/{leg.GetProperty("number").GetInt32()}";
                Timestamp from = Timestamp.Parse(Text(leg.GetProperty("window"), "from"));
                Timestamp earliest = from.Plus(TimeSpan.FromMilliseconds(-Rules.Default.LeadMs, 0));
                JsonElement? reserved = Status("RESERVED", id);
                JsonElement? charging = Status("CHARGING", id);
                shown += reserved is { } at && Timestamp.Parse(Text(at, "at")) >= earliest
                    && charging is not null
                    ? 1
                    : 0;
            }
        }

        _world.Prove(Criterion.Exactly(
            "station-state-over-mqtt",
            shown,
            legs.Length,
            "stations",
            "showed RESERVED from the lead on, then CHARGING"));
    }

    private JsonElement? Status(string status, string leg)
    {
        foreach (JsonElement each in _world.StationEvents)
        {
            if (Text(each, "event") == "StatusChanged"
                && string.Equals(Text(each, "status"), status, StringComparison.OrdinalIgnoreCase)
                && each.TryGetProperty("reservation", out JsonElement reservation)
                && reservation.ValueKind == JsonValueKind.String && reservation.GetString() == leg)
            {
                return each;
            }
        }

        return null;
    }

    private JsonElement.ArrayEnumerator Stops() => _plan.GetProperty("stops").EnumerateArray();

    private static IEnumerable<JsonElement> Legs(JsonElement trip) =>
        trip.GetProperty("legs").EnumerateArray();

    private static long EnergyOf(JsonElement leg) =>
        leg.TryGetProperty("session", out JsonElement session)
            && session.ValueKind == JsonValueKind.Object
            ? session.GetProperty("energyWh").GetInt64()
            : 0;

    private static bool IsRefusedTrip(JsonElement transaction) =>
        Text(transaction, "kind") == nameof(ProposeTrip)
        && Text(transaction.GetProperty("outcome"), "code") == "WINDOW_TAKEN";

    private static string LegOf(JsonElement stop, string evse, int daysLater = 0)
    {
        JsonElement window = stop.GetProperty("window");
        Timestamp from = Timestamp.Parse(Text(window, "from")).Plus(TimeSpan.FromDays(daysLater));
        Timestamp until = Timestamp.Parse(Text(window, "until")).Plus(TimeSpan.FromDays(daysLater));
        return $"{evse},{from},{until},{stop.GetProperty("energyWh")}";
    }

    /// <summary>Another charger of the same site that no trip has asked for.</summary>
    private string NeighbourOf(string evse, HashSet<string> booked)
    {
        ChargingSite site = _world.Data.Sites.Sites.Single(
            each => each.Evses.Any(other => other.Id.ToString() == evse));
        return site.Evses.First(other => !booked.Contains(other.Id.ToString())).Id.ToString();
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? "";
}
