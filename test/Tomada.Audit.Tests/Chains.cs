using Tomada.Simulation.Cluster;

namespace Tomada.Audit.Tests;

/// <summary>Chains of simulated networks, each run once for all tests.</summary>
internal static class Chains
{
    private static readonly Lazy<ClusterChain> s_trip = new(() => ClusterChain.Run(27));
    private static readonly Lazy<ClusterChain> s_members = new(() => ClusterChain.Run(1));

    /// <summary>A trip from its reservation to its payment, with crashes on the way.</summary>
    public static ClusterChain Trip => s_trip.Value;

    /// <summary>Four companies that change; its first blocks were decided above ballot 0.</summary>
    public static ClusterChain Members => s_members.Value;
}
