using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>A message as it was sent.</summary>
internal sealed record Sent(UpTopic Topic, long Boot, long Sequence, byte[] Payload);

/// <summary>
/// Numbers a device's messages within its start, and keeps the last ones for a company that misses
/// some. What may be lost is not kept.
/// </summary>
/// <param name="folder">The device's own, with its boot counter.</param>
internal sealed class MessageNumbers(string folder)
{
    private readonly Lock _gate = new();
    private readonly Queue<Sent> _kept = [];
    private long _boot = BootCounter.Next(folder);
    private long _sequence;

    public byte[] Encode<T>(UpTopic topic, MessageId id, Timestamp now, T body)
        where T : class, IDeviceBody<T>
    {
        lock (_gate)
        {
            byte[] payload = Envelope.Encode(id, now, _boot, ++_sequence, body);

            // A will is the broker's to say, and a goodbye of before would be believed now.
            if (topic.Qos > 0 && topic is not UpTopic.State)
            {
                if (_kept.Count >= ClientLimits.SentKept)
                {
                    _kept.Dequeue();
                }

                _kept.Enqueue(new Sent(topic, _boot, _sequence, payload));
            }

            return payload;
        }
    }

    /// <summary>
    /// Begins a start above what the company has heard; false when this one is above already.
    /// </summary>
    public bool TryGoOnFrom(long heard)
    {
        lock (_gate)
        {
            if (heard <= _boot)
            {
                return false;
            }

            _boot = BootCounter.Next(folder, heard);
            _sequence = 0;
            return true;
        }
    }

    /// <summary>What is still kept of a range; the oldest first.</summary>
    public IReadOnlyList<Sent> SentIn(ResendCommand range)
    {
        lock (_gate)
        {
            return [.. _kept.Where(each => each.Boot == range.Bs
                && each.Sequence >= range.FromSeq && each.Sequence < range.UntilSeq)];
        }
    }
}
