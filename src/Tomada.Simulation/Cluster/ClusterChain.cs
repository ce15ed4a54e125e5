using System.Collections.Immutable;
using Tomada.Consensus;
using Tomada.Ledger;

namespace Tomada.Simulation.Cluster;

/// <summary>The chain that a history's companies decided, as their disks keep it.</summary>
/// <param name="Genesis">The network's beginning.</param>
/// <param name="Blocks">From height 1, each with the proof that one node holds.</param>
public sealed record ClusterChain(Genesis Genesis, ImmutableArray<ConsensusMessage.Decided> Blocks)
{
    /// <summary>Runs one history to its end and takes its chain.</summary>
    /// <param name="seed">Decides everything that the options leave open.</param>
    /// <param name="options">Null: all is drawn from the seed.</param>
    /// <exception cref="Consensus.ViolationException">A rule was broken.</exception>
    public static ClusterChain Run(ulong seed, ClusterOptions? options = null)
    {
        ClusterWorld world = new(seed, options ?? new ClusterOptions());
        world.Run();
        return world.Chain;
    }
}

/// <content>What is left of a history.</content>
internal sealed partial class ClusterWorld
{
    /// <summary>The longest chain of any disk.</summary>
    public ClusterChain Chain
    {
        get
        {
            VirtualDisk disk = _nodes.MaxBy(each => each.Disk.Height)!.Disk;
            ImmutableArray<ConsensusMessage.Decided>.Builder blocks =
                ImmutableArray.CreateBuilder<ConsensusMessage.Decided>();
            for (long height = 1; height <= disk.Height; height++)
            {
                blocks.Add(disk.ReadBlock(height)!);
            }

            return new ClusterChain(Genesis, blocks.ToImmutable());
        }
    }
}
