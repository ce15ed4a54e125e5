using System.Collections.Immutable;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>Where a reservation stands; the numbers are those of the ledger's TripState.</summary>
[JsonConverter(typeof(OcpiEnumConverter<ReservationState>))]
public enum ReservationState
{
    Unknown = 0,
    Held = 1,
    Confirmed = 2,
    Refused = 3,
    Expired = 4,
    Completed = 5,
    Partial = 6,
}

/// <summary>One stop that the car asks for.</summary>
/// <param name="Evse">Where.</param>
/// <param name="Window">When, on the network's grid.</param>
/// <param name="EnergyWh">How much; 1 to 1,000,000.</param>
public sealed record LegBody(EvseId Evse, TimeWindow Window, long EnergyWh)
{
    internal static BodyRules<LegBody> Rules { get; } = new BodyRules<LegBody>()
        .Long("energyWh", x => x.EnergyWh, 1, DeviceLimits.EnergyWhMax);
}

/// <summary>Asks for every stop of a trip at once: all or none.</summary>
/// <param name="Legs">1 to 16, in driving order.</param>
/// <param name="DecideWithinMs">Time for the owners to answer; 1,000 to 3,600,000; default the
/// rules' maximum.</param>
/// <param name="Journey">What the legs are for: with it a refusal says what could be had instead.
/// </param>
public sealed record ReserveRequest(
    ImmutableArray<LegBody> Legs, long? DecideWithinMs = null, JourneyBody? Journey = null)
    : IDeviceBody<ReserveRequest>
{
    public static JsonTypeInfo<ReserveRequest> Json => DeviceJson.Default.ReserveRequest;

    public static BodyRules<ReserveRequest> Rules { get; } = new BodyRules<ReserveRequest>()
        .Count("legs", x => x.Legs.IsDefault ? 0 : x.Legs.Length, 1, DeviceLimits.LegsMax)
        .Long("decideWithinMs", x => x.DecideWithinMs, 1_000, DeviceLimits.DecideWithinMaxMs)
        .Each("legs", x => x.Legs, LegBody.Rules)
        .Part("journey", x => x.Journey, JourneyBody.Rules);
}

/// <summary>A leg as reserved; its secret opens the plug and is nobody else's business.</summary>
public sealed record ReservedLegBody(
    LegId Leg,
    EvseId Evse,
    TimeWindow Window,
    long EnergyWh,
    Digest Tariff,
    Money PriceCap,
    [property: JsonConverter(typeof(SecretConverter))] byte[] Secret);

/// <summary>The end of a reservation request, good or bad.</summary>
/// <param name="State">Where the trip stands; absent when the ledger refused the proposal
/// itself.</param>
/// <param name="Trip">Its id on the ledger: look it up in the audit.</param>
/// <param name="Legs">When confirmed.</param>
/// <param name="Outcome">The ledger's outcome code when the proposal was refused.</param>
/// <param name="RefusedLeg">The leg that an owner refused.</param>
/// <param name="Reason">The owner's reason, from the closed list.</param>
/// <param name="Replan">After a refusal, of a request with its journey: another plan.</param>
public sealed record ReserveReply(
    TripId? Trip = null,
    ReservationState? State = null,
    ImmutableArray<ReservedLegBody>? Legs = null,
    string? Outcome = null,
    LegId? RefusedLeg = null,
    string? Reason = null,
    ReplanBody? Replan = null) : IDeviceBody<ReserveReply>
{
    public static JsonTypeInfo<ReserveReply> Json => DeviceJson.Default.ReserveReply;

    public static BodyRules<ReserveReply> Rules { get; } = new BodyRules<ReserveReply>()
        .Count("legs", x => x.Legs?.Length ?? 0, 0, DeviceLimits.LegsMax);
}

/// <summary>Asks for this device's trips, the newest first.</summary>
/// <param name="Limit">1 to 100, default 20.</param>
public sealed record HistoryRequest(int? Limit = null) : IDeviceBody<HistoryRequest>
{
    public static JsonTypeInfo<HistoryRequest> Json => DeviceJson.Default.HistoryRequest;

    public static BodyRules<HistoryRequest> Rules { get; } = new BodyRules<HistoryRequest>()
        .Long("limit", x => x.Limit, 1, 100);
}

/// <summary>Trips of this device.</summary>
public sealed record HistoryReply(ImmutableArray<ReservationBody> Trips) : IDeviceBody<HistoryReply>
{
    public static JsonTypeInfo<HistoryReply> Json => DeviceJson.Default.HistoryReply;

    public static BodyRules<HistoryReply> Rules { get; } = new BodyRules<HistoryReply>()
        .Count("trips", x => x.Trips.IsDefault ? 0 : x.Trips.Length, 0, 100);
}

/// <summary>A reservation changed (dn/event/reservation), or one line of the history.</summary>
/// <param name="Trip">The trip.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Legs">Ledger states of its legs in driving order, as CONFIRMED or
/// FULFILLED.</param>
public sealed record ReservationBody(
    TripId Trip, ReservationState State, ImmutableArray<string> Legs)
    : IDeviceBody<ReservationBody>
{
    public static JsonTypeInfo<ReservationBody> Json => DeviceJson.Default.ReservationBody;

    public static BodyRules<ReservationBody> Rules { get; } = new BodyRules<ReservationBody>()
        .Count("legs", x => x.Legs.IsDefault ? 0 : x.Legs.Length, 1, DeviceLimits.LegsMax);
}
