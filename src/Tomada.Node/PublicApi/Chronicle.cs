using System.Collections.Concurrent;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// The history as the public API reads it: an index that follows the chain, and blocks from the
/// store. Any thread may read; one task writes.
/// </summary>
internal sealed class Chronicle(LedgerDesk desk, NodeStore store)
{
    private readonly ConcurrentDictionary<long, (long SealIndex, byte[] Summary)> _events = [];
    private ChainIndex _index = ChainIndex.Empty(desk.State);
    private long _height;
    private TaskCompletionSource _moved = NewSignal();

    /// <summary>Completes when the index grows; take it before looking.</summary>
    public Task Moved => Volatile.Read(ref _moved).Task;

    /// <summary>Height up to which events and the index go.</summary>
    public long Height => Volatile.Read(ref _height);

    /// <summary>Whether the index reaches the newest block.</summary>
    public bool IsCurrent => Height >= desk.State.Height;

    /// <summary>Reads the stored chain, then follows the desk until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await CatchUpAsync(stop);
                await FollowAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>The index of the newest block that the desk has published.</summary>
    public async ValueTask<ChainIndex> CurrentAsync(CancellationToken stop)
    {
        long wanted = desk.State.Height;
        while (true)
        {
            Task moved = Moved;
            if (Height >= wanted)
            {
                return Volatile.Read(ref _index);
            }

            await moved.WaitAsync(stop);
        }
    }

    /// <summary>The block; null when the chain does not reach it.</summary>
    public BlockView? Block(long height) =>
        store.ReadBlock(height) is { } stored ? BlockView.Of(stored) : null;

    /// <summary>The block that holds an entry; null when the log does not reach it.</summary>
    public BlockView? BlockOfEntry(long index) =>
        store.ReadBlockOfEntry(index) is { } stored && BlockView.Of(stored) is { } block
        && index <= block.Entries[^1].Index
            ? block
            : null;

    /// <summary>The entry of a transaction with its block; null when no block holds it.</summary>
    public (BlockView Block, EntryView Entry)? Transaction(TransactionId id)
    {
        if (store.FindTransaction(id) is not { } place || Block(place.Height) is not { } block)
        {
            return null;
        }

        return (block, block.Entries[(int)(place.Index - block.Seal.FirstIndex)]);
    }

    /// <summary>The same, and waits a while for one that is not there yet.</summary>
    public async Task<(BlockView Block, EntryView Entry)?> FindAsync(
        TransactionId id, TimeSpan wait, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(wait);
        while (true)
        {
            Task moved = Moved;
            if (Transaction(id) is { } found)
            {
                return found;
            }

            try
            {
                await moved.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    /// <summary>Whether the transaction waits at this node.</summary>
    public bool IsPending(TransactionId id) => store.IsPending(id);

    /// <summary>What proves that the block was decided.</summary>
    public BlockProof Proof(long height) => BlockProof.Codec.Decode(store.ReadCertificate(height));

    /// <summary>The block's summary as JSON.</summary>
    public byte[] Summary(long height) => Event(height).Summary;

    /// <summary>
    /// The log index of a block's seal, and its summary as JSON; remembered, because a block never
    /// changes.
    /// </summary>
    public (long SealIndex, byte[] Summary) Event(long height)
    {
        if (_events.TryGetValue(height, out (long, byte[]) known))
        {
            return known;
        }

        BlockView block = Block(height)!;
        byte[] summary = ApiJson.Bytes(json =>
        {
            json.WriteStartObject();
            BlockJson.WriteSummary(json, block, Proof(height));
            json.WriteEndObject();
        });
        if (_events.Count >= PublicApiLimits.SummariesMax)
        {
            _events.Clear();
        }

        return _events[height] = (block.Entries[^1].Index, summary);
    }

    private async Task CatchUpAsync(CancellationToken stop)
    {
        LedgerState state = desk.State;
        ChainIndex index = _index;
        long height = _height;
        while (height < state.Height)
        {
            stop.ThrowIfCancellationRequested();
            int max = (int)Math.Min(PublicApiLimits.BlocksPerReadMax, state.Height - height);
            long from = height;
            foreach (StoredBlock stored in ReadSound(height + 1, max))
            {
                index = index.With(BlockView.Of(stored));
                height = stored.Height;
            }

            if (height == from)
            {
                // A hole: peers send what is missing, and nothing is told without it.
                await Task.Delay(NodeLimits.RepairPeriod, stop);
            }
        }

        Publish(index with { State = state });
    }

    /// <summary>Blocks from a height on, without gap; none when that one is not there.</summary>
    private IEnumerable<StoredBlock> ReadSound(long height, int max)
    {
        try
        {
            return store.ReadBlocks(height, max)
                .TakeWhile((stored, place) => stored.Height == height + place);
        }
        catch (StoreCorruptException)
        {
            // The read told the store, and the block is set aside and fetched.
            return [];
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        try
        {
            await foreach (AppliedBlock block in desk.FollowAsync(_height, stop))
            {
                Publish(_index.With(BlockView.Of(block)) with { State = block.After });
            }
        }
        catch (FollowerTooSlowException)
        {
            // The store has what memory no longer has.
        }
    }

    private void Publish(ChainIndex index)
    {
        Volatile.Write(ref _index, index);
        Volatile.Write(ref _height, index.State.Height);
        Interlocked.Exchange(ref _moved, NewSignal()).SetResult();
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
