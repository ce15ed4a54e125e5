using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Tomada.DeviceApi;
using Tomada.Node.Devices;

namespace Tomada.Node.Broker;

/// <summary>
/// One MQTT session of a device, and what waits for it: at most a few messages are sent and not yet
/// acknowledged, because the MQTT library ignores the receiver's own bound.
/// </summary>
internal sealed class DeviceSession(DeviceLogin login, string clientId, TokenBucket rate)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MqttQualityOfServiceLevel> _filters = new(
        StringComparer.Ordinal);
    private readonly Queue<MqttApplicationMessage> _waiting = [];
    private MqttSessionStatus? _status;
    private int _unacked;

    public DeviceAddress Device => login.Device;

    /// <summary>Who it is, and what it showed.</summary>
    public DeviceLogin Login => login;

    public string ClientId => clientId;

    public TokenBucket Rate => rate;

    public bool TryAddFilter(MqttTopicFilter filter, MqttSessionStatus status)
    {
        lock (_gate)
        {
            if (_filters.Count >= BrokerLimits.SubscriptionsMax
                && !_filters.ContainsKey(filter.Topic))
            {
                return false;
            }

            _filters[filter.Topic] = filter.QualityOfServiceLevel;
            _status = status;
            return true;
        }
    }

    public void RemoveFilter(string filter)
    {
        lock (_gate)
        {
            _filters.Remove(filter);
        }
    }

    /// <summary>
    /// Sends, or keeps until there is room; false when it is not subscribed or all is full.
    /// </summary>
    public bool TrySend(string topic, byte[] payload, bool retained)
    {
        lock (_gate)
        {
            if (QosFor(topic) is not { } qos || _waiting.Count >= DeviceLimits.OutboxMax)
            {
                return false;
            }

            _waiting.Enqueue(new MqttApplicationMessage
            {
                Topic = topic,
                PayloadSegment = payload,
                QualityOfServiceLevel = qos,
                Retain = retained,
            });
            return Pump();
        }
    }

    /// <summary>The device has one more message: there is room for the next.</summary>
    public void Acknowledged()
    {
        lock (_gate)
        {
            _unacked = Math.Max(0, _unacked - 1);
            Pump();
        }
    }

    private MqttQualityOfServiceLevel? QosFor(string topic)
    {
        MqttQualityOfServiceLevel? best = null;
        foreach ((string filter, MqttQualityOfServiceLevel qos) in _filters)
        {
            if (MqttTopicFilterComparer.Compare(topic, filter)
                == MqttTopicFilterCompareResult.IsMatch)
            {
                // Nothing here is worth QoS 2, whatever was subscribed.
                MqttQualityOfServiceLevel capped = qos == MqttQualityOfServiceLevel.AtMostOnce
                    ? qos
                    : MqttQualityOfServiceLevel.AtLeastOnce;
                best = best is null || capped > best ? capped : best;
            }
        }

        return best;
    }

    private bool Pump()
    {
        while (_status is not null && _unacked < DeviceLimits.OutboxUnackedMax
            && _waiting.TryDequeue(out MqttApplicationMessage? message))
        {
            if (!_status.TryEnqueueApplicationMessage(message, out _))
            {
                return false;
            }

            _unacked += message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce
                ? 0
                : 1;
        }

        return true;
    }
}
