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

/// <summary>
/// Asks for messages again: those of a session from a sequence on, or, when session is absent,
/// those of a start that never arrived. The device sends what it still has, as it was, and
/// acknowledges then.
/// </summary>
/// <param name="Session">The session; then fromTxSeq is there.</param>
/// <param name="FromTxSeq">The first of the session that is missing.</param>
/// <param name="Bs">The device's start; then fromSeq and untilSeq are there.</param>
/// <param name="FromSeq">The first of that start that is missing.</param>
/// <param name="UntilSeq">The first behind it that is not.</param>
public sealed record ResendCommand(
    SessionId? Session = null,
    int? FromTxSeq = null,
    long? Bs = null,
    long? FromSeq = null,
    long? UntilSeq = null) : IDeviceBody<ResendCommand>
{
    public static JsonTypeInfo<ResendCommand> Json => DeviceJson.Default.ResendCommand;

    public static BodyRules<ResendCommand> Rules { get; } = new BodyRules<ResendCommand>()
        .Long("fromTxSeq", x => x.FromTxSeq, 0, DeviceLimits.TxSeqMax)
        .Long("bs", x => x.Bs, 0, DeviceLimits.CounterMax)
        .Long("fromSeq", x => x.FromSeq, 0, DeviceLimits.CounterMax)
        .Long("untilSeq", x => x.UntilSeq, 1, DeviceLimits.CounterMax)
        .Also(x => x.IsOfSession != x.IsOfStart
            ? null
            : "session: allowed are session with fromTxSeq, or bs with fromSeq and untilSeq");

    private bool IsOfSession => Session is not null && FromTxSeq is not null;

    private bool IsOfStart => Bs is not null && FromSeq is not null && UntilSeq is not null;
}
