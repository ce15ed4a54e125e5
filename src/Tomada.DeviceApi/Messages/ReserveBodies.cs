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
public sealed record LegBody(EvseId Evse, TimeWindow Window, long EnergyWh);

/// <summary>Asks for every stop of a trip at once: all or none.</summary>
/// <param name="Legs">1 to 16, in driving order.</param>
/// <param name="DecideWithinMs">Time for the owners to answer; 1,000 to 3,600,000; default the
/// rules' maximum.</param>
public sealed record ReserveRequest(ImmutableArray<LegBody> Legs, long? DecideWithinMs = null)
    : IDeviceBody<ReserveRequest>
{
    public static JsonTypeInfo<ReserveRequest> Json => DeviceJson.Default.ReserveRequest;

    public string? Check()
    {
        string? problem =
            Ranges.Count("legs", Legs.IsDefault ? 0 : Legs.Length, 1, DeviceLimits.LegsMax)
            ?? Ranges.Long(
                "decideWithinMs", DecideWithinMs ?? 1_000, 1_000, DeviceLimits.DecideWithinMaxMs);
        for (int i = 0; problem is null && i < Legs.Length; i++)
        {
            problem =
                Ranges.Long($"legs[{i}].energyWh", Legs[i].EnergyWh, 1, DeviceLimits.EnergyWhMax);
        }

        return problem;
    }
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
public sealed record ReserveReply(
    TripId? Trip = null,
    ReservationState? State = null,
    ImmutableArray<ReservedLegBody>? Legs = null,
    string? Outcome = null,
    LegId? RefusedLeg = null,
    string? Reason = null) : IDeviceBody<ReserveReply>
{
    public static JsonTypeInfo<ReserveReply> Json => DeviceJson.Default.ReserveReply;

    public string? Check() => Ranges.Count("legs", Legs?.Length ?? 0, 0, DeviceLimits.LegsMax);
}

/// <summary>Asks for this device's trips, the newest first.</summary>
/// <param name="Limit">1 to 100, default 20.</param>
public sealed record HistoryRequest(int? Limit = null) : IDeviceBody<HistoryRequest>
{
    public static JsonTypeInfo<HistoryRequest> Json => DeviceJson.Default.HistoryRequest;

    public string? Check() => Ranges.Long("limit", Limit ?? 1, 1, 100);
}

/// <summary>Trips of this device.</summary>
public sealed record HistoryReply(ImmutableArray<ReservationBody> Trips) : IDeviceBody<HistoryReply>
{
    public static JsonTypeInfo<HistoryReply> Json => DeviceJson.Default.HistoryReply;

    public string? Check() => Ranges.Count("trips", Trips.IsDefault ? 0 : Trips.Length, 0, 100);
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

    public string? Check() =>
        Ranges.Count("legs", Legs.IsDefault ? 0 : Legs.Length, 1, DeviceLimits.LegsMax);
}
