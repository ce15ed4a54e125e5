using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Tomada.Node.Peers;

/// <summary>
/// Keeps a stranger from filling memory: of a request's messages the first two belong to the
/// handshake and must be small, and the library would wait for as much as they announce.
/// </summary>
internal sealed class FirstFrames(PipeReader inner) : PipeReader, IRequestBodyPipeFeature
{
    /// <summary>gRPC over HTTP/2: one byte of flags, then the length, big-endian.</summary>
    private const int PrefixBytes = 5;

    private int _checks = 2;
    private SequencePosition _start;

    public PipeReader Reader => this;

    public override async ValueTask<ReadResult> ReadAsync(
        CancellationToken cancellationToken = default) =>
        Check(await inner.ReadAsync(cancellationToken).ConfigureAwait(false));

    public override bool TryRead(out ReadResult result)
    {
        bool any = inner.TryRead(out result);
        if (any)
        {
            Check(result);
        }

        return any;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // The library consumes whole messages.
        if (_checks > 0 && !consumed.Equals(_start))
        {
            _checks--;
        }

        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private ReadResult Check(ReadResult result)
    {
        if (_checks == 0 || result.Buffer.Length < PrefixBytes)
        {
            _start = result.Buffer.Start;
            return result;
        }

        _start = result.Buffer.Start;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        result.Buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        if (BinaryPrimitives.ReadUInt32BigEndian(prefix[1..])
            > PeerLimits.HandshakeBytesMax + PeerLimits.EnvelopeBytesMax)
        {
            PeerMetrics.FrameRefused("first");
            throw new ConnectionAbortedException("A handshake has small messages.");
        }

        return result;
    }
}
