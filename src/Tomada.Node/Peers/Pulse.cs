using System.Buffers.Binary;

namespace Tomada.Node.Peers;

/// <summary>
/// What both sides of a link say each second: that they are there, and enough of their clocks to
/// know how long a message takes there and back. A frame holds its kind, the sender's clock, the
/// newest clock of the other side that it has heard (0 before any), and for how long it has held
/// that: 8, 8 and 4 bytes, big-endian, in milliseconds. Clocks have any origin and never go back.
/// </summary>
internal sealed class Pulse(TimeProvider wall)
{
    /// <summary>Bytes of a frame, its kind included.</summary>
    public const int Size = 21;

    /// <summary>Of so many round trips the shortest counts: the others met busy machines.</summary>
    private const int SamplesMax = 8;

    private const int HeardAt = 9;
    private const int HeldAt = 17;

    private readonly Lock _gate = new();
    private readonly Queue<int> _samples = [];
    private long _theirs;
    private long _heardMs;

    /// <summary>Milliseconds there and back; null before it is known.</summary>
    public int? RoundTripMs
    {
        get
        {
            lock (_gate)
            {
                return _samples.Count == 0 ? null : _samples.Min();
            }
        }
    }

    /// <summary>The next frame to send.</summary>
    public byte[] Beat()
    {
        byte[] frame = new byte[Size];
        frame[0] = (byte)FrameKind.Alive;
        lock (_gate)
        {
            long now = NowMs();
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), now);
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(HeardAt), _theirs);
            BinaryPrimitives.WriteInt32BigEndian(
                frame.AsSpan(HeldAt), (int)Math.Min(now - _heardMs, int.MaxValue));
        }

        return frame;
    }

    /// <summary>Takes the other side's; one that says what cannot be measures nothing.</summary>
    /// <param name="frame">Of <see cref="Size"/> bytes.</param>
    public void Hear(ReadOnlySpan<byte> frame)
    {
        long mine = BinaryPrimitives.ReadInt64BigEndian(frame[HeardAt..]);
        int heldMs = BinaryPrimitives.ReadInt32BigEndian(frame[HeldAt..]);
        lock (_gate)
        {
            long now = NowMs();
            (_theirs, _heardMs) = (BinaryPrimitives.ReadInt64BigEndian(frame[1..]), now);
            if (mine <= 0 || mine > now || heldMs < 0 || now - mine < heldMs)
            {
                return;
            }

            if (_samples.Count == SamplesMax)
            {
                _samples.Dequeue();
            }

            _samples.Enqueue((int)Math.Min(now - mine - heldMs, int.MaxValue));
        }
    }

    private long NowMs() => wall.MonotonicMs();
}
