using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>
/// A station asks whether somebody without a reservation may charge. No session of the ledger
/// comes of it; what is reserved goes first.
/// </summary>
/// <param name="Evse">An EVSE of the station.</param>
public sealed record StartRequest(EvseId Evse) : IDeviceBody<StartRequest>
{
    public static JsonTypeInfo<StartRequest> Json => DeviceJson.Default.StartRequest;

    public static BodyRules<StartRequest> Rules { get; } = new();
}

/// <summary>The walk-in may start.</summary>
/// <param name="LeaveBy">Ledger time at which the plug must be free again, for the station shows
/// RESERVED from then on; absent while nothing is reserved.</param>
/// <param name="Next">Whose turn it is then.</param>
public sealed record StartReply(Timestamp? LeaveBy = null, LegId? Next = null)
    : IDeviceBody<StartReply>
{
    public static JsonTypeInfo<StartReply> Json => DeviceJson.Default.StartReply;

    public static BodyRules<StartReply> Rules { get; } = new();
}

/// <summary>What could be reserved instead of a broken leg.</summary>
/// <param name="Evse">Where; it has every plug that the broken one had.</param>
/// <param name="Location">Its site.</param>
/// <param name="DistanceM">From the broken one, as the crow flies, in metres.</param>
/// <param name="Window">When it is free, long enough for the energy.</param>
/// <param name="EnergyWh">What the broken leg promised.</param>
/// <param name="Price">What that would cost by today's tariff, taxes included.</param>
public sealed record AlternativeBody(
    EvseId Evse,
    LocationId Location,
    long DistanceM,
    TimeWindow Window,
    long EnergyWh,
    Money Price);

/// <summary>An owner could not keep a leg; the trip's other legs stand.</summary>
/// <param name="Leg">The leg that has ended.</param>
/// <param name="Evse">Where it was.</param>
/// <param name="Reason">From the ledger's closed list, as FAULTED.</param>
/// <param name="Penalty">What the owner owes the driver's company for it.</param>
/// <param name="Alternatives">The soonest charged first; empty when nothing near is free. Nothing
/// is held: who wants one reserves it.</param>
public sealed record LegBrokenBody(
    LegId Leg,
    EvseId Evse,
    string Reason,
    Money Penalty,
    ImmutableArray<AlternativeBody> Alternatives) : IDeviceBody<LegBrokenBody>
{
    public static JsonTypeInfo<LegBrokenBody> Json => DeviceJson.Default.LegBrokenBody;

    public static BodyRules<LegBrokenBody> Rules { get; } = new BodyRules<LegBrokenBody>()
        .Text("reason", x => x.Reason)
        .Count(
            "alternatives",
            x => x.Alternatives.IsDefault ? 0 : x.Alternatives.Length,
            0,
            DeviceLimits.AlternativesMax);
}
