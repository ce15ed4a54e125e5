using System.Buffers;
using MQTTnet;
using MQTTnet.Protocol;
using Tomada.DeviceApi;
using Tomada.DeviceApi.Contract;
using Tomada.Node.Devices;

namespace Tomada.Node.Broker;

/// <summary>Why a message is not taken.</summary>
/// <param name="Code">What MQTT 5 says.</param>
/// <param name="Reason">What is counted.</param>
/// <param name="Why">For people.</param>
internal sealed record Refusal(MqttPubAckReasonCode Code, string Reason, string Why);

/// <summary>What was published, whichever library brought it.</summary>
/// <param name="Topic">The whole topic.</param>
/// <param name="Payload">Good until the handler returns.</param>
/// <param name="Qos">As it was sent.</param>
/// <param name="ResponseTopic">Of MQTT 5; null when there is none.</param>
internal readonly record struct Publication(
    string Topic, ReadOnlySequence<byte> Payload, MqttQualityOfServiceLevel Qos,
    string? ResponseTopic)
{
    public static Publication Of(MqttApplicationMessage message) => new(
        message.Topic, message.Payload, message.QualityOfServiceLevel, message.ResponseTopic);
}

/// <summary>Reads every message once, so that nothing behind it meets a malformed one.</summary>
internal static class BorderControl
{
    /// <summary>One prefix test, then everything that can be wrong with a message.</summary>
    public static Refusal? Read(
        Publication publication, DeviceLogin login, TokenBucket rate, out Received? received,
        out byte[] payload)
    {
        received = null;
        payload = [];
        DeviceAddress device = login.Device;
        if (WhyNotHere(publication, login, out UpTopic? topic) is { } refusal)
        {
            return refusal;
        }

        if (!rate.TryTake())
        {
            return new(
                MqttPubAckReasonCode.QuotaExceeded, "rate",
                $"allowed are {DeviceLimits.RatePerSecond} a second");
        }

        payload = publication.Payload.ToArray();
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
        Publication publication, DeviceLogin login, out UpTopic? topic)
    {
        topic = null;
        string name = publication.Topic;
        DeviceAddress device = login.Device;
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

        if (login.By == CredentialKind.Token
            && topic is not UpTopic.Request { Op: RequestOp.Enroll })
        {
            return new(
                MqttPubAckReasonCode.NotAuthorized, "acl",
                "token: allowed is request/enroll and nothing else");
        }

        if (publication.Qos == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            return new(
                MqttPubAckReasonCode.ImplementationSpecificError, "qos",
                "QoS: allowed are 0 and 1");
        }

        return publication.ResponseTopic is { Length: > 0 } response
            && !response.StartsWith(device.DownPrefix, StringComparison.Ordinal)
            ? new(
                MqttPubAckReasonCode.NotAuthorized, "acl",
                $"response topic: allowed is below {device.DownPrefix}")
            : null;
    }
}
