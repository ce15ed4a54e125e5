using System.Collections.Immutable;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>OCPI 2.2.1 Status of an EVSE.</summary>
[JsonConverter(typeof(OcpiEnumConverter<EvseStatus>))]
public enum EvseStatus
{
    Unknown = 0,
    Available = 1,
    Reserved = 2,
    Charging = 3,
    Blocked = 4,
    Inoperative = 5,
    OUTOFORDER = 6,
}

/// <summary>
/// The second axis: where a charging transaction stands (OCPP 2.0.1 chargingState).
/// </summary>
[JsonConverter(typeof(OcpiEnumConverter<TransactionPhase>))]
public enum TransactionPhase
{
    Unknown = 0,
    Idle = 1,
    EvConnected = 2,
    Charging = 3,
    SuspendedEv = 4,
    SuspendedEvse = 5,
    Finishing = 6,
}

/// <summary>Birth, death and goodbye of a device; retained, and also its will.</summary>
/// <param name="Online">False in the will and in the goodbye.</param>
/// <param name="Firmware">What runs on it; 1 to 200 characters.</param>
/// <param name="Why">Of a goodbye or death.</param>
public sealed record StateBody(
    bool Online, string Firmware, string? Why = null) : IDeviceBody<StateBody>
{
    public static JsonTypeInfo<StateBody> Json => DeviceJson.Default.StateBody;

    public static BodyRules<StateBody> Rules { get; } = new BodyRules<StateBody>()
        .Text("firmware", x => x.Firmware)
        .Text("why", x => x.Why);
}

/// <summary>The state of one EVSE, derived from OCPP's state table.</summary>
/// <param name="Status">What others see.</param>
/// <param name="Phase">Where its transaction stands.</param>
/// <param name="Since">Ledger time of the change.</param>
/// <param name="ValidUntil">Wall time after which it counts as UNKNOWN unless said again.</param>
/// <param name="Reservation">Whose turn it is.</param>
/// <param name="Error">The fault, when OUTOFORDER.</param>
/// <param name="Signature">When OUTOFORDER or INOPERATIVE keeps the leg in
/// <paramref name="Reservation"/> from its turn: the station key's signature over the ledger's
/// LegBreak of that leg, with <paramref name="Since"/> as its time.</param>
public sealed record EvseStateBody(
    EvseStatus Status,
    TransactionPhase Phase,
    Timestamp Since,
    Timestamp ValidUntil,
    LegId? Reservation = null,
    string? Error = null,
    [property: JsonConverter(typeof(SignatureConverter))] byte[]? Signature = null)
    : IDeviceBody<EvseStateBody>
{
    public static JsonTypeInfo<EvseStateBody> Json => DeviceJson.Default.EvseStateBody;

    public static BodyRules<EvseStateBody> Rules { get; } = new BodyRules<EvseStateBody>()
        .Text("error", x => x.Error);
}

/// <summary>A periodic sample of one EVSE's meter.</summary>
/// <param name="MeterWh">The reading.</param>
/// <param name="PowerW">What flows.</param>
/// <param name="Session">The session it flows for.</param>
/// <param name="VoltageMv">At the plug, in mV.</param>
/// <param name="CurrentMa">Into the car, in mA.</param>
/// <param name="SocPermille">The car's state of charge as it says, 0 to 1000 permille.</param>
public sealed record MeterBody(
    long MeterWh,
    int PowerW,
    SessionId? Session = null,
    int? VoltageMv = null,
    int? CurrentMa = null,
    int? SocPermille = null) : IDeviceBody<MeterBody>
{
    public static JsonTypeInfo<MeterBody> Json => DeviceJson.Default.MeterBody;

    public static BodyRules<MeterBody> Rules { get; } = new BodyRules<MeterBody>()
        .Long("meterWh", x => x.MeterWh, 0, DeviceLimits.MeterWhMax)
        .Long("powerW", x => x.PowerW, 0, DeviceLimits.PowerWMax)
        .Long("voltageMv", x => x.VoltageMv, 0, DeviceLimits.VoltageMvMax)
        .Long("currentMa", x => x.CurrentMa, 0, DeviceLimits.CurrentMaMax)
        .Long("socPermille", x => x.SocPermille, 0, 1000);
}

/// <summary>A sign of life; it says nothing else.</summary>
public sealed record HeartbeatBody : IDeviceBody<HeartbeatBody>
{
    public static JsonTypeInfo<HeartbeatBody> Json => DeviceJson.Default.HeartbeatBody;

    public static BodyRules<HeartbeatBody> Rules { get; } = new BodyRules<HeartbeatBody>();
}

/// <summary>A car's charge and range.</summary>
/// <param name="SocPermille">State of charge, 0 to 1000.</param>
/// <param name="RangeM">What it can still drive, in metres.</param>
/// <param name="Place">Where it is, by the driver's consent.</param>
public sealed record PositionBody(int SocPermille, long RangeM, string? Place = null)
    : IDeviceBody<PositionBody>
{
    public static JsonTypeInfo<PositionBody> Json => DeviceJson.Default.PositionBody;

    public static BodyRules<PositionBody> Rules { get; } = new BodyRules<PositionBody>()
        .Long("socPermille", x => x.SocPermille, 0, 1000)
        .Long("rangeM", x => x.RangeM, 0, DeviceLimits.RangeMMax)
        .Text("place", x => x.Place);
}

/// <summary>The node's presence; retained. While it is offline a device keeps its queue.</summary>
/// <param name="Online">Whether the node takes messages.</param>
/// <param name="Epoch">Counts the node's starts.</param>
/// <param name="Now">The ledger clock when this was written; ts is the wall clock at that
/// instant.</param>
/// <param name="Factor">How fast the ledger clock runs; 1 except in simulated networks.</param>
/// <param name="Majors">Versions of the interface that the node speaks.</param>
/// <param name="Network">The network id: what station signatures are bound to; absent before it is
/// founded.</param>
public sealed record NodeBody(
    bool Online,
    long Epoch,
    Timestamp Now,
    int Factor,
    ImmutableArray<int> Majors,
    Digest? Network = null) : IDeviceBody<NodeBody>
{
    public static JsonTypeInfo<NodeBody> Json => DeviceJson.Default.NodeBody;

    public static BodyRules<NodeBody> Rules { get; } = new BodyRules<NodeBody>()
        .Long("factor", x => x.Factor, 1, DeviceLimits.FactorMax)
        .Long("epoch", x => x.Epoch, 0, DeviceLimits.CounterMax)
        .Count("majors", x => x.Majors.IsDefault ? 0 : x.Majors.Length, 1, DeviceLimits.MajorsMax);
}
