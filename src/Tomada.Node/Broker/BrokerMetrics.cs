using System.Diagnostics.Metrics;

namespace Tomada.Node.Broker;

/// <summary>What the broker counts, on the meter "Tomada.Node".</summary>
internal static class BrokerMetrics
{
    public const string MeterName = "Tomada.Node";

    private static readonly Meter s_meter = new(MeterName);

    /// <summary>Messages taken in, by topic kind.</summary>
    private static readonly Counter<long> s_received = s_meter.CreateCounter<long>(
        "tomada.mqtt.received");

    /// <summary>What was refused, by reason.</summary>
    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>(
        "tomada.mqtt.refused");

    /// <summary>Open connections, whether or not they have shown a credential.</summary>
    private static readonly UpDownCounter<long> s_connections =
        s_meter.CreateUpDownCounter<long>("tomada.mqtt.connections");

    /// <summary>Connections to a foreign broker that ended or did not come about.</summary>
    private static readonly Counter<long> s_lost = s_meter.CreateCounter<long>(
        "tomada.mqtt.workers.lost");

    /// <summary>Gaps in the numbers of a device's messages, by what came of them.</summary>
    private static readonly Counter<long> s_gaps = s_meter.CreateCounter<long>(
        "tomada.mqtt.gaps");

    public static void Lost() => s_lost.Add(1);

    public static void Gap(string end) =>
        s_gaps.Add(1, new KeyValuePair<string, object?>("end", end));

    public static void Received(string kind) =>
        s_received.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public static void Refused(string reason) =>
        s_refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void Opened() => s_connections.Add(1);

    public static void Closed() => s_connections.Add(-1);
}
