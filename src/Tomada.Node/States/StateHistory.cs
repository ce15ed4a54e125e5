using System.Collections.Immutable;
using System.Threading.Channels;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.States;

/// <summary>
/// Proofs of the state after each block of the last <see cref="StateHistoryLimits.Kept"/>, and of
/// each end of a period (docs/decisions/0059). A thread of its own writes it, behind the chain and
/// without syncing, so no vote waits for it. What is lost in a power cut is above the last
/// <see cref="Sync"/>, which comes before each snapshot of the state, so the next start executes
/// those blocks and writes them again.
/// </summary>
public sealed class StateHistory : IDisposable
{
    private readonly StateHistoryFiles _files;
    private readonly Channel<Item> _items;
    private readonly Thread _writer;
    private readonly Lock _starting = new();
    private TaskCompletionSource _moved = NewSignal();
    private long _waitingBytes;
    private string? _failure;
    private bool _isStarted;
    private bool _disposed;

    private StateHistory(StateHistoryFiles files)
    {
        _files = files;
        _items = Channel.CreateBounded<Item>(
            new BoundedChannelOptions(StateHistoryLimits.WaitingBlocksMax)
            {
                SingleReader = true,
            });
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "states" };
    }

    /// <summary>
    /// The oldest height that can be proven and is not the end of a period; null when none can.
    /// </summary>
    public long? Oldest => _files.Oldest;

    /// <summary>The newest height that can be proven; 0 when none can.</summary>
    public long Newest => _files.Newest;

    /// <summary>Heights at which a period ended and that are kept for ever.</summary>
    public IEnumerable<long> PeriodEnds => _files.PeriodEnds;

    /// <summary>Bytes on disk.</summary>
    public long Bytes => _files.Bytes;

    /// <summary>Why nothing is written any more; null while all is well.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>Nodes appended to the newest part since it began, for who measures.</summary>
    internal long Appended => _files.Appended;

    /// <summary>Completes when another height can be proven; take it before looking.</summary>
    public Task Moved => Volatile.Read(ref _moved).Task;

    /// <summary>Opens the directory's history, without what was not synced.</summary>
    /// <param name="dataDirectory">Held by this process.</param>
    /// <param name="partBytesMin">For tests; as in the limits.</param>
    /// <param name="bytesMax">For tests; as in the limits.</param>
    public static StateHistory Open(
        string dataDirectory,
        long partBytesMin = StateHistoryLimits.PartBytesMin,
        long bytesMax = StateHistoryLimits.BytesMax) =>
        new(StateHistoryFiles.Open(dataDirectory, partBytesMin, bytesMax));

    /// <summary>Removes the directory's history; nobody may have it open.</summary>
    public static void Delete(string dataDirectory) => StateHistoryFiles.Delete(dataDirectory);

    /// <summary>
    /// Gives the next block to the writer. When too much waits the block is dropped, and the
    /// history goes on after a gap.
    /// </summary>
    /// <returns>False when it was dropped.</returns>
    public bool Offer(AppliedBlock block)
    {
        long bytes = block.Written.Sum(each => (long)each.Bytes.Length);
        if (Failure is not null
            || Volatile.Read(ref _waitingBytes) + bytes > StateHistoryLimits.WaitingBytesMax)
        {
            return false;
        }

        return Add(new Item(block.After, block.Written, bytes, null));
    }

    /// <summary>The same, but waits while too much waits: for a node that starts.</summary>
    /// <returns>False when it was dropped.</returns>
    public bool OfferPatiently(AppliedBlock block)
    {
        if (Offer(block))
        {
            return true;
        }

        if (Failure is null)
        {
            WaitUntilWritten();
        }

        return Offer(block);
    }

    /// <summary>
    /// Gives the state that a node starts from; nothing happens if its height is known.
    /// </summary>
    public void Stand(LedgerState state)
    {
        if (state.Height > 0)
        {
            Add(new Item(state, null, 0, null));
        }
    }

    /// <summary>Forgets everything, to be written again; returns when it has.</summary>
    public void Clear()
    {
        Request request = new(Sync: true, Clear: true);
        if (Add(new Item(null, null, 0, request)))
        {
            request.Done.Wait();
        }
    }

    /// <summary>
    /// Returns when everything given before survives a power cut, or cannot be written.
    /// </summary>
    public void Sync() => Await(sync: true);

    /// <summary>Returns when everything given before can be proven, or cannot be written.</summary>
    public void WaitUntilWritten() => Await(sync: false);

    /// <summary>Whether the state of the height can be proven now.</summary>
    public bool Has(long height) => _files.Has(height);

    /// <summary>Proves what the state of a height has at a path.</summary>
    /// <param name="height">Of a block.</param>
    /// <param name="path">In the state tree.</param>
    /// <param name="root">The state root that the block's seal names.</param>
    /// <returns>Null when the height is not here.</returns>
    /// <exception cref="StateDamagedException">What is here does not lead to this
    /// root.</exception>
    internal ProvenState? Prove(long height, Digest path, Digest root) =>
        _files.Prove(height, path, root);

    public void Dispose()
    {
        lock (_starting)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        if (_isStarted)
        {
            Add(new Item(null, null, 0, new Request(Sync: true)));
        }

        _items.Writer.TryComplete();
        if (_isStarted)
        {
            _writer.Join();
        }

        _files.Dispose();
    }

    private void Await(bool sync)
    {
        Request request = new(sync);
        if (Add(new Item(null, null, 0, request)))
        {
            request.Done.Wait();
        }
    }

    private bool Add(Item item)
    {
        lock (_starting)
        {
            if (!_isStarted && !_disposed)
            {
                _isStarted = true;
                _writer.Start();
            }
        }

        Interlocked.Add(ref _waitingBytes, item.Bytes);
        while (!_items.Writer.TryWrite(item))
        {
            // Only a request waits for room; a block is dropped.
            if (item.Request is null
                || !_items.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
            {
                Interlocked.Add(ref _waitingBytes, -item.Bytes);
                return false;
            }
        }

        return true;
    }

    private void WriteAll()
    {
        while (_items.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_items.Reader.TryRead(out Item? item))
            {
                if (Failure is null)
                {
                    Write(item);
                }

                Interlocked.Add(ref _waitingBytes, -item.Bytes);
                item.Request?.Done.Set();
            }
        }
    }

    private void Write(Item item)
    {
        try
        {
            if (item.State is { } state)
            {
                _files.Append(state, item.Written);
                Interlocked.Exchange(ref _moved, NewSignal()).SetResult();
            }

            if (item.Request is { Clear: true })
            {
                _files.Clear();
            }

            if (item.Request is { Sync: true })
            {
                _files.Sync();
            }
        }
#pragma warning disable CA1031 // Whatever it is, the chain has it all, and the node goes on.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            // If the disk is full, the next vote says so and stops the node.
            Volatile.Write(ref _failure, failed.Message);
        }
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Request(bool Sync, bool Clear = false)
    {
        public ManualResetEventSlim Done { get; } = new();
    }

    private sealed record Item(
        LedgerState? State, ImmutableArray<StateValue>? Written, long Bytes, Request? Request);
}
