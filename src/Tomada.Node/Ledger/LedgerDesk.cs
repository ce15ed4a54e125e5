using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// Where the rest of the node meets the ledger: read the newest state, submit a transaction and
/// wait for its end, follow the blocks. Any thread may call it; the replication loop feeds it.
/// </summary>
public sealed class LedgerDesk
{
    /// <summary>
    /// Newest blocks that followers can still get from memory; older ones are in the store.
    /// </summary>
    public const int RecentBlocksMax = 1_024;

    /// <summary>
    /// Bytes of those blocks; what is above goes earlier, but never the newest block.
    /// </summary>
    public const long RecentBytesMax = 16L * 1024 * 1024;

    /// <summary>
    /// How long a transaction may wait, in wall time; the rules' maximum is 10 min.
    /// </summary>
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a submitter waits, in wall time. Only a block says that a transaction expired, and
    /// on an idle chain, or without a quorum, none may come.
    /// </summary>
    public static readonly TimeSpan Patience = Validity + TimeSpan.FromSeconds(5);

    internal const int Lane = 0;

    private const string UndecidedText =
        "no block decided it in time; it may still be found on the ledger, so ask there first";

    private readonly
        ConcurrentDictionary<TransactionId, TaskCompletionSource<TransactionResult>> _waiting = [];
    private readonly SignMessage _sign;
    private readonly ChannelWriter<ReplicatorInput> _inputs;
    private readonly TimeProvider _wall;
    private readonly Lock _signing = new();
    private readonly RecentBlocks _recent = new();
    private TaskCompletionSource _moved = NewSignal();
    private LedgerState _state;
    private long _lastNumber;

    internal LedgerDesk(
        CompanyId self,
        SignMessage sign,
        ChannelWriter<ReplicatorInput> inputs,
        TimeProvider wall,
        LedgerState state,
        long lastNumber)
    {
        Self = self;
        _sign = sign;
        _inputs = inputs;
        _wall = wall;
        _state = state;
        _lastNumber = lastNumber;
    }

    /// <summary>The company whose node this is.</summary>
    public CompanyId Self { get; }

    /// <summary>The newest applied state; an immutable snapshot.</summary>
    public LedgerState State => Volatile.Read(ref _state);

    /// <summary>The ledger clock.</summary>
    public Timestamp Now() => State.Clock.ToLedger(WallNow());

    /// <summary>The wall clock.</summary>
    public Timestamp WallNow() => new(_wall.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// Signs, queues and waits until the transaction is in a block or never will be, or
    /// <see cref="Patience"/> is over.
    /// </summary>
    /// <param name="body">What is asked.</param>
    /// <param name="stop">Stops waiting; the transaction may still be decided.</param>
    public Task<TransactionResult> SubmitAsync(Body body, CancellationToken stop) =>
        SubmitAsync(body, Patience, stop);

    /// <summary>
    /// The same without losing patience: for who must not say no as long as it may be yes.
    /// </summary>
    public Task<TransactionResult> SubmitUntilCertainAsync(Body body, CancellationToken stop) =>
        SubmitAsync(body, Timeout.InfiniteTimeSpan, stop);

    private async Task<TransactionResult> SubmitAsync(
        Body body, TimeSpan patience, CancellationToken stop)
    {
        if (_waiting.Count >= ReplicationLimits.PendingPerCompanyMax)
        {
            // Before a number is taken: numbers that lead nowhere would leave gaps in the lane.
            return new TransactionResult(
                default, TransactionEnd.Busy, null, [], 0, -1, "too many wait; try again later");
        }

        TaskCompletionSource<TransactionResult> end =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
        SignedTransaction transaction = Sign(body);
        _waiting[transaction.Id] = end;
        try
        {
            await _inputs.WriteAsync(new ReplicatorInput.Submitted(transaction), stop);
            return await end.Task.WaitAsync(patience, _wall, stop);
        }
        catch (TimeoutException)
        {
            return new TransactionResult(
                transaction.Id, TransactionEnd.Undecided, null, [], 0, -1, UndecidedText);
        }
        finally
        {
            _waiting.TryRemove(transaction.Id, out _);
        }
    }

    /// <summary>
    /// Every block above a height, once, in order, for as long as the caller reads. Blocks older
    /// than the newest <see cref="RecentBlocksMax"/> come from the store, not from here.
    /// </summary>
    /// <param name="afterHeight">The height that the caller already knows.</param>
    /// <param name="stop">Ends the stream.</param>
    /// <exception cref="FollowerTooSlowException">The next block is no longer in
    /// memory.</exception>
    public async IAsyncEnumerable<AppliedBlock> FollowAsync(
        long afterHeight, [EnumeratorCancellation] CancellationToken stop)
    {
        long known = afterHeight;
        while (true)
        {
            // The signal is taken before the look, so that a block in between is not missed.
            Task moved = Volatile.Read(ref _moved).Task;
            long newest = State.Height;
            while (_recent.Find(known + 1) is { } block)
            {
                yield return block;
                known++;
            }

            if (known < newest)
            {
                throw new FollowerTooSlowException(known + 1);
            }

            await moved.WaitAsync(stop);
        }
    }

    /// <summary>The loop took up a snapshot, before anybody followed.</summary>
    internal void StandAt(LedgerState state) => Volatile.Write(ref _state, state);

    /// <summary>The loop appended a block: its end is known to whoever waits.</summary>
    internal void Publish(AppliedBlock block)
    {
        // Before the state: who sees a height finds its block.
        _recent.Add(block);
        Volatile.Write(ref _state, block.After);
        Answer(block);
        Interlocked.Exchange(ref _moved, NewSignal()).SetResult();
    }

    /// <summary>An own transaction ended outside of any block.</summary>
    internal void Publish(EndedTransaction ended)
    {
        if (_waiting.TryRemove(ended.Id, out TaskCompletionSource<TransactionResult>? end))
        {
            end.SetResult(new TransactionResult(ended.Id, ended.End, null, [], 0, -1, ended.Why));
        }
    }

    private void Answer(AppliedBlock block)
    {
        if (_waiting.IsEmpty)
        {
            return;
        }

        for (int i = 0; i < block.Entries.Length; i++)
        {
            if (block.Transactions[i] is { } transaction
                && block.Entries[i] is TransactionEntry entry
                && _waiting.TryRemove(
                    transaction.Id, out TaskCompletionSource<TransactionResult>? end))
            {
                end.SetResult(new TransactionResult(
                    transaction.Id,
                    TransactionEnd.Decided,
                    entry.Outcome,
                    entry.Effects,
                    block.Seal.Height,
                    block.Seal.FirstIndex + i,
                    null));
            }
        }
    }

    private SignedTransaction Sign(Body body)
    {
        LedgerState state = State;
        // A chain that is still coming in may hold numbers that a lost disk has forgotten.
        long used = state.Lanes.GetValueOrDefault(
            new LaneId(Self, Lane), Tomada.Ledger.Lane.Unused).Highest;
        long number;
        lock (_signing)
        {
            number = _lastNumber = Math.Max(_lastNumber, used) + 1;
        }

        Timestamp validUntil = new(Math.Max(Now().UnixMs, state.Time.UnixMs)
            + ((long)Validity.TotalMilliseconds * state.Clock.Factor));
        Transaction content = new(state.Network, Self, Lane, number, validUntil, body);
        return SignedTransaction.Sign(content, _sign);
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// A follower of blocks fell further behind than memory reaches; read the store instead.
/// </summary>
public sealed class FollowerTooSlowException : Exception
{
    public FollowerTooSlowException()
    {
    }

    public FollowerTooSlowException(string message)
        : base(message)
    {
    }

    public FollowerTooSlowException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="height">The first block that is missing.</param>
    public FollowerTooSlowException(long height)
        : base($"Block {height} is no longer in memory; read it from the store.")
    {
    }
}
