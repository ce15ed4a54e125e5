using Google.Protobuf;
using Grpc.Core;
using Tomada.Node.Peers.Wire;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>Both directions of one gRPC stream, whichever side opened it.</summary>
internal sealed class PeerStream(
    IAsyncStreamReader<Frame> reader, IAsyncStreamWriter<Frame> writer,
    Digest presentedKey, bool isDialer)
{
    /// <summary>Hash of the key of the certificate that the other side showed.</summary>
    public Digest PresentedKey => presentedKey;

    /// <summary>Whether this side opened the connection.</summary>
    public bool IsDialer => isDialer;

    /// <summary>The next frame; null at the end of the stream.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken stop) =>
        await reader.MoveNext(stop).ConfigureAwait(false) ? reader.Current.Content.Memory : null;

    public Task WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken stop) =>
        writer.WriteAsync(new Frame { Content = UnsafeByteOperations.UnsafeWrap(frame) }, stop);

    public Task WriteAsync(HandshakeMessage message, CancellationToken stop) =>
        WriteAsync(HandshakeMessage.Codec.Encode(message), stop);

    /// <summary>The next frame as a handshake message; null for anything else.</summary>
    public async ValueTask<HandshakeMessage?> ReadHandshakeAsync(CancellationToken stop) =>
        await ReadAsync(stop).ConfigureAwait(false)
            is { Length: <= PeerLimits.HandshakeBytesMax } bytes
        && HandshakeMessage.Codec.TryDecode(bytes, out HandshakeMessage? message, out _)
            ? message
            : null;
}
