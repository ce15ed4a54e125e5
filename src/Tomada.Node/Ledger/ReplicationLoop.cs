using System.Collections.Immutable;
using System.Threading.Channels;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;
using StoredAppend = Tomada.Node.Storage.AppendedBlock;

namespace Tomada.Node;

/// <summary>
/// The one writer of consensus and ledger state. It feeds the replicator and carries out what comes
/// back, always in this order: write and sync, send, serve, publish. Inputs that wait are stepped
/// together and share one sync.
/// </summary>
public sealed partial class ReplicationLoop
{
    /// <summary>The node's own inputs that may wait; who submits more is held back.</summary>
    public const int InputsMax = 4_096;

    /// <summary>Inputs that share one sync; more wait for the next.</summary>
    public const int StepsPerSyncMax = 256;

    /// <summary>How often time passes for the replicator.</summary>
    public static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(50);

    private readonly Replicator _replicator;
    private readonly NodeStore _store;
    private readonly IPeerChannel _peers;
    private readonly TimeProvider _wall;
    private readonly ILogger _logger;
    private readonly NodeMetrics _metrics;
    private readonly Channel<ReplicatorInput> _inputs;

    private ReplicationLoop(
        Replicator replicator,
        NodeStore store,
        IPeerChannel peers,
        TimeProvider wall,
        ILogger logger,
        NodeMetrics metrics,
        LedgerDesk desk,
        Channel<ReplicatorInput> inputs)
    {
        _replicator = replicator;
        _store = store;
        _peers = peers;
        _wall = wall;
        _logger = logger;
        _metrics = metrics;
        _inputs = inputs;
        Desk = desk;
        Evidence = new EvidenceStore(store, wall);
    }

    /// <summary>Votes that were heard, and lies that were found.</summary>
    internal EvidenceStore Evidence { get; }

    /// <summary>Where the rest of the node meets the ledger.</summary>
    public LedgerDesk Desk { get; }

    /// <summary>Transactions that wait; from any thread, a moment old.</summary>
    public int PendingCount => _replicator.PendingCount;

    /// <summary>Re-executes the stored chain and stands ready to run.</summary>
    /// <exception cref="StoreCorruptException">A stored block does not follow from its
    /// parent.</exception>
    public static ReplicationLoop Open(
        Genesis genesis,
        CompanyId self,
        NodeKeys keys,
        NodeStore store,
        IPeerChannel peers,
        TimeProvider wall,
        ILogger logger,
        NodeMetrics metrics)
    {
        Replicator replicator = new(
            new ReplicatorOptions(self, keys.SignVote, Ed25519.Verify), genesis);
        Channel<ReplicatorInput> inputs = Channel.CreateBounded<ReplicatorInput>(
            new BoundedChannelOptions(InputsMax) { SingleReader = true });
        Restore(replicator, store);
        LedgerDesk desk = new(
            self, keys.SignIdentity, inputs.Writer, wall, replicator.State, LastNumber(
                replicator, store, self));
        return new ReplicationLoop(replicator, store, peers, wall, logger, metrics, desk, inputs);
    }

    /// <summary>
    /// Runs until stopped; a failed write ends it with an exception, and must end the process.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (HeardVotes heard in Evidence.ReadHeard(
            _replicator.State.Height - ReplicationLimits.WatchedHeightsMax))
        {
            _replicator.Remember(heard);
        }

        CarryOut([_replicator.Start(
            _store.ReadVotes(_replicator.State.Height + 1)
                .Select(row => new DurableRecord(
                    row.Height, (DurableKind)row.Kind, (int)row.Ballot, row.Bytes)),
            ReadPending(_store),
            MonotonicMs(),
            WallNow())]);
        Task ticking = TickAsync(stop);
        LoopInputs inputs = new(_inputs.Reader, _peers.Incoming);
        List<ReplicatorOutput> outputs = [];
        while (await inputs.WaitAsync(stop))
        {
            // Time first: what is stepped after it is judged by a clock that is not stale.
            outputs.Add(_replicator.Step(new ReplicatorInput.Tick(MonotonicMs(), WallNow())));
            for (int i = 0; i < StepsPerSyncMax
                && inputs.TryTake(out ReplicatorInput? input); i++)
            {
                outputs.Add(_replicator.Step(input));
            }

            CarryOut(outputs);
            outputs.Clear();
        }

        await ticking;
    }

    private async Task TickAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(TickPeriod, _wall);
        while (await timer.WaitForNextTickAsync(stop))
        {
            // A full channel needs no tick: every batch begins with one.
            _inputs.Writer.TryWrite(new ReplicatorInput.Tick(MonotonicMs(), WallNow()));
        }
    }

    private void CarryOut(List<ReplicatorOutput> outputs)
    {
        StoreBatch batch = BatchOf(outputs);
        if (!batch.IsEmpty)
        {
            _store.Write(batch);
        }

        SortedSet<CompanyId> served = [];
        foreach (ReplicatorOutput output in outputs)
        {
            foreach (OutgoingMessage message in output.Send)
            {
                _peers.Send(message.To, PeerMessage.Codec.Encode(message.Message));
            }

            // An honest peer waits for its answer: one that asks again at once costs no more reads.
            foreach (BlockService service in output.Serve.Where(each => served.Add(each.To)))
            {
                _peers.Send(service.To, PeerMessage.Codec.Encode(ReadAnswer(service.FromHeight)));
            }

            foreach (Replication.AppendedBlock block in output.Append)
            {
                _metrics.Decided(block.Applied);
                Desk.Publish(block.Applied);
            }

            foreach (EndedTransaction ended in output.Ended)
            {
                Desk.Publish(ended);
            }

            foreach (Evidence found in output.Found)
            {
                _metrics.Found(found);
                LogFound(_logger, found.Guilty, found.Kind, found.Height, found.Ballot);
            }

            foreach (LateVote late in output.Recall)
            {
                Recall(late);
            }

            foreach (RefusedInput refusal in output.Refusals)
            {
                _metrics.Refused("peer", refusal.Reason);
                LogRefused(_logger, refusal.From, refusal.Reason, refusal.Detail);
            }
        }
    }

    private void Recall(LateVote late)
    {
        // A full channel loses it: a late vote can only ever help to convict.
        if (Evidence.ReadHeight(late.Vote.Height) is { } kept)
        {
            _inputs.Writer.TryWrite(new ReplicatorInput.Recalled(late, kept));
        }
    }

    private StoreBatch BatchOf(List<ReplicatorOutput> outputs)
    {
        ImmutableArray<StoredAppend> blocks =
            [.. outputs.SelectMany(each => each.Append).Select(ToStored)];
        long decided = blocks.IsEmpty ? 0 : blocks[^1].Height;
        return new StoreBatch
        {
            // A height that this very write decides is never voted on again.
            Votes = [.. outputs.SelectMany(each => each.Votes).Where(row => row.Height > decided)
                .Select(row => new VoteRecord(row.Height, (int)row.Kind, row.Ballot, row.Bytes))],
            PruneVotesBelow = blocks.IsEmpty ? null : blocks[^1].Height,
            Blocks = blocks,
            PendingAdded = [.. outputs.SelectMany(each => each.PendingAdded)
                .Select(each => new PendingTransaction(each.Id, each.Bytes.ToArray()))],
            PendingRemoved = [.. outputs.SelectMany(each => each.PendingRemoved)],
            Also = Evidence.Keep(
                [.. outputs.SelectMany(each => each.Heard)],
                [.. outputs.SelectMany(each => each.Found)]),
        };
    }

    private static StoredAppend ToStored(Replication.AppendedBlock block)
    {
        Seal seal = block.Applied.Seal;
        ImmutableArray<IndexedTransaction>.Builder transactions =
            ImmutableArray.CreateBuilder<IndexedTransaction>();
        for (int i = 0; i < block.Applied.Entries.Length; i++)
        {
            if (block.Applied.Transactions[i] is { } transaction)
            {
                transactions.Add(new IndexedTransaction(transaction.Id, seal.FirstIndex + i));
            }
        }

        return new StoredAppend(
            seal.Height,
            seal.FirstIndex,
            block.Proof.Value,
            BlockProof.Codec.Encode(BlockProof.Of(block.Proof)),
            transactions.ToImmutable());
    }

    private PeerMessage.BlockAnswer ReadAnswer(long fromHeight)
    {
        ImmutableArray<ConsensusMessage.Decided>.Builder blocks =
            ImmutableArray.CreateBuilder<ConsensusMessage.Decided>();
        int bytes = 0;
        // One by one: all that one answer may count could be far more than it may weigh.
        while (blocks.Count < ReplicationLimits.BlocksPerAnswerMax
            && _store.ReadBlock(fromHeight + blocks.Count) is { } block)
        {
            bytes += block.Bytes.Length;
            if (blocks.Count > 0 && bytes > ReplicationLimits.AnswerBytesMax)
            {
                break;
            }

            blocks.Add(ReadProof(_store, block.Height).With(block.Bytes));
        }

        return new PeerMessage.BlockAnswer(blocks.ToImmutable());
    }

    private static void Restore(Replicator replicator, NodeStore store)
    {
        while (store.ReadBlocks(replicator.State.Height + 1, ReplicationLimits.BlocksPerAnswerMax)
            is { Count: > 0 } blocks)
        {
            foreach (StoredBlock block in blocks)
            {
                if (replicator.Restore(ReadProof(store, block.Height).With(block.Bytes)) is null)
                {
                    throw new StoreCorruptException(
                        $"Block {block.Height} in the store does not follow from "
                        + "the block before.");
                }
            }
        }
    }

    private static BlockProof ReadProof(NodeStore store, long height) =>
        BlockProof.Codec.Decode(store.ReadCertificate(height));

    private static IEnumerable<SignedTransaction> ReadPending(NodeStore store)
    {
        foreach (PendingTransaction row in store.ReadPending())
        {
            if (SignedTransaction.TryDecode(row.Bytes, out SignedTransaction? transaction, out _))
            {
                yield return transaction!;
            }
        }
    }

    /// <summary>
    /// The highest number that this company's lane ever used, decided or waiting.
    /// </summary>
    private static long LastNumber(Replicator replicator, NodeStore store, CompanyId self) =>
        ReadPending(store)
            .Where(each => each.Content.Company == self)
            .Select(each => each.Content.Number)
            .Append(replicator.State.Lanes
                .GetValueOrDefault(new LaneId(self, LedgerDesk.Lane), Ledger.Lane.Unused)
                .Highest)
            .Max();

    private long MonotonicMs() => _wall.GetTimestamp() * 1_000 / _wall.TimestampFrequency;

    private Timestamp WallNow() => new(_wall.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(Level = LogLevel.Debug, Message = "Refused from {From}: {Reason}: {Detail}")]
    private static partial void LogRefused(
        ILogger logger, CompanyId from, string reason, string detail);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Guilty} contradicted itself: {Kind} at height {Height} in ballot {Ballot}")]
    private static partial void LogFound(
        ILogger logger, CompanyId guilty, EvidenceKind? kind, long height, int ballot);
}
