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
    FewestStops = 3,
    Greenest = 4,
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
/// <param name="Objective">FASTEST (default), CHEAPEST, FEWEST_STOPS or GREENEST; all but the first
/// take at most half as long again as it.</param>
/// <param name="AvoidCompanies">Whose EVSEs are not used.</param>
/// <param name="Via">Places to pass, in this order; up to 8.</param>
/// <param name="ArrivalSocPermille">Left at the end; 0 to 1000, default the reserve.</param>
/// <param name="Connectors">OCPI ConnectorTypes to use; default all that fit.</param>
/// <param name="PreferCompanies">Whose EVSEs are liked: a stop elsewhere must be worth ten
/// minutes.</param>
/// <param name="PriceMax">Most that the plan may cost; its currency is the plan's.</param>
/// <param name="PricePerKwhMax">Most that a kWh may cost at any stop.</param>
/// <param name="PayloadKg">Load beside the driver; 0 to 5,000, default 0.</param>
/// <param name="TemperatureC">Outside; -40 to 55, default 20.</param>
/// <param name="PlansMax">Most plans of the reply; 1 to 5, default 3.</param>
/// <param name="WaitMaxMs">Longest wait for a free EVSE at one stop; up to 24 h, default
/// 2 h.</param>
public sealed record PlanRequest(
    string From,
    string To,
    int StartSocPermille,
    JsonElement Vehicle,
    Timestamp? Departure = null,
    int? ReserveSocPermille = null,
    int? ChargeMaxPermille = null,
    PlanObjective? Objective = null,
    ImmutableArray<string>? AvoidCompanies = null,
    ImmutableArray<ViaBody>? Via = null,
    int? ArrivalSocPermille = null,
    ImmutableArray<string>? Connectors = null,
    ImmutableArray<string>? PreferCompanies = null,
    Money? PriceMax = null,
    Money? PricePerKwhMax = null,
    int? PayloadKg = null,
    int? TemperatureC = null,
    int? PlansMax = null,
    long? WaitMaxMs = null) : IDeviceBody<PlanRequest>
{
    public static JsonTypeInfo<PlanRequest> Json => DeviceJson.Default.PlanRequest;

    public static BodyRules<PlanRequest> Rules { get; } = new BodyRules<PlanRequest>()
        .Text("from", x => x.From)
        .Text("to", x => x.To)
        .Long("startSocPermille", x => x.StartSocPermille, 0, 1000)
        .Long("reserveSocPermille", x => x.ReserveSocPermille, 0, 900)
        .Long("chargeMaxPermille", x => x.ChargeMaxPermille, 100, 1000)
        .Count("avoidCompanies", x => x.AvoidCompanies?.Length ?? 0, 0, 100)
        .Known("objective", x => x.Objective)
        .Count("via", x => x.Via?.Length ?? 0, 0, DeviceLimits.ViasMax)
        .Each("via", x => x.Via ?? [], ViaBody.Rules)
        .Long("arrivalSocPermille", x => x.ArrivalSocPermille, 0, 1000)
        .Count("connectors", x => x.Connectors?.Length ?? 0, 0, 20)
        .Count("preferCompanies", x => x.PreferCompanies?.Length ?? 0, 0, 100)
        .Long("payloadKg", x => x.PayloadKg, 0, 5_000)
        .Long("temperatureC", x => x.TemperatureC, -40, 55)
        .Long("plansMax", x => x.PlansMax, 1, DeviceLimits.PlansMax)
        .Long("waitMaxMs", x => x.WaitMaxMs, 0, 86_400_000);
}

/// <summary>A place to pass.</summary>
/// <param name="Place">A place of the company's road graph.</param>
/// <param name="StayMs">How long the car stays there; up to 48 h, default 0.</param>
public sealed record ViaBody(string Place, long? StayMs = null)
{
    internal static BodyRules<ViaBody> Rules { get; } = new BodyRules<ViaBody>()
        .Text("place", x => x.Place)
        .Long("stayMs", x => x.StayMs, 0, 172_800_000);
}

/// <summary>
/// One to five plans, the best first. Alternatives that would not fit into the message are left
/// out, and stretches of one highway at one speed may be joined.
/// </summary>
public sealed record PlanReply(ImmutableArray<PlanBody> Plans) : IDeviceBody<PlanReply>
{
    public static JsonTypeInfo<PlanReply> Json => DeviceJson.Default.PlanReply;

    public static BodyRules<PlanReply> Rules { get; } = new BodyRules<PlanReply>()
        .Count("plans", x => x.Plans.IsDefault ? 0 : x.Plans.Length, 1, DeviceLimits.PlansMax);
}

/// <summary>A journey: drives and stops in turn; one more drive than stops.</summary>
/// <param name="Departure">When the car leaves.</param>
/// <param name="Arrival">When it arrives.</param>
/// <param name="ArrivalSocPermille">Charge then.</param>
/// <param name="Price">The stops' prices together.</param>
/// <param name="Drives">The drives.</param>
/// <param name="Stops">The stops.</param>
/// <param name="DrivenWh">What driving takes.</param>
/// <param name="ConfidencePermille">How likely every stop can be had as planned: a rough
/// figure.</param>
/// <param name="Vias">When the car is at the places to pass.</param>
public sealed record PlanBody(
    Timestamp Departure,
    Timestamp Arrival,
    int ArrivalSocPermille,
    Money Price,
    ImmutableArray<DriveBody> Drives,
    ImmutableArray<StopBody> Stops,
    int? DrivenWh = null,
    int? ConfidencePermille = null,
    ImmutableArray<PassedBody>? Vias = null);

/// <summary>A place on the way.</summary>
/// <param name="Place">Where.</param>
/// <param name="Arrival">When the car comes.</param>
/// <param name="Departure">When it drives on.</param>
/// <param name="SocPermille">Charge then.</param>
public sealed record PassedBody(
    string Place, Timestamp Arrival, Timestamp Departure, int SocPermille);

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
/// <param name="Price">The estimate, by the tariff at the time of the stop.</param>
/// <param name="ChargeFrom">When charging starts.</param>
/// <param name="WaitMs">How long the car waits for the EVSE.</param>
/// <param name="ConfidencePermille">How likely the stop can be had as planned.</param>
/// <param name="Others">EVSEs that could serve instead while the other stops stay.</param>
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
    Money Price,
    Timestamp? ChargeFrom = null,
    long? WaitMs = null,
    int? ConfidencePermille = null,
    ImmutableArray<OtherStopBody>? Others = null);

/// <summary>Another EVSE for a stop.</summary>
/// <param name="Evse">Where.</param>
/// <param name="Location">Its site.</param>
/// <param name="Window">What to reserve there.</param>
/// <param name="EnergyWh">What is charged.</param>
/// <param name="Price">The estimate.</param>
/// <param name="LaterMs">How much later the car is at the next stop; negative: earlier.</param>
public sealed record OtherStopBody(
    EvseId Evse,
    LocationId Location,
    TimeWindow Window,
    long EnergyWh,
    Money Price,
    long LaterMs);
