using System.Threading.Channels;

namespace Tomada.Node.Peers;

/// <summary>
/// Frames that wait for one peer. When full the oldest go: they are votes that will be sent again,
/// and a peer that far behind needs the newest first.
/// </summary>
internal sealed class SendQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _frames = [];
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _bytes;

    public void Enqueue(ReadOnlyMemory<byte> frame)
    {
        int dropped = 0;
        lock (_gate)
        {
            _frames.Enqueue(frame);
            _bytes += frame.Length;
            while (_frames.Count > PeerLimits.SendFramesMax || _bytes > PeerLimits.SendBytesMax)
            {
                _bytes -= _frames.Dequeue().Length;
                dropped++;
            }
        }

        if (dropped > 0)
        {
            PeerMetrics.FramesDropped(dropped);
        }

        _signal.Writer.TryWrite(true);
    }

    public async ValueTask<ReadOnlyMemory<byte>> DequeueAsync(CancellationToken stop)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_frames.TryDequeue(out ReadOnlyMemory<byte> frame))
                {
                    _bytes -= frame.Length;
                    return frame;
                }
            }

            await _signal.Reader.ReadAsync(stop).ConfigureAwait(false);
        }
    }
}
