using System.Net;
using System.Security.Cryptography;
using Tomada.Node.Configuration;

namespace Tomada.Cli.Demo;

/// <summary>Names, codes and a multicast group for nodes that meet on this machine.</summary>
internal static class LoopbackNetwork
{
    /// <summary>
    /// Draws an address of the site-local scope and a port: two runs never meet.
    /// </summary>
    /// <param name="prefix">How the network's name begins.</param>
    /// <param name="founders">How many companies found it.</param>
    /// <param name="simulated">Whether its clock may run faster.</param>
    public static (NetworkConfig Network, MulticastConfig Multicast) Draw(
        string prefix, int founders, bool simulated)
    {
        byte[] drawn = RandomNumberGenerator.GetBytes(2);
        return (
            new NetworkConfig($"{prefix}-{Hex(3)}", Hex(16), null, founders, simulated),
            new MulticastConfig(
                new IPAddress([239, 255, drawn[0], drawn[1]]),
                RandomNumberGenerator.GetInt32(20_000, 32_000),
                "lo"));
    }

    private static string Hex(int bytes) =>
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
