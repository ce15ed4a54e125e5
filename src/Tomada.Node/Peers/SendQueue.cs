using System.Buffers.Binary;
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

    /// <summary>
    /// What is to be written next: one frame, or, when several small ones wait, all that fit into
    /// <see cref="PeerLimits.BatchBytesMax"/> together, so that they cost one write.
    /// </summary>
    /// <param name="stop">Stops waiting.</param>
    public async ValueTask<(ReadOnlyMemory<byte> Bytes, bool Several)> DequeueAsync(
        CancellationToken stop)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_frames.TryDequeue(out ReadOnlyMemory<byte> first))
                {
                    _bytes -= first.Length;
                    return FitsAfter_NeedsLock(PrefixBytes + first.Length)
                        ? (Together_NeedsLock(first), true)
                        : (first, false);
                }
            }

            await _signal.Reader.ReadAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the next frame off several; false when they are malformed.</summary>
    public static bool TrySplit(
        ref ReadOnlyMemory<byte> several, out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (several.Length < PrefixBytes)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(several.Span);
        if (length > several.Length - PrefixBytes)
        {
            return false;
        }

        frame = several.Slice(PrefixBytes, (int)length);
        several = several[(PrefixBytes + (int)length)..];
        return true;
    }

    private const int PrefixBytes = sizeof(uint);

    private bool FitsAfter_NeedsLock(int used) =>
        _frames.TryPeek(out ReadOnlyMemory<byte> next)
        && used + PrefixBytes + next.Length <= PeerLimits.BatchBytesMax;

    private byte[] Together_NeedsLock(ReadOnlyMemory<byte> first)
    {
        List<ReadOnlyMemory<byte>> batch = [first];
        int used = PrefixBytes + first.Length;
        while (FitsAfter_NeedsLock(used))
        {
            ReadOnlyMemory<byte> next = _frames.Dequeue();
            _bytes -= next.Length;
            used += PrefixBytes + next.Length;
            batch.Add(next);
        }

        byte[] together = new byte[used];
        Span<byte> rest = together;
        foreach (ReadOnlyMemory<byte> frame in batch)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)frame.Length);
            frame.Span.CopyTo(rest[PrefixBytes..]);
            rest = rest[(PrefixBytes + frame.Length)..];
        }

        return together;
    }
}
