using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tomada.Cli.Bench;

/// <summary>
/// Submits over one HTTP/1.1 connection with next to no cost of its own: the same bytes each time,
/// but for what <paramref name="patch"/> changes in place. What a general client costs would be
/// counted against whoever is measured.
/// </summary>
/// <param name="socket">Connected.</param>
/// <param name="request">Header and body.</param>
/// <param name="patch">Writes the number of this submission into the body.</param>
internal sealed class HttpSubmitter(
    Socket socket, byte[] request, Action<Span<byte>, long> patch) : ISubmitter
{
    private const int ResponseBytesMax = 16 * 1024;

    private static readonly byte[] s_okay = "HTTP/1.1 200"u8.ToArray();
    private readonly byte[] _response = new byte[ResponseBytesMax];
    private long _number;

    public static async Task<HttpSubmitter> ConnectAsync(
        IPEndPoint endPoint,
        string path,
        string? bearer,
        byte[] body,
        Func<int, Action<Span<byte>, long>> patchAt,
        CancellationToken stop)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint, stop);
        string header = $"POST {path} HTTP/1.1\r\nHost: {endPoint}\r\n"
            + (bearer is null ? "" : $"Authorization: Bearer {bearer}\r\n")
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        byte[] head = Encoding.ASCII.GetBytes(header);
        return new HttpSubmitter(socket, [.. head, .. body], patchAt(head.Length));
    }

    public async Task<string?> SubmitAsync(CancellationToken stop)
    {
        patch(request, ++_number);
        await socket.SendAsync(request, stop);
        int length = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(_response.AsMemory(length), stop);
            if (read == 0)
            {
                throw new IOException("the server closed the connection");
            }

            length += read;
            if (IsWhole(_response.AsSpan(0, length)))
            {
                return _response.AsSpan().StartsWith(s_okay)
                    ? null
                    : Encoding.UTF8.GetString(_response, 0, length);
            }

            if (length == _response.Length)
            {
                throw new IOException("the answer is too long");
            }
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>
    /// Whether the response is all there, by its length or by its last chunk (RFC 9112, 6 and 7).
    /// </summary>
    internal static bool IsWhole(ReadOnlySpan<byte> response)
    {
        int end = response.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> body = response[(end + 4)..];
        ReadOnlySpan<byte> name = "\r\nContent-Length: "u8;
        int at = response[..end].IndexOf(name);
        if (at < 0)
        {
            return body.EndsWith("0\r\n\r\n"u8);
        }

        int length = 0;
        for (int i = at + name.Length; response[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            length = (length * 10) + (response[i] - '0');
        }

        return body.Length >= length;
    }
}
