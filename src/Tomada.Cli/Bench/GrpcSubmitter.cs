using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tomada.Cli.Bench;

/// <summary>
/// Calls one unary gRPC method over one HTTP/2 connection (RFC 9113, prior knowledge), one call at
/// a time, with next to no cost of its own, as <see cref="HttpSubmitter"/> does for HTTP/1.1. A
/// message in the answer means success: an error is sent as trailers alone.
/// </summary>
internal sealed class GrpcSubmitter : ISubmitter
{
    private const byte DataFrame = 0;
    private const byte HeadersFrame = 1;
    private const byte ResetFrame = 3;
    private const byte SettingsFrame = 4;
    private const byte PingFrame = 6;
    private const byte GoAwayFrame = 7;
    private const byte WindowFrame = 8;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const byte Acknowledge = 1;
    private const int FrameHeaderBytes = 9;
    private const int GrpcPrefixBytes = 5;
    private const int InitialWindow = 65_535;
    private const int BufferBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly byte[] _request;
    private readonly int _dataAt;
    private readonly int _messageBytes;
    private readonly Action<Span<byte>, long> _patch;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private long _window = InitialWindow;
    private long _number;
    private int _stream = -1;

    private GrpcSubmitter(
        Socket socket, byte[] headers, byte[] message, Action<Span<byte>, long> patch)
    {
        _socket = socket;
        _patch = patch;
        _messageBytes = message.Length;
        _dataAt = FrameHeaderBytes + headers.Length;
        _request = new byte[_dataAt + FrameHeaderBytes + GrpcPrefixBytes + message.Length];
        WriteFrame(_request, headers.Length, HeadersFrame, EndHeaders);
        headers.CopyTo(_request, FrameHeaderBytes);
        Span<byte> data = _request.AsSpan(_dataAt);
        WriteFrame(data, GrpcPrefixBytes + message.Length, DataFrame, EndStream);
        BinaryPrimitives.WriteInt32BigEndian(data[(FrameHeaderBytes + 1)..], message.Length);
        message.CopyTo(data[(FrameHeaderBytes + GrpcPrefixBytes)..]);
    }

    /// <param name="endPoint">Where the server listens.</param>
    /// <param name="method">As /package.Service/Method.</param>
    /// <param name="message">The request in protobuf.</param>
    /// <param name="patch">Writes the number of a submission into the message.</param>
    /// <param name="stop">Stops connecting.</param>
    public static async Task<GrpcSubmitter> ConnectAsync(
        IPEndPoint endPoint,
        string method,
        byte[] message,
        Action<Span<byte>, long> patch,
        CancellationToken stop)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint, stop);
        byte[] opening = new byte[FrameHeaderBytes + FrameHeaderBytes + 4];
        WriteFrame(opening, 0, SettingsFrame, 0);
        // Room for every answer of the connection's life: no window is ever to be opened again.
        WriteFrame(opening.AsSpan(FrameHeaderBytes), 4, WindowFrame, 0);
        BinaryPrimitives.WriteInt32BigEndian(
            opening.AsSpan(2 * FrameHeaderBytes), int.MaxValue - InitialWindow);
        await socket.SendAsync(
            (byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. opening], stop);
        return new GrpcSubmitter(socket, Headers(method, endPoint.ToString()), message, patch);
    }

    public async Task<string?> SubmitAsync(CancellationToken stop)
    {
        _stream += 2;
        BinaryPrimitives.WriteInt32BigEndian(_request.AsSpan(5), _stream);
        BinaryPrimitives.WriteInt32BigEndian(_request.AsSpan(_dataAt + 5), _stream);
        _patch(_request.AsSpan(_request.Length - _messageBytes), ++_number);
        while (_window < GrpcPrefixBytes + _messageBytes)
        {
            await NextAsync(stop);
        }

        _window -= GrpcPrefixBytes + _messageBytes;
        await _socket.SendAsync(_request, stop);
        bool isAnswered = false;
        while (true)
        {
            (byte type, byte flags, int stream, int length) = await NextAsync(stop);
            if (stream != _stream)
            {
                continue;
            }

            isAnswered |= type == DataFrame && length > GrpcPrefixBytes;
            if (type == ResetFrame || (flags & EndStream) != 0)
            {
                return isAnswered ? null : "the server answered with an error";
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads one frame and does what concerns the connection as a whole.</summary>
    private async Task<(byte Type, byte Flags, int Stream, int Length)> NextAsync(
        CancellationToken stop)
    {
        await FillAsync(FrameHeaderBytes, stop);
        int length = (_buffer[_start] << 16) | (_buffer[_start + 1] << 8) | _buffer[_start + 2];
        byte type = _buffer[_start + 3];
        byte flags = _buffer[_start + 4];
        int stream = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + 5));
        await FillAsync(FrameHeaderBytes + length, stop);
        ReadOnlyMemory<byte> payload = _buffer.AsMemory(_start + FrameHeaderBytes, length);
        _start += FrameHeaderBytes + length;
        switch (type)
        {
            case SettingsFrame when (flags & Acknowledge) == 0:
                await AnswerAsync(SettingsFrame, default, stop);
                break;
            case PingFrame when (flags & Acknowledge) == 0:
                await AnswerAsync(PingFrame, payload, stop);
                break;
            case WindowFrame when stream == 0:
                _window += BinaryPrimitives.ReadInt32BigEndian(payload.Span);
                break;
            case GoAwayFrame:
                throw new IOException("the server said that it goes away");
            default:
                // Settings and windows of single streams do not matter to messages this small.
                break;
        }

        // Only these two frames end a stream with that flag.
        return (type, type is DataFrame or HeadersFrame ? flags : (byte)0, stream, length);
    }

    private async Task AnswerAsync(byte type, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        byte[] frame = new byte[FrameHeaderBytes + payload.Length];
        WriteFrame(frame, payload.Length, type, Acknowledge);
        payload.CopyTo(frame.AsMemory(FrameHeaderBytes));
        await _socket.SendAsync(frame, stop);
    }

    private async Task FillAsync(int count, CancellationToken stop)
    {
        if (_start + count > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end - _start < count)
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), stop);
            if (read == 0)
            {
                throw new IOException("the server closed the connection");
            }

            _end += read;
        }

        if (_end == _start)
        {
            (_start, _end) = (0, 0);
        }
    }

    private static void WriteFrame(Span<byte> frame, int length, byte type, byte flags)
    {
        frame[0] = (byte)(length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(frame[1..], (ushort)length);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame[5..], 0);
    }

    /// <summary>
    /// The request's fields by RFC 7541 without dynamic table and Huffman code: two whole entries
    /// of the static table, and literals, some with a name of it.
    /// </summary>
    private static byte[] Headers(string method, string authority) =>
    [
        0x83, // :method POST
        0x86, // :scheme http
        0x04, .. Text(method), // :path
        0x01, .. Text(authority), // :authority
        0x0f, 0x10, .. Text("application/grpc"), // content-type
        0x00, .. Text("te"), .. Text("trailers"),
    ];

    private static byte[] Text(string text) =>
        [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
