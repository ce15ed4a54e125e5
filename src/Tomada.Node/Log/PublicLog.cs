using System.Collections.Immutable;
using System.Threading.Channels;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>
/// The public log: its tree, and the heads that the members cosign. Beside the loop, so that no
/// decision waits for it. Always in this order: the record is written and synced, then the head is
/// signed, then the word is sent.
/// </summary>
public sealed partial class PublicLog
{
    private readonly CompanyId _self;
    private readonly NodeKeys _keys;
    private readonly IPeerChannel _peers;
    private readonly TimeProvider _wall;
    private readonly ILogger _logger;
    private readonly LedgerDesk _desk;
    private readonly LogKeeper _keeper;
    private readonly HeadDesk _heads;
    private readonly Channel<LedgerState> _stands = Channel.CreateBounded<LedgerState>(
        new BoundedChannelOptions(LogLimits.StandsMax) { SingleReader = true });

    private readonly Channel<HeadInput> _heard = Channel.CreateBounded<HeadInput>(
        new BoundedChannelOptions(LogLimits.HeadInputsMax) { SingleReader = true });

    private readonly Channel<WitnessAsked> _asked = Channel.CreateBounded<WitnessAsked>(
        new BoundedChannelOptions(LogLimits.WitnessMax) { SingleReader = true });

    private readonly SortedDictionary<CompanyId, PeerSecond> _seconds = [];
    private CosignedHead? _newest;
    private CosignedHead? _unkept;
    private TaskCompletionSource _moved = NewSignal();
    private long _keptAtMs;
    private bool _saidBlocked;

    internal PublicLog(
        LedgerDesk desk,
        NodeKeys keys,
        NodeStore store,
        IPeerChannel peers,
        TimeProvider wall,
        ILogger logger)
    {
        (_desk, _self, _keys, _peers) = (desk, desk.Self, keys, peers);
        (_wall, _logger) = (wall, logger);
        _keeper = new LogKeeper(desk, store, logger);
        Store = new HeadStore(store);
        Digest network = desk.State.Network;
        _heads = new HeadDesk(
            _self, network, Ed25519.Verify, (level, index) => _keeper.View.Read(level, index));
        Checkpoint? record = Store.ReadRecordOrForget(network, out bool wasDamaged);
        if (wasDamaged)
        {
            LogForgotten(_logger);
        }

        _heads.Restore(record, Store.ReadHeads(1));
        _newest = _heads.Newest;
    }

    /// <summary>The newest head that a quorum cosigned; null before the first.</summary>
    public CosignedHead? Newest => Volatile.Read(ref _newest);

    /// <summary>Completes when <see cref="Newest"/> changes; take it before looking.</summary>
    public Task Moved => Volatile.Read(ref _moved).Task;

    /// <summary>Why this company cosigns nothing any more; null when it does.</summary>
    public string? Blocked => _heads.Blocked;

    /// <summary>The tree.</summary>
    internal LogView View => _keeper.View;

    /// <summary>The tree's blocks.</summary>
    internal LogKeeper Keeper => _keeper;

    /// <summary>What is written down.</summary>
    internal HeadStore Store { get; }

    /// <summary>Waits for a head with a quorum that holds an entry.</summary>
    /// <param name="index">Log index.</param>
    /// <param name="wait">How long, in wall time; zero only looks.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Null when there is none in time.</returns>
    internal async Task<CosignedHead?> CosignedAsync(
        long index, TimeSpan wait, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(wait);
        while (true)
        {
            Task moved = Moved;
            if (Newest is { } newest && newest.Head.Size > index
                && View.Size >= newest.Head.Size)
            {
                return newest;
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

    /// <summary>Takes what a peer asks or says of heads; what is too much is dropped.</summary>
    internal void Hear(ImmutableArray<HeadInput> inputs)
    {
        foreach (HeadInput input in inputs)
        {
            _heard.Writer.TryWrite(input);
        }
    }

    /// <summary>
    /// Cosigns a head for a stranger, if it is an end of a block of this log and not smaller than
    /// what was signed before; null when it may not be signed now.
    /// </summary>
    internal async Task<HeadCosignature?> WitnessAsync(Checkpoint head, CancellationToken stop)
    {
        WitnessAsked asked = new(head);
        return _asked.Writer.TryWrite(asked) ? await asked.Answer.Task.WaitAsync(stop) : null;
    }

    /// <summary>The largest head that was ever signed, from disk; null before the first.</summary>
    internal Checkpoint? Record => Store.ReadRecord(_desk.State.Network);

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource ending =
            CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] work =
        [
            _keeper.RunAsync(_stands.Writer.WriteAsync, ending.Token),
            StepAsync(ending.Token),
        ];
        try
        {
            await await Task.WhenAny(work);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested && _unkept is { } head)
            {
                Store.Keep(head);
            }
        }
    }

    private async Task StepAsync(CancellationToken stop)
    {
        Task stands = Task.CompletedTask;
        Task heard = Task.CompletedTask;
        Task asked = Task.CompletedTask;
        while (true)
        {
            // A wait that has not ended yet is kept, as in the loop.
            stands = stands.IsCompleted ? _stands.Reader.WaitToReadAsync(stop).AsTask() : stands;
            heard = heard.IsCompleted ? _heard.Reader.WaitToReadAsync(stop).AsTask() : heard;
            asked = asked.IsCompleted ? _asked.Reader.WaitToReadAsync(stop).AsTask() : asked;
            using CancellationTokenSource woken =
                CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(
                stands, heard, asked, Task.Delay(UntilWake(), _wall, woken.Token));
            await woken.CancelAsync();
            stop.ThrowIfCancellationRequested();
            Step();
        }
    }

    private TimeSpan UntilWake()
    {
        long wakeMs = Math.Min(
            _heads.WakeAtMs,
            _unkept is null ? long.MaxValue : KeepAtMs);
        return TimeSpan.FromMilliseconds(Math.Clamp(wakeMs - NowMs(), 0, 1_000));
    }

    private long KeepAtMs => _keptAtMs + (long)LogLimits.KeepHeadsPeriod.TotalMilliseconds;

    private void Step()
    {
        while (_stands.Reader.TryRead(out LedgerState? state))
        {
            _heads.Stand(state, NowMs());
        }

        while (_heard.Reader.TryRead(out HeadInput? input))
        {
            Take(input);
        }

        foreach (CompanyId member in _heads.Asked(NowMs()))
        {
            Send(member, new PeerMessage.HeadsAsked());
        }

        while (_heads.Due(NowMs()) is { } due && Sign(due) is not null)
        {
            // The next one, if there is one by now.
        }

        while (_asked.Reader.TryRead(out WitnessAsked? asked))
        {
            asked.Answer.SetResult(Witness(asked.Head));
        }

        Tell();
        Publish();
    }

    /// <summary>The company's word for a head; null when it may not give it.</summary>
    private HeadCosignature? Sign(CosignedHead due)
    {
        // With the key that is in force after the block. One that was rotated is loaded soon.
        bool isKey = due.Governance.Members.Any(each =>
            each.Company == _self && each.IdentityKey == _keys.IdentityKey);
        if (!isKey || !Store.TryRecord(due.Head, _unkept))
        {
            return null;
        }

        (_unkept, _keptAtMs) = (null, NowMs());
        HeadCosignature word = HeadCosignature.Sign(
            due.Head, _self, _wall.GetUtcNow().ToUnixTimeSeconds(), _keys.SignIdentity);
        _heads.Signed(word, _keys.IdentityKey);
        Send(null, new PeerMessage.Cosigned(false, [word]));
        return word;
    }

    private HeadCosignature? Witness(Checkpoint head)
    {
        if (!_heads.MaySign() || _heads.EndAt(head.Size) is not { } end || end.Head != head)
        {
            return null;
        }

        return end.Cosignatures.GetValueOrDefault(_self) ?? Sign(end);
    }

    private void Take(HeadInput input)
    {
        if (!_seconds.TryGetValue(input.From, out PeerSecond? second))
        {
            _seconds[input.From] = second = new PeerSecond();
        }

        if (!second.Allows(NowMs()))
        {
            return;
        }

        switch (input.Message)
        {
            case PeerMessage.HeadsAsked:
                Send(input.From, _heads.AnswerTo(input.From));
                break;
            case PeerMessage.Cosigned words:
                int wrong = _heads.Hear(input.From, words);
                second.Wrong += wrong;
                if (wrong > 0)
                {
                    LogWrong(_logger, input.From, wrong);
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException(input.ToString());
        }
    }

    /// <summary>Shows what does not fit, and keeps what convicts.</summary>
    private void Tell()
    {
        foreach (HeadCosignature foreign in _heads.TakeShown())
        {
            LogForeign(_logger, foreign.Company, foreign.Head.Size, foreign.Head.Root);
            Send(null, new PeerMessage.Cosigned(false, [foreign]));
        }

        foreach (TwoHeads found in _heads.TakeFound())
        {
            LogFound(_logger, found.Guilty, found.First.Size, found.Second.Size);
            Store.KeepFound(found);
        }

        if (_heads.Blocked is { } why && !_saidBlocked)
        {
            _saidBlocked = true;
            LogBlocked(_logger, why);
        }
    }

    private void Publish()
    {
        CosignedHead? newest = _heads.Newest;
        if (!ReferenceEquals(newest, _newest))
        {
            _unkept = newest;
            Volatile.Write(ref _newest, newest);
            Interlocked.Exchange(ref _moved, NewSignal()).SetResult();
        }

        if (_unkept is not null && NowMs() >= KeepAtMs)
        {
            Store.Keep(_unkept);
            (_unkept, _keptAtMs) = (null, NowMs());
        }
    }

    private void Send(CompanyId? to, PeerMessage message) =>
        _peers.Send(to, PeerMessage.Codec.Encode(message));

    private long NowMs() => _wall.MonotonicMs();

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record WitnessAsked(Checkpoint Head)
    {
        public TaskCompletionSource<HeadCosignature?> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What one peer may still say in this second.</summary>
    private sealed class PeerSecond
    {
        private long _endsMs;
        private int _messages;

        public int Wrong { get; set; }

        public bool Allows(long nowMs)
        {
            if (nowMs >= _endsMs)
            {
                (_endsMs, _messages, Wrong) = (nowMs + ReplicationLimits.SecondMs, 0, 0);
            }

            return ++_messages <= CosigningLimits.MessagesPerSecondMax
                && Wrong < CosigningLimits.WrongPerSecondMax;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "{From} sent {Count} cosignatures that nobody signed.")]
    private static partial void LogWrong(ILogger logger, CompanyId from, int count);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Company} cosigned a head of {Size} entries with root {Root}, which is not this "
            + "log's. Keep this store: together with another cosignature it convicts.")]
    private static partial void LogForeign(
        ILogger logger, CompanyId company, long size, Digest root);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Guilty} cosigned two heads that cannot be of one log: {First} and {Second} "
            + "entries.")]
    private static partial void LogFound(
        ILogger logger, CompanyId guilty, long first, long second);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The record of the largest cosigned head does not match its checksum and is "
            + "removed. Nothing is cosigned until a quorum has said what it holds of this "
            + "company.")]
    private static partial void LogForgotten(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "This company cosigns no head any more: {Why}.")]
    private static partial void LogBlocked(ILogger logger, string why);
}
