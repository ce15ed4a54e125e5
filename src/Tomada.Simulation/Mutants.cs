using Tomada.Consensus;
using Tomada.Replication;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation;

/// <summary>What became of a planted defect.</summary>
/// <param name="Name">Its name in the code.</param>
/// <param name="Seeds">Histories until it was caught; all that were run when it was not.</param>
/// <param name="CaughtBy">The violation; null when it survived.</param>
/// <param name="Seed">The seed that catches it.</param>
public sealed record MutantResult(string Name, int Seeds, string? CaughtBy, ulong Seed);

/// <summary>
/// Deliberate defects of protocol and replication, and how many histories it takes to find each. A
/// simulation is only worth what it finds.
/// </summary>
public static class Mutants
{
    /// <summary>Histories after which a defect counts as missed.</summary>
    public const int SeedsMax = 1_500;

    /// <summary>T0 is 200 ms in simulated networks; a complaint takes 4·T0 and a ballot.</summary>
    private const int ServedWithinMs = 2_000;

    /// <summary>Names, in the order of the run.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Enum.GetNames<ProtocolMutation>().Skip(1),
        .. Enum.GetNames<ReplicationMutation>().Skip(1),
    ];

    /// <summary>Runs histories with one defect in every honest member until one falls.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="checksProofs">
    /// False: only agreement, guilt and progress are judged, to see what really forks.
    /// </param>
    public static MutantResult Run(string name, bool checksProofs = true)
    {
        if (Enum.TryParse(name, out ReplicationMutation replication))
        {
            return RunCluster(name, replication);
        }

        ConsensusSimulationOptions options = new()
        {
            Mutation = Enum.Parse<ProtocolMutation>(name),
            ChecksProofs = checksProofs,
        };
        for (int i = 1; i <= SeedsMax; i++)
        {
            if (ConsensusSimulation.Run((ulong)i, options).Violation is { } violation)
            {
                return new MutantResult(name, i, violation, (ulong)i);
            }
        }

        return new MutantResult(name, SeedsMax, null, 0);
    }

    private static MutantResult RunCluster(string name, ReplicationMutation mutation)
    {
        bool isCensored = mutation == ReplicationMutation.NoComplaints;
        ClusterHistory history = ClusterSimulation.Run(1, new ClusterOptions
        {
            Plan = isCensored
                ? ClusterPlan.Censoring(members: 4, censor: 0, censored: 1)
                : ClusterPlan.TwoHeads(members: 4),
            Mutation = mutation,
        });
        string? violation = history.Violation;
        if (isCensored && history.CensoredWaitMaxMs > ServedWithinMs)
        {
            violation ??= $"a company was ignored for {history.CensoredWaitMaxMs} ms";
        }

        if (!isCensored
            && !history.Faults.Counts.ContainsKey(ClusterFaults.LiarTwoHeadsReported))
        {
            violation ??= "who cosigned two logs is not on the ledger";
        }

        return new MutantResult(name, 1, violation, 1);
    }
}
