using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Tomada.Node.Peers.Wire;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>Both directions of one gRPC stream, whichever side opened it.</summary>
/// <param name="reader">What the other side sends.</param>
/// <param name="writer">What this side sends.</param>
/// <param name="presentedKey">Hash of the key of the certificate that it showed.</param>
/// <param name="remote">Its address, as this side sees it.</param>
/// <param name="admission">Of a connection that was accepted; null for one that was
/// dialled.</param>
internal sealed class PeerStream(
    IAsyncStreamReader<Frame> reader, IAsyncStreamWriter<Frame> writer,
    Digest presentedKey, IPAddress remote, Admission? admission)
{
    private ReadOnlyMemory<byte> _several;

    /// <summary>Hash of the key of the certificate that the other side showed.</summary>
    public Digest PresentedKey => presentedKey;

    /// <summary>The other side's address, as this side sees it.</summary>
    public IPAddress Remote => remote;

    /// <summary>Whether this side opened the connection.</summary>
    public bool IsDialer => admission is null;

    /// <summary>Who the other side says it is; null before it says.</summary>
    public CompanyId? Claimed { get; set; }

    /// <summary>The other side has shown who it is: what strangers may not is over.</summary>
    public void Proven() => admission?.Prove();

    /// <summary>Cuts the connection, whatever still waits in it.</summary>
    public void Cut() => admission?.Cut();

    /// <summary>The next frame; null at the end of the stream, or when it is malformed.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken stop)
    {
        if (_several.IsEmpty)
        {
            if (!await reader.MoveNext(stop).ConfigureAwait(false))
            {
                return null;
            }

            Frame read = reader.Current;
            if (read.Several.IsEmpty)
            {
                return read.Content.Memory;
            }

            _several = read.Several.Memory;
            if (_several.Length > PeerLimits.BatchBytesMax || !read.Content.IsEmpty)
            {
                PeerMetrics.FrameRefused("batch");
                return null;
            }
        }

        if (!SendQueue.TrySplit(ref _several, out ReadOnlyMemory<byte> frame))
        {
            PeerMetrics.FrameRefused("batch");
            return null;
        }

        return frame;
    }

    /// <summary>Writes one frame, or several that <see cref="SendQueue"/> put together.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, bool several, CancellationToken stop)
    {
        ByteString content = UnsafeByteOperations.UnsafeWrap(bytes);
        return writer.WriteAsync(
            several ? new Frame { Several = content } : new Frame { Content = content }, stop);
    }

    public Task WriteAsync(HandshakeMessage message, CancellationToken stop) =>
        WriteAsync(HandshakeMessage.Codec.Encode(message), several: false, stop);

    /// <summary>The next frame as a handshake message; null for anything else.</summary>
    public async ValueTask<HandshakeMessage?> ReadHandshakeAsync(CancellationToken stop) =>
        await ReadAsync(stop).ConfigureAwait(false)
            is { Length: <= PeerLimits.HandshakeBytesMax } bytes
        && HandshakeMessage.Codec.TryDecode(bytes, out HandshakeMessage? message, out _)
            ? message
            : null;
}
