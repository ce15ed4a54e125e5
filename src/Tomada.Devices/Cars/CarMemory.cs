using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>A confirmed trip as its car keeps it.</summary>
/// <param name="Trip">Its id on the ledger.</param>
/// <param name="Legs">With the secrets that open the plugs.</param>
/// <param name="Plan">What is driven; null when legs were reserved without a plan.</param>
/// <param name="StepsDone">Drives and charges that are behind the car, in their turn.</param>
public sealed record KeptTrip(
    TripId Trip, ImmutableArray<ReservedLegBody> Legs, PlanBody? Plan, int StepsDone)
{
    /// <summary>Drives and charges in turn; a trip without a plan is only charged for.</summary>
    public int Steps => Plan is { } plan ? plan.Drives.Length + plan.Stops.Length : Legs.Length;

    /// <summary>Whether the next step is a charge, and of which leg.</summary>
    public ReservedLegBody? NextCharge => StepsDone >= Steps
        ? null
        : Plan is null
            ? Legs[StepsDone]
            : StepsDone % 2 == 1 ? Legs[StepsDone / 2] : null;

    /// <summary>The drive that is next; null when it is a charge, or nothing.</summary>
    public DriveBody? NextDrive => Plan is { } plan && StepsDone < Steps && StepsDone % 2 == 0
        ? plan.Drives[StepsDone / 2]
        : null;
}

/// <summary>A reservation that was asked for and whose end the car does not know.</summary>
/// <param name="Id">Of the request; asked again it is the same reservation.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Plan">What it was made of.</param>
public sealed record OpenRequest(MessageId Id, ReserveRequest Request, PlanBody? Plan);

/// <summary>
/// What a car must not forget when it is switched off: its charge, where it stands, the request
/// whose answer it waits for, and its trips with their secrets.
/// </summary>
internal sealed class CarMemory
{
    private const string BatteryFile = "battery.json";
    private const string OpenFile = "open-request.json";
    private const string TripFolder = "trips";

    private readonly string _folder;

    public CarMemory(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            // Whoever reads a secret can charge on this car's account.
            Directory.CreateDirectory(
                Trips, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        else
        {
            Directory.CreateDirectory(Trips);
        }
    }

    private string Trips => Path.Combine(_folder, TripFolder);

    /// <summary>What is in the battery and where the car stands; null before it moved.</summary>
    public (double EnergyWh, string? Place)? ReadBattery() => Read(BatteryFile) is { } json
        ? (json["energyWh"]!.GetValue<double>(), json["place"]?.GetValue<string>())
        : null;

    public void WriteBattery(double energyWh, string? place) => Write(
        BatteryFile, new JsonObject { ["energyWh"] = energyWh, ["place"] = place });

    public OpenRequest? ReadOpen() => Read(OpenFile) is { } json
        ? new OpenRequest(
            MessageId.Parse(json["id"]!.GetValue<string>()),
            json["request"].Deserialize(ReserveRequest.Json)!,
            PlanOf(json))
        : null;

    /// <summary>On disk before the request leaves; null when its end is known.</summary>
    public void WriteOpen(OpenRequest? open)
    {
        if (open is null)
        {
            File.Delete(Path.Combine(_folder, OpenFile));
            return;
        }

        JsonObject json = new()
        {
            ["id"] = open.Id.ToString(),
            ["request"] = JsonSerializer.SerializeToNode(open.Request, ReserveRequest.Json),
        };
        Write(OpenFile, With(json, open.Plan));
    }

    /// <summary>The newest trip that was not driven to its end; null when there is none.</summary>
    public KeptTrip? ReadTrip() => Directory.GetFiles(Trips, "*.json")
        .OrderByDescending(File.GetLastWriteTimeUtc)
        .Select(file => TripOf(Read(file)!))
        .FirstOrDefault(trip => trip.StepsDone < trip.Steps);

    /// <summary>A trip by its id; null when this car has none of that id.</summary>
    public KeptTrip? ReadTrip(TripId trip) => Read(FileOf(trip)) is { } json ? TripOf(json) : null;

    public void WriteTrip(KeptTrip trip)
    {
        ReserveReply reply = new(trip.Trip, ReservationState.Confirmed, trip.Legs);
        JsonObject json = new()
        {
            ["stepsDone"] = trip.StepsDone,
            ["reservation"] = JsonSerializer.SerializeToNode(reply, ReserveReply.Json),
        };
        Write(FileOf(trip.Trip), With(json, trip.Plan));
    }

    private static KeptTrip TripOf(JsonObject json)
    {
        ReserveReply reply = json["reservation"].Deserialize(ReserveReply.Json)!;
        return new KeptTrip(
            reply.Trip!.Value, reply.Legs!.Value, PlanOf(json), json["stepsDone"]!.GetValue<int>());
    }

    private static PlanBody? PlanOf(JsonObject json) =>
        json["plan"]?.Deserialize(PlanReply.Json)!.Plans[0];

    private static JsonObject With(JsonObject json, PlanBody? plan)
    {
        if (plan is not null)
        {
            json["plan"] = JsonSerializer.SerializeToNode(new PlanReply([plan]), PlanReply.Json);
        }

        return json;
    }

    private static string FileOf(TripId trip) =>
        Path.Combine(TripFolder, string.Create(CultureInfo.InvariantCulture, $"{trip}.json"));

    /// <summary>Null when it is not there; one that cannot be read is said, not guessed.</summary>
    private JsonObject? Read(string name)
    {
        string file = Path.Combine(_folder, name);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException
            or NullReferenceException)
        {
            throw new IOException($"{file} is damaged: {damaged.Message}", damaged);
        }
    }

    private void Write(string name, JsonObject json) =>
        DurableFile.Write(Path.Combine(_folder, name), json.ToJsonString());
}
