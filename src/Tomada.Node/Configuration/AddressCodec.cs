using System.Net;
using System.Net.Sockets;
using Tomada.Primitives.Encoding;

namespace Tomada.Node.Configuration;

/// <summary>How addresses are written in configuration.</summary>
public static class AddressCodec
{
    private const string EndPointAllowed =
        "address:port in its shortest spelling, as 127.0.0.1:0 or [::1]:8443";
    private const string MulticastAllowed =
        "an IPv4 multicast address from 224.0.0.0 to 239.255.255.255";

    /// <summary>
    /// A numeric address and a port; names are not resolved, so a start never waits for DNS.
    /// </summary>
    public static Codec<IPEndPoint> EndPoint { get; } =
        Codecs.Text(3, 64).Convert(ParseEndPoint, x => x.ToString(), EndPointAllowed);

    /// <summary>An IPv4 multicast address.</summary>
    public static Codec<IPAddress> Multicast { get; } =
        Codecs.Text(7, 15).Convert(ParseMulticast, x => x.ToString(), MulticastAllowed);

    private static IPEndPoint ParseEndPoint(string text)
    {
        // IPEndPoint reads "127.0.0.1" as port 0; a forgotten port should be said, not guessed.
        bool hasPort = text.LastIndexOf(':') > text.LastIndexOf(']')
            && (text[0] == '['
            || text.IndexOf(':', StringComparison.Ordinal) == text.LastIndexOf(':'));

        // An announcement is signed over its bytes, so an address has one spelling: no 127.1:080.
        return hasPort && IPEndPoint.TryParse(text, out IPEndPoint? endPoint)
            && endPoint.ToString() == text
            ? endPoint
            : throw new FormatException($"'{text}' is not an endpoint.");
    }

    private static IPAddress ParseMulticast(string text) =>
        IPAddress.TryParse(text, out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetwork
            && address.GetAddressBytes()[0] is >= 224 and <= 239
            && address.ToString() == text
            ? address
            : throw new FormatException($"'{text}' is not a multicast address.");
}
