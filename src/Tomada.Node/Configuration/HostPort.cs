using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tomada.Primitives.Encoding;

namespace Tomada.Node.Configuration;

/// <summary>Where a peer endpoint is found: a DNS name or an address, and a port.</summary>
/// <param name="Host">A DNS name, an IPv4 address, or an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65,535.</param>
public sealed record HostPort(string Host, int Port)
{
    /// <summary>Longest text, in characters; DNS names have at most 253.</summary>
    public const int TextMax = 260;

    private const string Allowed =
        "host:port as peer.example.org:8443, 192.0.2.7:8443 or [2001:db8::7]:8443";

    public static Codec<HostPort> Codec { get; } =
        Codecs.Text(3, TextMax).Convert(Parse, each => each.ToString(), Allowed);

    /// <exception cref="FormatException">It is not a host and a port.</exception>
    public static HostPort Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon > 0 ? text[..colon] : "";
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        string bare = isBracketed ? host[1..^1] : host;
        UriHostNameType type = Uri.CheckHostName(bare);
        bool isHost = isBracketed
            ? type == UriHostNameType.IPv6
            : type is UriHostNameType.Dns or UriHostNameType.IPv4;
        return isHost
            && int.TryParse(
                text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out int port)
            && port is >= 1 and <= ushort.MaxValue
            && text.AsSpan(colon + 1)[0] != '0'
            ? new HostPort(bare, port)
            : throw new FormatException($"'{text}' is not a host and a port.");
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>The addresses behind the name now, the resolver's preferred first.</summary>
    /// <param name="timeout">How long the resolver may take.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <exception cref="SocketException">There is no such name.</exception>
    /// <exception cref="TimeoutException">The resolver did not answer in time.</exception>
    public async Task<IPEndPoint[]> ResolveAsync(TimeSpan timeout, CancellationToken stop)
    {
        IPAddress[] addresses = IPAddress.TryParse(Host, out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(Host, stop).WaitAsync(timeout, stop)
                .ConfigureAwait(false);
        return [.. addresses.Select(each => new IPEndPoint(each, Port))];
    }
}
