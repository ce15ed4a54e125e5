using System.Collections.Immutable;
using System.Threading.Channels;
using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Outlooks;

/// <summary>The company's stations as its desks see them now.</summary>
internal delegate Task<IReadOnlyList<StationShown>> ReadStations(CancellationToken stop);

/// <summary>
/// Tells the other companies how this one's EVSEs are and which of their next slots are taken, and
/// keeps what they tell: advice for who plans. The ledger alone decides. Beside the loop.
/// </summary>
internal sealed partial class OutlookDesk
{
    /// <summary>How long who charges without a reservation is reckoned to stay.</summary>
    public static readonly TimeSpan WalkInMax = TimeSpan.FromMinutes(30);

    /// <summary>How often own EVSEs are looked at; what changed is told at once.</summary>
    public static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);

    /// <summary>How often everything is told although nothing changed.</summary>
    public static readonly TimeSpan TellPeriod = TimeSpan.FromSeconds(30);

    /// <summary>How long a word is good for: two rounds may be lost.</summary>
    public static readonly TimeSpan Validity = 3 * TellPeriod;

    /// <summary>How long a plan waits for the owners' newest word, in wall time.</summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromMilliseconds(300);

    /// <summary>Messages of peers that wait; a further one is dropped.</summary>
    private const int InputsMax = 256;

    private readonly LedgerDesk _desk;
    private readonly SignMessage _sign;
    private readonly IPeerChannel _peers;
    private readonly TimeProvider _wall;
    private readonly ILogger _logger;
    private readonly SortedDictionary<CompanyId, PeerSecond> _seconds = [];
    private readonly Channel<OutlookInput> _inputs = Channel.CreateBounded<OutlookInput>(
        new BoundedChannelOptions(InputsMax) { SingleReader = true });

    private OutlookBook _book = OutlookBook.Empty;
    private ImmutableSortedDictionary<CompanyId, long> _newest =
        ImmutableSortedDictionary<CompanyId, long>.Empty;

    private long _words;
    private TaskCompletionSource _moved = NewSignal();
    private ImmutableArray<EvseOutlook> _told = [];
    private long _toldMs = long.MinValue / 2;

    public OutlookDesk(
        LedgerDesk desk, SignMessage sign, IPeerChannel peers, TimeProvider wall, ILogger logger)
    {
        (_desk, _sign, _peers) = (desk, sign, peers);
        (_wall, _logger) = (wall, logger);
    }

    /// <summary>What is believed now; any thread.</summary>
    public OutlookView View => new(Volatile.Read(ref _book), NowMs());

    /// <summary>Completes when a word was taken; take it before looking.</summary>
    public Task Moved => Volatile.Read(ref _moved).Task;

    /// <summary>Takes what peers ask or say; what is too much is dropped.</summary>
    public void Hear(ImmutableArray<OutlookInput> inputs)
    {
        foreach (OutlookInput input in inputs)
        {
            _inputs.Writer.TryWrite(input);
        }
    }

    /// <summary>
    /// Asks the owners of EVSEs how these are now, and waits for their words, not longer than
    /// <see cref="AnswerMax"/>. Any thread.
    /// </summary>
    /// <param name="evses">Of any companies; own ones need no question.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The owners that did not answer in time.</returns>
    public async Task<ImmutableSortedSet<CompanyId>> AskAsync(
        IEnumerable<EvseId> evses, CancellationToken stop)
    {
        long before = Volatile.Read(ref _words);
        ImmutableSortedSet<CompanyId> silent = [];
        foreach (IGrouping<CompanyId, EvseId> owner in evses.Distinct()
            .Where(evse => evse.Company != _desk.Self)
            .GroupBy(evse => evse.Company))
        {
            silent = silent.Add(owner.Key);
            Send(owner.Key, new PeerMessage.OutlookAsked(
                [.. owner.Order().Take(OutlookLimits.AskedMax)]));
        }

        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task deadline = Task.Delay(AnswerMax, _wall, late.Token);
        while (true)
        {
            Task moved = Moved;
            silent = [.. silent.Where(owner => !IsHeard(owner, before))];
            if (silent.IsEmpty || await Task.WhenAny(moved, deadline) == deadline)
            {
                await late.CancelAsync();
                stop.ThrowIfCancellationRequested();
                return silent;
            }
        }
    }

    /// <summary>Runs until stopped.</summary>
    /// <param name="stations">Own ones.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(ReadStations stations, CancellationToken stop)
    {
        Task heard = Task.CompletedTask;
        using PeriodicTimer timer = new(LookPeriod, _wall);
        Task tick = timer.WaitForNextTickAsync(stop).AsTask();
        while (true)
        {
            heard = heard.IsCompleted ? _inputs.Reader.WaitToReadAsync(stop).AsTask() : heard;
            await Task.WhenAny(heard, tick);
            stop.ThrowIfCancellationRequested();
            if (tick.IsCompleted)
            {
                await LookAsync(stations, stop);
                tick = timer.WaitForNextTickAsync(stop).AsTask();
            }

            while (_inputs.Reader.TryRead(out OutlookInput? input))
            {
                await TakeAsync(input, stations, stop);
            }
        }
    }

    private bool IsHeard(CompanyId owner, long before) =>
        Volatile.Read(ref _newest).TryGetValue(owner, out long word) && word > before;

    /// <summary>Looks at the own EVSEs, and tells all when that is due.</summary>
    private async Task LookAsync(ReadStations stations, CancellationToken stop)
    {
        (ImmutableArray<EvseOutlook> own, SlotGrid slots) =
            await MakeAsync(stations, asked: null, stop);
        bool isDue = NowMs() - _toldMs >= TellPeriod.TotalMilliseconds;
        SortedDictionary<EvseId, EvseOutlook> told = new(_told.ToDictionary(each => each.Evse));
        ImmutableArray<EvseOutlook> news = isDue
            ? own
            : [.. own.Where(each => !IsSame(each, told.GetValueOrDefault(each.Evse)))];
        if (news.IsEmpty)
        {
            return;
        }

        _told = own;
        _toldMs = isDue ? NowMs() : _toldMs;
        foreach (EvseOutlook[] part in news.Chunk(OutlookLimits.EvsesPerWordMax))
        {
            OutlookContent content = Say(slots, part);
            Keep(_desk.Self, content);
            Send(null, new PeerMessage.OutlookSaid(Sign(content)));
        }
    }

    private async Task TakeAsync(OutlookInput input, ReadStations stations, CancellationToken stop)
    {
        if (!SecondOf(input.From).Allows(NowMs()))
        {
            return;
        }

        switch (input.Message)
        {
            case PeerMessage.OutlookSaid said:
                Read(input.From, said.Word);
                break;
            case PeerMessage.OutlookAsked asked:
                (ImmutableArray<EvseOutlook> own, SlotGrid slots) =
                    await MakeAsync(stations, asked.Evses, stop);
                if (!own.IsEmpty)
                {
                    Send(input.From, new PeerMessage.OutlookSaid(Sign(Say(slots, [.. own]))));
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException(input.ToString());
        }
    }

    private void Read(CompanyId from, OutlookWord word)
    {
        LedgerState state = _desk.State;
        if (!state.Members.TryGetValue(from, out MemberRecord? member))
        {
            return;
        }

        if (!word.TryRead(
            state.Network, from, member.IdentityKey, Ed25519.Verify,
            out OutlookContent? content, out string? why))
        {
            LogRefused(_logger, from, why);
            return;
        }

        Keep(from, content);
    }

    private void Keep(CompanyId owner, OutlookContent content)
    {
        Volatile.Write(ref _book, _book.With(content, _desk.State.Evses, NowMs()));
        long word = Interlocked.Increment(ref _words);
        Volatile.Write(ref _newest, _newest.SetItem(owner, word));
        Interlocked.Exchange(ref _moved, NewSignal()).SetResult();
    }

    private async Task<(ImmutableArray<EvseOutlook> Own, SlotGrid Slots)> MakeAsync(
        ReadStations stations, IEnumerable<EvseId>? asked, CancellationToken stop)
    {
        IReadOnlyList<StationShown> shown = await stations(stop);
        LedgerState state = _desk.State;
        Timestamp now = _desk.Now();
        SlotGrid slots = SlotGrid.At(now, state.Rules.GridMs);
        return (OutlookMaker.Make(_desk.Self, state, shown, now, slots, asked), slots);
    }

    private OutlookContent Say(SlotGrid slots, EvseOutlook[] evses) => new(
        _desk.WallNow(), (int)Validity.TotalMilliseconds, slots.From, slots.SlotMs, [.. evses]);

    private OutlookWord Sign(OutlookContent content) =>
        OutlookWord.Sign(_desk.State.Network, content, _sign);

    private PeerSecond SecondOf(CompanyId from)
    {
        if (!_seconds.TryGetValue(from, out PeerSecond? second))
        {
            _seconds[from] = second = new PeerSecond();
        }

        return second;
    }

    private static bool IsSame(EvseOutlook one, EvseOutlook? other) =>
        other is not null
        && one.Condition == other.Condition
        && one.Taken.AsSpan().SequenceEqual(other.Taken);

    private void Send(CompanyId? to, PeerMessage message) =>
        _peers.Send(to, PeerMessage.Codec.Encode(message));

    private long NowMs() => _wall.MonotonicMs();

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{From} said of its EVSEs: {Why}.")]
    private static partial void LogRefused(ILogger logger, CompanyId from, string why);

    private sealed class PeerSecond
    {
        private long _endsMs = long.MinValue;
        private int _messages;

        public bool Allows(long nowMs)
        {
            if (nowMs >= _endsMs)
            {
                (_endsMs, _messages) = (nowMs + ReplicationLimits.SecondMs, 0);
            }

            return ++_messages <= OutlookLimits.MessagesPerSecondMax;
        }
    }
}
