using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Packets;
using MQTTnet.Protocol;
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

    /// <summary>A message of a device, as its topic wants it delivered.</summary>
    public static MqttApplicationMessage Of(DeviceAddress from, UpTopic topic, byte[] payload) =>
        new MqttApplicationMessageBuilder()
            .WithTopic(from.UpPrefix + topic.Path)
            .WithPayload(payload)
            .WithQualityOfServiceLevel((MqttQualityOfServiceLevel)topic.Qos)
            .WithRetainFlag(topic.Retained)
            .Build();

    /// <summary>Null when it is worth sending again.</summary>
    public static Published? ToPublished(this MqttClientPublishResult result) =>
        result.ReasonCode switch
        {
            MqttClientPublishReasonCode.Success
                or MqttClientPublishReasonCode.NoMatchingSubscribers => new Published(true, null),
            MqttClientPublishReasonCode.QuotaExceeded
                or MqttClientPublishReasonCode.UnspecifiedError => null,
            _ => new Published(false, result.ReasonString ?? result.ReasonCode.ToString()),
        };

    /// <summary>Everything that the company says to a device.</summary>
    public static MqttTopicFilter AllTo(DeviceAddress device) => new MqttTopicFilterBuilder()
        .WithTopic(device.DownPrefix + "#")
        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        .Build();

    /// <summary>Null for none that the contract has.</summary>
    public static DownTopic? ToTopic(
        this MqttApplicationMessageReceivedEventArgs args, DeviceAddress device)
    {
        string path = args.ApplicationMessage.Topic;
        return path.StartsWith(device.DownPrefix, StringComparison.Ordinal)
            && DownTopic.TryParse(path[device.DownPrefix.Length..], out DownTopic? topic)
            ? topic
            : null;
    }

    public static byte[] ToPayload(this MqttApplicationMessageReceivedEventArgs args) =>
        System.Buffers.BuffersExtensions.ToArray(args.ApplicationMessage.Payload);
}
