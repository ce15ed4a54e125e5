using System.Diagnostics.Metrics;

namespace Tomada.Node.Peers;

/// <summary>What is counted about peers.</summary>
internal static class PeerMetrics
{
    private static readonly Meter s_meter = new("Tomada.Node");

    private static readonly Counter<long> s_datagrams = s_meter.CreateCounter<long>(
        "tomada.peer.datagrams.refused",
        description: "Announcements that were malformed, forged or too many.");

    private static readonly Counter<long> s_handshakes = s_meter.CreateCounter<long>(
        "tomada.peer.handshakes.refused", description: "Connections refused, by reason.");

    private static readonly Counter<long> s_frames = s_meter.CreateCounter<long>(
        "tomada.peer.frames.refused",
        description: "Frames that were malformed or not allowed, by reason.");

    private static readonly Counter<long> s_held = s_meter.CreateCounter<long>(
        "tomada.peer.frames.held",
        description: "Times that a stream was not read for a while, by reason: rate or queue.");

    private static readonly Counter<long> s_connections = s_meter.CreateCounter<long>(
        "tomada.peer.connections.refused",
        description: "Connections closed before a handshake: tls, deadline or connections.");

    private static readonly Counter<long> s_dropped = s_meter.CreateCounter<long>(
        "tomada.peer.frames.dropped", description: "Frames dropped because a queue was full.");

    private static readonly Counter<long> s_silent = s_meter.CreateCounter<long>(
        "tomada.peer.links.silent",
        description: "Links ended because the other side said nothing for too long.");

    public static void DatagramRefused(string reason) => s_datagrams.Add(1, Reason(reason));

    public static void HandshakeRefused(PeerRefusal reason) =>
        s_handshakes.Add(1, Reason(reason.ToString()));

    public static void FrameRefused(string reason) => s_frames.Add(1, Reason(reason));

    public static void FrameHeld(string reason) => s_held.Add(1, Reason(reason));

    public static void ConnectionRefused(string reason) => s_connections.Add(1, Reason(reason));

    public static void FramesDropped(int count) => s_dropped.Add(count);

    public static void LinkSilent() => s_silent.Add(1);

    private static KeyValuePair<string, object?> Reason(string reason) => new("reason", reason);
}
