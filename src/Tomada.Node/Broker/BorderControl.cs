using MQTTnet.Protocol;
using MQTTnet.Server;
using Tomada.DeviceApi;
using Tomada.DeviceApi.Contract;
using Tomada.Node.Devices;

namespace Tomada.Node.Broker;

/// <summary>Why a message is not taken.</summary>
/// <param name="Code">What MQTT 5 says.</param>
/// <param name="Reason">What is counted.</param>
/// <param name="Why">For people.</param>
internal sealed record Refusal(MqttPubAckReasonCode Code, string Reason, string Why);

/// <summary>Reads every message once, so that nothing behind it meets a malformed one.</summary>
internal static class BorderControl
{
    /// <summary>One prefix test, then everything that can be wrong with a message.</summary>
    public static Refusal? Read(
        InterceptingPublishEventArgs args, DeviceSession session, out Received? received,
        out byte[] payload)
    {
        received = null;
        payload = [];
        DeviceAddress device = session.Device;
        if (WhyNotHere(args, session, out UpTopic? topic) is { } refusal)
        {
            return refusal;
        }

        if (!session.Rate.TryTake())
        {
            return new(
                MqttPubAckReasonCode.QuotaExceeded, "rate",
                $"allowed are {DeviceLimits.RatePerSecond} a second");
        }

        payload = System.Buffers.BuffersExtensions.ToArray(args.ApplicationMessage.Payload);
        if (!Envelope.TryDecode(payload, out Envelope? envelope, out string? why))
        {
            return new(MqttPubAckReasonCode.PayloadFormatInvalid, "payload", why);
        }

        why = DeviceContract.WhyNot(topic!, envelope);
        if (why is not null && topic is not UpTopic.Request)
        {
            return new(MqttPubAckReasonCode.PayloadFormatInvalid, "payload", why);
        }

        received = new Received(device, topic!, envelope, why);
        return null;
    }

    private static Refusal? WhyNotHere(
        InterceptingPublishEventArgs args, DeviceSession session, out UpTopic? topic)
    {
        topic = null;
        string name = args.ApplicationMessage.Topic;
        DeviceAddress device = session.Device;
        if (!name.StartsWith(device.UpPrefix, StringComparison.Ordinal))
        {
            return new(
                MqttPubAckReasonCode.NotAuthorized, "acl",
                $"topic: allowed is below {device.UpPrefix}");
        }

        if (!UpTopic.TryParse(name[device.UpPrefix.Length..], out topic)
            || !DeviceContract.IsFor(topic!, device.Kind))
        {
            return new(
                MqttPubAckReasonCode.TopicNameInvalid, "topic",
                $"topic: allowed are {UpTopic.Allowed}");
        }

        if (session.By == CredentialKind.Token
            && topic is not UpTopic.Request { Op: RequestOp.Enroll })
        {
            return new(
                MqttPubAckReasonCode.NotAuthorized, "acl",
                "token: allowed is request/enroll and nothing else");
        }

        if (args.ApplicationMessage.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            return new(
                MqttPubAckReasonCode.ImplementationSpecificError, "qos",
                "QoS: allowed are 0 and 1");
        }

        return args.ApplicationMessage.ResponseTopic is { Length: > 0 } response
            && !response.StartsWith(device.DownPrefix, StringComparison.Ordinal)
            ? new(
                MqttPubAckReasonCode.NotAuthorized, "acl",
                $"response topic: allowed is below {device.DownPrefix}")
            : null;
    }
}
