using System.Buffers.Binary;
using System.Text;

namespace Tomada.Cli.Bench;

/// <summary>
/// The few MQTT 3.1.1 packets that a load needs (section 3), so that the load costs less than what
/// it measures.
/// </summary>
internal static class MqttPackets
{
    public const int ConnectAck = 2;
    public const int Publish = 3;
    public const int PublishAck = 4;
    public const int SubscribeAck = 9;

    private const byte CleanWithLogin = 0xc2;
    private const byte Level311 = 4;

    public static byte[] Connect(string clientId, string user, string password) => Packet(
        0x10,
        [
            .. Text("MQTT"), Level311, CleanWithLogin, 0, 0, .. Text(clientId), .. Text(user),
            .. Text(password),
        ]);

    public static byte[] Subscribe(string filter) =>
        Packet(0x82, [0, 1, .. Text(filter), 1]);

    /// <summary>QoS 1; the packet id stands right before the payload.</summary>
    public static byte[] PublishQos1(string topic, ushort id, ReadOnlySpan<byte> payload) =>
        Packet(0x32, [.. Text(topic), (byte)(id >> 8), (byte)id, .. payload]);

    public static byte[] Acknowledge(ushort id) => [0x40, 2, (byte)(id >> 8), (byte)id];

    /// <summary>
    /// The length of the packet at the start, with its header; 0 while it is not all there.
    /// </summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes, out int header)
    {
        int length = 0;
        for (header = 1; header < bytes.Length && header <= 4; header++)
        {
            length |= (bytes[header] & 0x7f) << (7 * (header - 1));
            if ((bytes[header] & 0x80) == 0)
            {
                header++;
                return header + length <= bytes.Length ? header + length : 0;
            }
        }

        return 0;
    }

    private static byte[] Packet(byte first, byte[] rest)
    {
        List<byte> packet = [first];
        int length = rest.Length;
        do
        {
            packet.Add((byte)((length & 0x7f) | (length > 0x7f ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        packet.AddRange(rest);
        return [.. packet];
    }

    private static byte[] Text(string text)
    {
        byte[] bytes = new byte[2 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(bytes.Length - 2));
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(2));
        return bytes;
    }
}
