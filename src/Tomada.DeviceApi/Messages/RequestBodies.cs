using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Tomada.DeviceApi.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

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
