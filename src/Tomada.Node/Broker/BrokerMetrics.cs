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

    public static void Received(string kind) =>
        s_received.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public static void Refused(string reason) =>
        s_refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void Opened() => s_connections.Add(1);

    public static void Closed() => s_connections.Add(-1);
}
