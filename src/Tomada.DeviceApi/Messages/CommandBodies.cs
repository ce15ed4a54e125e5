using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>
/// Asks a station whether it can keep a window free; its ack decides the owner's answer.
/// </summary>
/// <param name="Leg">The leg that is held.</param>
/// <param name="Evse">An EVSE of the station.</param>
/// <param name="Window">When, on the ledger clock.</param>
/// <param name="EnergyWh">How much is asked for.</param>
public sealed record HoldCommand(LegId Leg, EvseId Evse, TimeWindow Window, long EnergyWh)
    : IDeviceBody<HoldCommand>
{
    public static JsonTypeInfo<HoldCommand> Json => DeviceJson.Default.HoldCommand;

    public static BodyRules<HoldCommand> Rules { get; } = new BodyRules<HoldCommand>()
        .Long("energyWh", x => x.EnergyWh, 1, DeviceLimits.EnergyWhMax);
}

/// <summary>
/// The trip is confirmed: the window belongs to the leg. The same leg again replaces it.
/// </summary>
/// <param name="Leg">The confirmed leg.</param>
/// <param name="Evse">An EVSE of the station.</param>
/// <param name="Window">When, on the ledger clock.</param>
/// <param name="LeadMs">RESERVED is shown from the window's start minus this, in ms of the ledger
/// clock.</param>
/// <param name="SecretHash">The hash of the secret that starts the session.</param>
/// <param name="EnergyWh">Where the session ends at the latest.</param>
public sealed record ReserveCommand(
    LegId Leg, EvseId Evse, TimeWindow Window, long LeadMs, Digest SecretHash, long EnergyWh)
    : IDeviceBody<ReserveCommand>
{
    public static JsonTypeInfo<ReserveCommand> Json => DeviceJson.Default.ReserveCommand;

    public static BodyRules<ReserveCommand> Rules { get; } = new BodyRules<ReserveCommand>()
        .Long("energyWh", x => x.EnergyWh, 1, DeviceLimits.EnergyWhMax)
        .Long("leadMs", x => x.LeadMs, 0, DeviceLimits.LeadMaxMs);
}

/// <summary>
/// The leg is not, or no more, to be kept free for. Unknown legs are acknowledged as well.
/// </summary>
/// <param name="Leg">The released leg.</param>
/// <param name="Evse">An EVSE of the station.</param>
/// <param name="Why">REFUSED, EXPIRED or ENDED.</param>
public sealed record ReleaseCommand(
    LegId Leg, EvseId Evse, string Why) : IDeviceBody<ReleaseCommand>
{
    public static JsonTypeInfo<ReleaseCommand> Json => DeviceJson.Default.ReleaseCommand;

    public static BodyRules<ReleaseCommand> Rules { get; } = new BodyRules<ReleaseCommand>()
        .Text("why", x => x.Why);
}

/// <summary>Asks for the messages of a session again, from a sequence on.</summary>
/// <param name="Session">The session.</param>
/// <param name="FromTxSeq">The first that is missing.</param>
public sealed record ResendCommand(SessionId Session, int FromTxSeq) : IDeviceBody<ResendCommand>
{
    public static JsonTypeInfo<ResendCommand> Json => DeviceJson.Default.ResendCommand;

    public static BodyRules<ResendCommand> Rules { get; } = new BodyRules<ResendCommand>()
        .Long("fromTxSeq", x => x.FromTxSeq, 0, DeviceLimits.TxSeqMax);
}
