using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>What the driver wants least of.</summary>
[JsonConverter(typeof(OcpiEnumConverter<PlanObjective>))]
public enum PlanObjective
{
    Unknown = 0,
    Fastest = 1,
    Cheapest = 2,
}

/// <summary>A device introduces itself (OCPP BootNotification).</summary>
/// <param name="Model">What it is; 1 to 200 characters.</param>
/// <param name="Firmware">What runs on it; 1 to 200 characters.</param>
/// <param name="Evses">Of a station: its EVSEs.</param>
public sealed record BootRequest(
    string Model, string Firmware, ImmutableArray<EvseId>? Evses = null)
    : IDeviceBody<BootRequest>
{
    public static JsonTypeInfo<BootRequest> Json => DeviceJson.Default.BootRequest;

    public static BodyRules<BootRequest> Rules { get; } = new BodyRules<BootRequest>()
        .Text("model", x => x.Model)
        .Text("firmware", x => x.Firmware)
        .Count("evses", x => x.Evses?.Length ?? 0, 0, DeviceLimits.EvsesMax);
}

/// <summary>The company takes the device in.</summary>
/// <param name="HeartbeatMs">Longest silence, in ms of the wall clock.</param>
/// <param name="Node">The clock and the network, as in dn/node.</param>
/// <param name="Boot">The highest boot counter that was heard of the device. One whose own is lower
/// has forgotten it: it goes on from one above, or is taken for stale.</param>
public sealed record BootReply(long HeartbeatMs, NodeBody Node, long? Boot = null)
    : IDeviceBody<BootReply>
{
    public static JsonTypeInfo<BootReply> Json => DeviceJson.Default.BootReply;

    public static BodyRules<BootReply> Rules { get; } = new BodyRules<BootReply>()
        .Long("heartbeatMs", x => x.HeartbeatMs, 1_000, 3_600_000)
        .Long("boot", x => x.Boot, 0, DeviceLimits.CounterMax)
        .Part("node", x => x.Node, NodeBody.Rules);
}

/// <summary>Asks for plans of a journey.</summary>
/// <param name="From">A place of the company's road graph.</param>
/// <param name="To">Another.</param>
/// <param name="StartSocPermille">State of charge at departure, 0 to 1000.</param>
/// <param name="Vehicle">The car model: id, name, batteryWh, consumption, dcCurve, acPowerMaxW,
/// connectors.</param>
/// <param name="Departure">Ledger time; default: now.</param>
/// <param name="ReserveSocPermille">Never below this; 0 to 900, default 100.</param>
/// <param name="ChargeMaxPermille">Never charged above this; 100 to 1000, default 1000.</param>
/// <param name="Objective">FASTEST (default) or CHEAPEST.</param>
/// <param name="AvoidCompanies">Whose EVSEs are not used.</param>
public sealed record PlanRequest(
    string From,
    string To,
    int StartSocPermille,
    JsonElement Vehicle,
    Timestamp? Departure = null,
    int? ReserveSocPermille = null,
    int? ChargeMaxPermille = null,
    PlanObjective? Objective = null,
    ImmutableArray<string>? AvoidCompanies = null) : IDeviceBody<PlanRequest>
{
    public static JsonTypeInfo<PlanRequest> Json => DeviceJson.Default.PlanRequest;

    public static BodyRules<PlanRequest> Rules { get; } = new BodyRules<PlanRequest>()
        .Text("from", x => x.From)
        .Text("to", x => x.To)
        .Long("startSocPermille", x => x.StartSocPermille, 0, 1000)
        .Long("reserveSocPermille", x => x.ReserveSocPermille, 0, 900)
        .Long("chargeMaxPermille", x => x.ChargeMaxPermille, 100, 1000)
        .Count("avoidCompanies", x => x.AvoidCompanies?.Length ?? 0, 0, 100)
        .Known("objective", x => x.Objective);
}

/// <summary>One to three plans, the best first.</summary>
public sealed record PlanReply(ImmutableArray<PlanBody> Plans) : IDeviceBody<PlanReply>
{
    public static JsonTypeInfo<PlanReply> Json => DeviceJson.Default.PlanReply;

    public static BodyRules<PlanReply> Rules { get; } = new BodyRules<PlanReply>()
        .Count("plans", x => x.Plans.IsDefault ? 0 : x.Plans.Length, 1, 3);
}

/// <summary>A journey: drives and stops in turn; one more drive than stops.</summary>
public sealed record PlanBody(
    Timestamp Departure,
    Timestamp Arrival,
    int ArrivalSocPermille,
    Money Price,
    ImmutableArray<DriveBody> Drives,
    ImmutableArray<StopBody> Stops);

/// <summary>A drive, edge by edge.</summary>
public sealed record DriveBody(string From, string To, ImmutableArray<EdgeBody> Edges)
{
    [JsonIgnore]
    public long LengthM => Edges.Sum(edge => (long)edge.LengthM);
}

/// <summary>One road as it is driven.</summary>
public sealed record EdgeBody(string To, string Highway, int LengthM, int SpeedKmh);

/// <summary>One charging stop of a plan.</summary>
/// <param name="Evse">Where; its company is the owner.</param>
/// <param name="Location">The site.</param>
/// <param name="Place">The site's place on the road graph.</param>
/// <param name="Standard">OCPI ConnectorType.</param>
/// <param name="PowerType">OCPI PowerType.</param>
/// <param name="PowerMaxW">The connector's.</param>
/// <param name="Window">What to reserve.</param>
/// <param name="Arrival">When the car arrives.</param>
/// <param name="ArrivalSocPermille">Charge then.</param>
/// <param name="ChargeUntil">When charging ends.</param>
/// <param name="Departure">When the car drives on.</param>
/// <param name="DepartureSocPermille">Charge then.</param>
/// <param name="EnergyWh">What is charged.</param>
/// <param name="Price">The estimate.</param>
public sealed record StopBody(
    EvseId Evse,
    LocationId Location,
    string Place,
    string Standard,
    string PowerType,
    int PowerMaxW,
    TimeWindow Window,
    Timestamp Arrival,
    int ArrivalSocPermille,
    Timestamp ChargeUntil,
    Timestamp Departure,
    int DepartureSocPermille,
    long EnergyWh,
    Money Price);
