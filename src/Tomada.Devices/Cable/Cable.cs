using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// A charging cable: a loopback connection that carries lines both ways. Closing it is pulling the
/// plug.
/// </summary>
public sealed class Cable : IAsyncDisposable
{
    private readonly TcpClient _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;
    private readonly SemaphoreSlim _writing = new(1);

    internal Cable(TcpClient socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stream = socket.GetStream();
        _reader = PipeReader.Create(_stream);
    }

    /// <summary>Puts the plug into an EVSE's socket; waits until there is one.</summary>
    public static async Task<Cable> PlugAsync(
        string folder, EvseId evse, TimeProvider wall, CancellationToken ct)
    {
        while (true)
        {
            if (CableFolder.Find(folder, evse) is { } port)
            {
                TcpClient socket = new();
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, port, ct).ConfigureAwait(false);
                    return new Cable(socket);
                }
                catch (SocketException)
                {
                    // A station that went away leaves its entry; it comes back with another port.
                    socket.Dispose();
                }
            }

            await Task.Delay(ClientLimits.CableRetry, wall, ct).ConfigureAwait(false);
        }
    }

    public async Task SendAsync(CableLine line, CancellationToken ct)
    {
        byte[] bytes =
            [.. JsonSerializer.SerializeToUtf8Bytes(line, CableJson.Default.CableLine), (byte)'\n'];
        await _writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await _stream.WriteAsync(bytes, ct).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The next line; null when the other side has let go or has sent nonsense.</summary>
    public async Task<CableLine?> ReadAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                ReadResult read = await _reader.ReadAsync(ct).ConfigureAwait(false);
                if (read.Buffer.PositionOf((byte)'\n') is { } end)
                {
                    byte[] line = read.Buffer.Slice(0, end).ToArray();
                    _reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                    return JsonSerializer.Deserialize(line, CableJson.Default.CableLine);
                }

                if (read.IsCompleted || read.Buffer.Length > ClientLimits.CableLineMax)
                {
                    return null;
                }

                _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception broken) when (broken is IOException or JsonException or SocketException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync().ConfigureAwait(false);
        _socket.Dispose();
        _writing.Dispose();
    }
}

/// <summary>
/// The sockets of this machine's simulated stations: one small file per EVSE with its port.
/// </summary>
public static class CableFolder
{
    private static string PathOf(string folder, EvseId evse) =>
        Path.Combine(folder, $"{evse.Company}.{evse.Name}.json");

    internal static void Publish(string folder, EvseId evse, int port)
    {
        Directory.CreateDirectory(folder);
        DurableFile.Write(
            PathOf(folder, evse), JsonSerializer.Serialize(
                new SocketPlace(port), CableJson.Default.SocketPlace));
    }

    internal static void Remove(string folder, EvseId evse) => File.Delete(PathOf(folder, evse));

    internal static int? Find(string folder, EvseId evse)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllText(PathOf(folder, evse)), CableJson.Default.SocketPlace)?.Port;
        }
        catch (Exception missing) when (missing is IOException or JsonException)
        {
            return null;
        }
    }
}
