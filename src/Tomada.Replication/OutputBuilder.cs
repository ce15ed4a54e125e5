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

    public List<SyncInput> Syncing { get; } = [];

    public List<OlderBlocks> Older { get; } = [];

    public List<HeadInput> Heads { get; } = [];

    public List<OutlookInput> Outlooks { get; } = [];

    public List<EndedTransaction> Ended { get; } = [];

    public List<RefusedInput> Refusals { get; } = [];

    public List<HeardVotes> Heard { get; } = [];

    public List<Evidence> Found { get; } = [];

    public List<LateVote> Recall { get; } = [];

    public LostVote? Lost { get; set; }

    public SnapshotHead? FarAhead { get; set; }

    /// <summary>Takes up what consensus wants written, sent and counted.</summary>
    public void Add(Output consensus)
    {
        Votes.AddRange(consensus.Persist);
        foreach (Outgoing each in consensus.Send)
        {
            Send.Add(new OutgoingMessage(each.To, new PeerMessage.Voting(each.Message)));
        }

        foreach (Refusal refusal in consensus.Refusals)
        {
            Refusals.Add(
                new RefusedInput(refusal.From, refusal.Reason.ToString(), refusal.Detail));
        }
    }

    /// <summary>What was collected; a new collection begins.</summary>
    public static ReplicatorOutput Take(ref OutputBuilder output)
    {
        ReplicatorOutput taken = output.Build();
        output = new OutputBuilder();
        return taken;
    }

    private ReplicatorOutput Build() => new()
    {
        Votes = [.. Votes],
        Append = [.. Append],
        PendingAdded = [.. PendingAdded],
        PendingRemoved = [.. PendingRemoved],
        Send = [.. Send],
        Serve = [.. Serve],
        Syncing = [.. Syncing],
        Older = [.. Older],
        Heads = [.. Heads],
        Outlooks = [.. Outlooks],
        Ended = [.. Ended],
        Refusals = [.. Refusals],
        Heard = [.. Heard],
        Found = [.. Found],
        Recall = [.. Recall],
        Lost = Lost,
        FarAhead = FarAhead,
    };
}
