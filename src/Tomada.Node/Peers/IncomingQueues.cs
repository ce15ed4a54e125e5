using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>
/// Frames that wait for the node's loop: a bounded queue for each stream, read in turn, one frame
/// each. Whose queue is full is read no further until there is room; nobody else waits for that.
/// One reader.
/// </summary>
internal sealed class IncomingQueues : ChannelReader<PeerEvent>
{
    private readonly Lock _gate = new();

    // Streams with frames, each once, the next to be served first.
    private readonly Queue<Lane> _ready = [];
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private PeerEvent.ReachableChanged? _reachable;

    /// <summary>A queue for one stream.</summary>
    public Lane Open(CompanyId company) => new(this, company);

    /// <summary>
    /// The reader learns the newest set; one that it has not read yet is replaced.
    /// </summary>
    public void Tell(ImmutableSortedSet<CompanyId> reachable)
    {
        lock (_gate)
        {
            _reachable = new PeerEvent.ReachableChanged(reachable);
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Nothing comes any more; what waits can still be read.</summary>
    public void End() => _signal.Writer.TryComplete();

    public override bool TryRead([MaybeNullWhen(false)] out PeerEvent item)
    {
        lock (_gate)
        {
            // Before any frame: who went away sends none, and who came is known when its first is
            // stepped.
            if (_reachable is not null)
            {
                item = _reachable;
                _reachable = null;
                return true;
            }

            if (_ready.TryDequeue(out Lane? lane))
            {
                item = lane.Take_NeedsLock(out bool more);
                if (more)
                {
                    _ready.Enqueue(lane);
                }

                return true;
            }
        }

        item = null;
        return false;
    }

    public override async ValueTask<bool> WaitToReadAsync(
        CancellationToken cancellationToken = default)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_reachable is not null || _ready.Count > 0)
                {
                    return true;
                }
            }

            if (!await _signal.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            // A signal may be older than what was read since; then the look above finds nothing.
            _signal.Reader.TryRead(out _);
        }
    }

    /// <summary>What waits of one stream; one writer.</summary>
    internal sealed class Lane(IncomingQueues all, CompanyId company)
    {
        private readonly Queue<ReadOnlyMemory<byte>> _frames = [];
        private long _bytes;
        private TaskCompletionSource? _room;

        /// <summary>Adds a frame; waits while the queue is full.</summary>
        public async ValueTask AddAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
        {
            bool held = false;
            while (TryAdd(frame) is { } room)
            {
                if (!held)
                {
                    held = true;
                    PeerMetrics.FrameHeld("queue");
                }

                await room.WaitAsync(stop).ConfigureAwait(false);
            }
        }

        public PeerEvent.Arrived Take_NeedsLock(out bool more)
        {
            ReadOnlyMemory<byte> frame = _frames.Dequeue();
            _bytes -= frame.Length;
            more = _frames.Count > 0;
            _room?.TrySetResult();
            _room = null;
            return new PeerEvent.Arrived(company, frame);
        }

        /// <summary>Null when it was added; otherwise what ends when there is room.</summary>
        private Task? TryAdd(ReadOnlyMemory<byte> frame)
        {
            lock (all._gate)
            {
                if (_frames.Count >= PeerLimits.IncomingFramesMax
                    || (_frames.Count > 0
                        && _bytes + frame.Length > PeerLimits.IncomingBytesMax))
                {
                    _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    return _room.Task;
                }

                _frames.Enqueue(frame);
                _bytes += frame.Length;
                if (_frames.Count == 1)
                {
                    all._ready.Enqueue(this);
                }
            }

            all._signal.Writer.TryWrite(true);
            return null;
        }
    }
}
