using MQTTnet;
using MQTTnet.Exceptions;
using Tomada.DeviceApi;

namespace Tomada.Devices;

/// <summary>A message of the company to the device, apart from replies and dn/node.</summary>
public sealed record Incoming(DownTopic Topic, Envelope Envelope);

/// <summary>How a publication ended.</summary>
/// <param name="Accepted">The company has it, on disk.</param>
/// <param name="Why">Otherwise the company's reason; sending the same again is useless.</param>
public sealed record Published(bool Accepted, string? Why);

/// <summary>What is told of connections.</summary>
internal static class LinkMessages
{
    /// <summary>What goes wrong with them, and passes.</summary>
    public static bool IsTransport(Exception failed) => failed
        is MqttCommunicationException or MqttClientNotConnectedException
            or MqttProtocolViolationException
        or OperationCanceledException or TimeoutException or IOException
            or System.Net.Sockets.SocketException
        or System.Security.Authentication.AuthenticationException
        or InvalidOperationException or ObjectDisposedException;

    public static byte[] ToPayload(this MqttApplicationMessageReceivedEventArgs args) =>
        System.Buffers.BuffersExtensions.ToArray(args.ApplicationMessage.Payload);
}
