using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>Collects the effects of one step.</summary>
internal sealed class OutputBuilder
{
    public List<DurableRecord> Votes { get; } = [];

    public List<AppendedBlock> Append { get; } = [];

    public List<SignedTransaction> PendingAdded { get; } = [];

    public List<TransactionId> PendingRemoved { get; } = [];

    public List<OutgoingMessage> Send { get; } = [];

    public List<BlockService> Serve { get; } = [];

    public List<EndedTransaction> Ended { get; } = [];

    public List<RefusedInput> Refusals { get; } = [];

    public ReplicatorOutput Build() => new()
    {
        Votes = [.. Votes],
        Append = [.. Append],
        PendingAdded = [.. PendingAdded],
        PendingRemoved = [.. PendingRemoved],
        Send = [.. Send],
        Serve = [.. Serve],
        Ended = [.. Ended],
        Refusals = [.. Refusals],
    };
}
