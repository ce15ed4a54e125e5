using System.Collections.Immutable;
using System.Globalization;
using Tomada.Primitives;
using Tomada.Simulation.Consensus;

namespace Tomada.Simulation.Cluster;

/// <summary>What became of a history.</summary>
/// <param name="Seed">Replays it.</param>
/// <param name="Violation">The rule that was broken; null when none was.</param>
/// <param name="Height">Blocks of the chain.</param>
/// <param name="Events">Events handled.</param>
/// <param name="VirtualMs">Virtual time that passed.</param>
/// <param name="Plan">The faults and the people's behaviour, for people.</param>
/// <param name="Faults">What it really met.</param>
/// <param name="Log">Line by line, when it was asked for.</param>
public sealed record ClusterHistory(
    ulong Seed, string? Violation, long Height, long Events, long VirtualMs, string Plan,
    FaultTable Faults, ImmutableArray<string> Log)
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
    /// <param name="seed">Decides everything.</param>
    /// <param name="keepsLog">Keeps one line per message, crash, decision and submission.</param>
    public static ClusterHistory Run(ulong seed, bool keepsLog = false)
    {
        ClusterWorld world = new(seed, keepsLog);
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
            world.Plan.ToString(), world.Oracles.Faults, [.. world.Log]);
    }
}
