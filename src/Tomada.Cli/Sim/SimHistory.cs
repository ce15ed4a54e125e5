using Tomada.Simulation;
using Tomada.Simulation.Cluster;
using Tomada.Simulation.Consensus;

namespace Tomada.Cli.Sim;

/// <summary>A history of either kind, as <c>tomada sim</c> tells it.</summary>
internal sealed record SimHistory(
    string? Violation, string Plan, string ReplayCommand, long Height, long Events,
    FaultTable Faults, IReadOnlyList<string> Log);

/// <summary>What is simulated.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Faults">What its histories are meant to meet.</param>
/// <param name="Run">Runs the history of a seed; true keeps its log.</param>
internal sealed record SimKind(
    string Name, IReadOnlyList<string> Faults, Func<ulong, bool, SimHistory> Run)
{
    /// <summary>Companies, trips and money over real replicators.</summary>
    public static SimKind Cluster { get; } = new("cluster", ClusterFaults.Kinds, RunCluster);

    /// <summary>The consensus core alone, with liars.</summary>
    public static SimKind Consensus { get; } =
        new("consensus", ConsensusFaults.Kinds, RunConsensus);

    /// <summary>The kind of a name.</summary>
    public static SimKind Of(string name) => name == Cluster.Name ? Cluster : Consensus;

    private static SimHistory RunCluster(ulong seed, bool keepsLog)
    {
        ClusterHistory history = ClusterSimulation.Run(
            seed, new ClusterOptions { KeepsLog = keepsLog });
        return new SimHistory(
            history.Violation, history.Plan, history.ReplayCommand, history.Height,
            history.Events, history.Faults, history.Log);
    }

    private static SimHistory RunConsensus(ulong seed, bool keepsLog)
    {
        ConsensusHistory history = ConsensusSimulation.Run(
            seed, new ConsensusSimulationOptions { KeepsLog = keepsLog });
        return new SimHistory(
            history.Violation, history.Plan, history.ReplayCommand, history.Heights,
            history.Events, history.Faults, history.Log);
    }
}
