using System.Collections.Immutable;
using System.Globalization;
using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>How to run a history.</summary>
public sealed record ConsensusSimulationOptions
{
    /// <summary>Number of members, 1 to 10; null: drawn from the seed.</summary>
    public int? Members { get; init; }

    /// <summary>Keeps one line per message, crash and decision; slow.</summary>
    public bool KeepsLog { get; init; }

    /// <summary>A deliberate defect of every honest node.</summary>
    internal ProtocolMutation Mutation { get; init; }

    /// <summary>
    /// Whether certificates and own endorsements are judged, beside agreement and guilt.
    /// </summary>
    internal bool ChecksProofs { get; init; } = true;
}

/// <summary>What became of a history.</summary>
/// <param name="Seed">Replays it.</param>
/// <param name="Violation">The rule that was broken; null when none was.</param>
/// <param name="Heights">Heights that all honest nodes decided.</param>
/// <param name="HighestBallot">Highest ballot a decision was made in.</param>
/// <param name="Events">Events handled.</param>
/// <param name="VirtualMs">Virtual time that passed.</param>
/// <param name="Faults">What it really met.</param>
/// <param name="Plan">The faults, for people.</param>
/// <param name="Log">Line by line, when it was asked for.</param>
public sealed record ConsensusHistory(
    ulong Seed, string? Violation, long Heights, int HighestBallot, long Events, long VirtualMs,
    FaultTable Faults, string Plan, ImmutableArray<string> Log)
{
    /// <summary>The command that runs this history again, with its log.</summary>
    public string ReplayCommand =>
        $"./tomada sim --kind consensus --replay {Seed.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>
/// Histories of the consensus core alone: real replicas, simulated time, network and disk, from one
/// seed. First everything may fail; from a moment on nothing does, and the network must decide.
/// </summary>
public static class ConsensusSimulation
{
    /// <summary>Heights that must be decided after the faults end.</summary>
    public const int HeightsAfterFaults = 2;

    /// <summary>Virtual time within which they must be.</summary>
    public const long RecoveryMaxMs = 240_000;

    /// <summary>Events after which a history counts as stuck.</summary>
    public const long EventsMax = 400_000;

    /// <summary>Runs one history to its end or its first violation.</summary>
    public static ConsensusHistory Run(ulong seed, ConsensusSimulationOptions? options = null)
    {
        ConsensusWorld world = new(seed, options ?? new ConsensusSimulationOptions());
        string? violation = null;
        try
        {
            world.Run();
        }
        catch (Exception broken) when (broken is ViolationException or InvariantBrokenException)
        {
            violation = broken.Message;
        }

        return new ConsensusHistory(
            seed, violation, world.LowestTip, world.HighestBallot, world.Events, world.NowMs,
            world.Faults, world.Plan.ToString(), [.. world.Log]);
    }
}
