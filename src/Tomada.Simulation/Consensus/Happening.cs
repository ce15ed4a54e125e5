using Tomada.Consensus;

namespace Tomada.Simulation.Consensus;

/// <summary>What may happen in a history at an instant.</summary>
internal abstract record Happening
{
    private Happening()
    {
    }

    public sealed record Ticked(SimulatedNode Node, long Version) : Happening;

    public sealed record Arrived(
        SimulatedNode Node, SimulatedNode From, ConsensusMessage Message, long Number) : Happening;

    public sealed record WorkChanged(SimulatedNode Node) : Happening;

    public sealed record ReachChanged(SimulatedNode Node) : Happening;

    public sealed record Restarted(SimulatedNode Node) : Happening;

    public sealed record PartitionChanged : Happening;

    public sealed record ClockJumped : Happening;

    public sealed record PowerCut : Happening;

    public sealed record Healed : Happening;
}
