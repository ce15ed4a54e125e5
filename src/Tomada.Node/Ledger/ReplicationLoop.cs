using System.Collections.Immutable;
using System.Threading.Channels;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Outlooks;
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

    /// <summary>How often consensus is told how slow the network is.</summary>
    private static readonly TimeSpan RoundTripsPeriod = TimeSpan.FromSeconds(2);

    private const string MendingText = "this node fetches missing blocks and takes no part yet";

    private readonly Replicator _replicator;
    private readonly NodeStore _store;
    private readonly SnapshotKeeper _snapshots;
    private readonly ChainStart _start;
    private readonly ChainServer _server;
    private readonly ChainRepair _repair;
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
        Channel<ReplicatorInput> inputs,
        SnapshotKeeper snapshots,
        ChainStart start,
        LostKey lostKey,
        PublicLog log,
        OutlookDesk outlooks)
    {
        _snapshots = snapshots;
        _start = start;
        _server = new ChainServer(store, peers);
        _repair = new ChainRepair(store, peers, wall, logger, desk.State.Genesis);
        _replicator = replicator;
        _store = store;
        _peers = peers;
        _wall = wall;
        _logger = logger;
        _metrics = metrics;
        _inputs = inputs;
        Desk = desk;
        Evidence = new EvidenceStore(store, wall);
        (LostKey, Log, Outlooks) = (lostKey, log, outlooks);
    }

    /// <summary>The public log, which follows the loop.</summary>
    public PublicLog Log { get; }

    /// <summary>What companies tell each other of their EVSEs; the node runs it beside.</summary>
    internal OutlookDesk Outlooks { get; }

    /// <summary>A voting key that must sign no more, if there is one.</summary>
    internal LostKey LostKey { get; }

    /// <summary>Votes that were heard, and lies that were found.</summary>
    internal EvidenceStore Evidence { get; }

    /// <summary>Where the rest of the node meets the ledger.</summary>
    public LedgerDesk Desk { get; }

    /// <summary>Transactions that wait; from any thread, a moment old.</summary>
    public int PendingCount => _replicator.PendingCount;

    /// <summary>
    /// The newest block that an honest member has; from any thread, a moment old.
    /// </summary>
    public long NetworkHeight => _replicator.NetworkHeight;

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
        NodeMetrics metrics,
        long snapshotEntriesMin = NodeLimits.SnapshotEntriesMin,
        SnapshotLook? look = null)
    {
        LostKey lostKey = new(store, keys, logger);
        Replicator replicator = new(
            new ReplicatorOptions(self, keys.SignVote, Ed25519.Verify)
            {
                SignerOf = lostKey.SignerOf,
                Identity = keys.IdentityKey,
                Anchor = JoinInvitation.ReadFrom(store)?.Anchor,
                SnapshotGapMin = (look ?? SnapshotLook.Default).GapMin,
                SnapshotFromMs = (look ?? SnapshotLook.Default).FromMs,
            },
            genesis);
        Channel<ReplicatorInput> inputs = Channel.CreateBounded<ReplicatorInput>(
            new BoundedChannelOptions(InputsMax) { SingleReader = true });
        SnapshotKeeper snapshots = new(store, logger, snapshotEntriesMin);
        if (snapshots.Newest(genesis) is { } standing)
        {
            replicator.Resume(standing);
        }

        ChainStart start = new(replicator, store, peers, logger);
        _ = start.Execute().Count(); // Nobody follows yet.

        LedgerDesk desk = new(
            self, keys.SignIdentity, inputs.Writer, wall, replicator.State, WaitingRows.LastNumber(
                replicator, store, self));
        return new ReplicationLoop(
            replicator, store, peers, wall, logger, metrics, desk, inputs, snapshots, start,
            lostKey, new PublicLog(desk, keys, store, peers, wall, logger),
            new OutlookDesk(desk, keys.SignIdentity, peers, wall, logger));
    }

    /// <summary>
    /// Runs until stopped; a failed write ends it with an exception, and must end the process.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource ending =
            CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] work =
        [
            StepAsync(ending.Token),
            TickAsync(ending.Token),
            _server.RunAsync(ending.Token),
            _repair.RunAsync(ending.Token),
            Log.RunAsync(ending.Token),
        ];
        try
        {
            // Each runs until stopped: the first that ends has failed, and the loop with it.
            await await Task.WhenAny(work);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StepAsync(CancellationToken stop)
    {
        LoopInputs inputs = new(_inputs.Reader, _peers.Incoming);
        while (!_start.IsWhole && await inputs.WaitAsync(stop))
        {
            while (!_start.IsWhole && inputs.TryTake(out ReplicatorInput? input))
            {
                Note(input);
                foreach (AppliedBlock block in _start.Step(input))
                {
                    Desk.Publish(block);
                }

                if (input is ReplicatorInput.Submitted submitted)
                {
                    foreach (SignedTransaction each in submitted.Transactions)
                    {
                        Desk.Publish(
                            new EndedTransaction(each.Id, TransactionEnd.Busy, MendingText));
                    }
                }
            }
        }

        foreach (HeardVotes heard in Evidence.ReadHeard(
            _replicator.State.Height - ReplicationLimits.WatchedHeightsMax))
        {
            _replicator.Remember(heard);
        }

        CarryOut([_replicator.Start(
            LostKey.ReadVotes(_replicator.State, Desk.Self)
                .Select(row => new DurableRecord(
                    row.Height, (DurableKind)row.Kind, (int)row.Ballot, row.Bytes)),
            WaitingRows.Read(_store),
            _wall.MonotonicMs(),
            WallNow())]);
        CarryOut([.. _start.Kept.Select(_replicator.Step)]);
        List<ReplicatorOutput> outputs = [];
        while (await inputs.WaitAsync(stop))
        {
            // Time first: what is stepped after it is judged by a clock that is not stale.
            outputs.Add(_replicator.Step(new ReplicatorInput.Tick(_wall.MonotonicMs(), WallNow())));
            for (int i = 0; i < StepsPerSyncMax
                && inputs.TryTake(out ReplicatorInput? input); i++)
            {
                Note(input);
                outputs.Add(_replicator.Step(input));
            }

            CarryOut(outputs);
            outputs.Clear();
            _snapshots.Consider(() => _replicator.Standing, _replicator.State);
        }
    }

    private void Note(ReplicatorInput input)
    {
        if (input is ReplicatorInput.PeersReachable reachable)
        {
            _repair.Reachable = reachable.Peers;
        }
    }

    private async Task TickAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(TickPeriod, _wall);
        long trips = 0;
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (_wall.GetElapsedTime(trips) >= RoundTripsPeriod)
            {
                trips = _wall.GetTimestamp();
                _inputs.Writer.TryWrite(new ReplicatorInput.RoundTrips(_peers.RoundTripsMs));
            }

            // A full channel needs no tick: every batch begins with one.
            _inputs.Writer.TryWrite(new ReplicatorInput.Tick(_wall.MonotonicMs(), WallNow()));
        }
    }

    private void CarryOut(List<ReplicatorOutput> outputs)
    {
        StoreBatch batch = BatchOf(outputs);
        if (!batch.IsEmpty)
        {
            _store.Write(batch);
        }

        foreach (OutgoingMessage message in
            GossipBundle.Of(outputs.SelectMany(output => output.Send)))
        {
            _peers.Send(message.To, PeerMessage.Codec.Encode(message.Message));
        }

        Publish(outputs);
    }

    private void Publish(List<ReplicatorOutput> outputs)
    {
        foreach (ReplicatorOutput output in outputs)
        {
            foreach (OlderBlocks older in output.Older)
            {
                _repair.Offer(older);
            }

            Log.Hear(output.Heads);
            Outlooks.Hear(output.Outlooks);
            foreach (ChainRequest request in ChainRequest.Of(output))
            {
                _server.Ask(request);
            }

            foreach (Replication.AppendedBlock block in output.Append)
            {
                _start.Remember(block.Applied);
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

            SayFarAhead(output.FarAhead);
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
            [.. outputs.SelectMany(each => each.Append).Select(ChainRows.Of)];
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
            Meta = LostKey.Keep(outputs) is { } lost ? [lost] : [],
            Also = Evidence.Keep(
                [.. outputs.SelectMany(each => each.Heard)],
                [.. outputs.SelectMany(each => each.Found)]),
        };
    }

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
