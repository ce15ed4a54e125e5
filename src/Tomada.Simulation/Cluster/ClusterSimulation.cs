using System.Collections.Immutable;
using System.Globalization;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>How to run a history.</summary>
public sealed record ClusterOptions
{
    /// <summary>Keeps one line per message, crash, decision and submission; slow.</summary>
    public bool KeepsLog { get; init; }

    /// <summary>What happens; null: drawn from the seed.</summary>
    public ClusterPlan? Plan { get; init; }

    /// <summary>A deliberate defect of every honest node.</summary>
    internal ReplicationMutation Mutation { get; init; }
}

/// <summary>What became of a history.</summary>
/// <param name="Seed">Replays it.</param>
/// <param name="Violation">The rule that was broken; null when none was.</param>
/// <param name="Height">Blocks of the chain.</param>
/// <param name="Events">Events handled.</param>
/// <param name="VirtualMs">Virtual time that passed.</param>
/// <param name="Plan">The faults and the people's behaviour, for people.</param>
/// <param name="Faults">What it really met.</param>
/// <param name="CensoredWaitMaxMs">
/// The longest that a transaction of the censored company was on its way.
/// </param>
/// <param name="Changes">Changes of the members as they took effect.</param>
/// <param name="Log">Line by line, when it was asked for.</param>
public sealed record ClusterHistory(
    ulong Seed, string? Violation, long Height, long Events, long VirtualMs, string Plan,
    FaultTable Faults, long CensoredWaitMaxMs, ImmutableArray<ClusterChangeMet> Changes,
    ImmutableArray<string> Log)
{
    /// <summary>The command that runs this history again.</summary>
    public string ReplayCommand =>
        $"./tomada sim --replay {Seed.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>
/// Histories of whole networks: the real replicators of all companies over simulated clocks,
/// network and disks, and desks that publish, reserve, charge and settle. First messages are lost,
/// overtaken and doubled and one node dies; from a moment on nothing fails, and the story must end.
/// </summary>
public static class ClusterSimulation
{
    /// <summary>After the faults, virtual time until all nodes have caught up.</summary>
    public const long CatchUpMaxMs = 60_000;

    /// <summary>After the faults, virtual time until trips and money have come to their
    /// end.</summary>
    public const long EndMaxMs = 45 * 60_000;

    /// <summary>Events after which a history counts as stuck.</summary>
    public const long EventsMax = 1_000_000;

    /// <summary>Runs one history to its end or its first violation.</summary>
    /// <param name="seed">Decides everything that the options leave open.</param>
    /// <param name="options">Null: all is drawn from the seed.</param>
    public static ClusterHistory Run(ulong seed, ClusterOptions? options = null)
    {
        ClusterWorld world = new(seed, options ?? new ClusterOptions());
        string? violation = null;
        try
        {
            world.Run();
        }
        catch (Exception broken) when (broken is ViolationException or InvariantBrokenException)
        {
            violation = broken.Message;
        }

        return new ClusterHistory(
            seed, violation, world.Oracles.Highest, world.Events, world.NowMs,
            world.Plan.ToString(), world.Oracles.Faults, world.Oracles.CensoredWaitMaxMs,
            [.. world.Changes], [.. world.Log]);
    }
}
