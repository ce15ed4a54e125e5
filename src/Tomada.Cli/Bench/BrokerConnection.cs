using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tomada.DeviceApi;

namespace Tomada.Cli.Bench;

/// <summary>
/// One station's connection: publishes while it is told to, a window at a time, and answers
/// commands. Whatever happens is done by its one reading task.
/// </summary>
internal sealed class BrokerConnection : IDisposable
{
    private const int SequenceDigits = 10;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[4_096];
    private readonly TaskCompletionSource _subscribed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DeviceAddress _station;
    private readonly BrokerLoad _load;
    private readonly byte[] _window;
    private readonly int _packetBytes;
    private readonly int _sequenceAt;
    private int _end;
    private int _unacked;
    private long _sequence = 1_000_000_000;

    public BrokerConnection(DeviceAddress station, BrokerLoad load, int window)
    {
        _station = station;
        _load = load;
        byte[] packet = MqttPackets.PublishQos1(
            station.UpPrefix + new UpTopic.EvseState("dc-1").Path, 1,
            Encoding.UTF8.GetBytes(StateOf(_sequence)));
        _sequenceAt = packet.AsSpan().IndexOf("\"seq\":"u8) + "\"seq\":"u8.Length;
        _packetBytes = packet.Length;
        _window = new byte[window * packet.Length];
        for (int i = 0; i < window; i++)
        {
            packet.CopyTo(_window, i * packet.Length);
        }
    }

    /// <summary>Connects, logs in, subscribes to its own dn/, and reads from then on.</summary>
    public async Task ConnectAsync(IPEndPoint broker, string secret, CancellationToken stop)
    {
        await _socket.ConnectAsync(broker, stop);
        await _socket.SendAsync(
            (byte[])[
                .. MqttPackets.Connect(_station.User, _station.User, secret),
                .. MqttPackets.Subscribe(_station.DownPrefix + "#"),
            ],
            stop);
        _ = ReadAsync();
        await _subscribed.Task.WaitAsync(stop);
    }

    /// <summary>
    /// Sends a whole window; while the load runs the next follows its last answer.
    /// </summary>
    public Task StartAsync() => SendWindowAsync(_window.Length / _packetBytes);

    /// <summary>Sends one message.</summary>
    public Task SendOneAsync() => SendWindowAsync(1);

    public void Dispose() => _socket.Dispose();

    private static string StateOf(long sequence) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"v":1,"id":"0198c2d4-1111-7abc-8def-000000000001","ts":"2026-11-23T14:00:00.000Z" """
        + $$""","bs":1,"seq":{{sequence}},"body":""")
        + """{"status":"AVAILABLE","phase":"IDLE","since":"2026-11-23T14:00:00.000Z" """
        + ""","validUntil":"2036-11-23T14:00:30.000Z"}}""";

    private async Task SendWindowAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Span<byte> digits = _window.AsSpan((i * _packetBytes) + _sequenceAt, SequenceDigits);
            _ = ++_sequence;
            _sequence.TryFormat(digits, out _, default, CultureInfo.InvariantCulture);
        }

        Volatile.Write(ref _unacked, count);
        await _socket.SendAsync(_window.AsMemory(0, count * _packetBytes));
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _socket.ReceiveAsync(_received.AsMemory(_end)) is > 0 and int read)
            {
                _end += read;
                int at = 0;
                while (MqttPackets.LengthOf(_received.AsSpan(at, _end - at), out int header)
                    is > 0 and int length)
                {
                    await TakeAsync(_received.AsMemory(at, length), header);
                    at += length;
                }

                _received.AsSpan(at, _end - at).CopyTo(_received);
                _end -= at;
            }

            _load.Lost("the broker closed a connection");
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            _load.Lost(gone.Message);
        }
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> packet, int header)
    {
        switch (packet.Span[0] >> 4)
        {
            case MqttPackets.ConnectAck when packet.Span[header + 1] != 0:
                _subscribed.TrySetException(CommandException.Failed(
                    $"{_station} was refused with {packet.Span[header + 1]}"));
                break;
            case MqttPackets.SubscribeAck when packet.Span[header + 2] > 1:
                _subscribed.TrySetException(
                    CommandException.Failed($"{_station} may not subscribe"));
                break;
            case MqttPackets.SubscribeAck:
                _subscribed.TrySetResult();
                break;
            case MqttPackets.PublishAck:
                _load.Acknowledged();
                if (Interlocked.Decrement(ref _unacked) == 0 && _load.IsRunning)
                {
                    await StartAsync();
                }

                break;
            case MqttPackets.Publish:
                await ObeyAsync(packet, header);
                break;
            default:
                break;
        }
    }

    /// <summary>Acknowledges a message, and answers it when it is a command.</summary>
    private async Task ObeyAsync(ReadOnlyMemory<byte> packet, int header)
    {
        int topicBytes = BinaryPrimitives.ReadUInt16BigEndian(packet.Span[header..]);
        string topic = Encoding.UTF8.GetString(packet.Span.Slice(header + 2, topicBytes));
        int at = header + 2 + topicBytes;
        byte[] answer = [];
        if ((packet.Span[0] & 0x06) != 0)
        {
            answer = MqttPackets.Acknowledge(
                BinaryPrimitives.ReadUInt16BigEndian(packet.Span[at..]));
            at += 2;
        }

        if (topic == _station.DownPrefix + "command/resend"
            && Envelope.TryDecode(packet[at..], out Envelope? command, out _))
        {
            byte[] ack = Envelope.Encode(
                new MessageId(Guid.CreateVersion7()), command.Ts, 1, ++_sequence,
                Reply.Done(command.Id));
            answer = [.. answer, .. MqttPackets.PublishQos1(
                _station.UpPrefix + "ack/resend", 2, ack)];
        }

        await _socket.SendAsync(answer);
    }
}
