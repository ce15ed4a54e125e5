using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Recovery;

/// <summary>
/// A network of one company, whose loop is stopped and started again on the same directory. A test
/// may play its peer: what the node sends is kept, and messages can be put in.
/// </summary>
internal sealed class LoneNode : IPeerChannel, ILogger, IAsyncDisposable
{
    /// <summary>A node that runs so long is stuck: it is stopped, and its test fails.</summary>
    private static readonly TimeSpan s_watchdog = TimeSpan.FromSeconds(180);

    private readonly NodeKeys _keys;
    private readonly Genesis _genesis;
    private readonly NodeMetrics _metrics = new();
    private readonly Channel<PeerEvent> _incoming = Channel.CreateBounded<PeerEvent>(1_000);
    private readonly Channel<PeerMessage> _sent = Channel.CreateBounded<PeerMessage>(1_000);
    private readonly CompanyId _self = Self;
    private LoneNode? _other;
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>A company that is no member and follows a founded network.</summary>
    public LoneNode(string directory, LoneNode founder)
    {
        Directory = directory;
        _self = Peer;
        _keys = NodeKeys.Create(directory, Peer, TimeProvider.System);
        _genesis = founder._genesis;
        (_other, founder._other) = (founder, this);
    }

    public LoneNode(string directory)
    {
        Directory = directory;
        _keys = NodeKeys.Create(directory, Self, TimeProvider.System);
        GenesisDraft draft = new(
            "test",
            [_keys.SignedMember(Self, "Alone")],
            Rules.Default,
            new Timestamp(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            Simulated: false);
        _genesis = new Genesis(draft, [_keys.SignIdentity(draft.SignedMessage())]);
    }

    public static CompanyId Self { get; } = CompanyId.Parse("br-aaa");

    public static CompanyId Peer { get; } = CompanyId.Parse("br-bbb");

    public string Directory { get; }

    public NodeStore Store { get; private set; } = null!;

    public LedgerDesk Desk { get; private set; } = null!;

    public PublicLog Published { get; private set; } = null!;

    /// <summary>What the node logged, oldest first.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>What the node sends.</summary>
    public ChannelReader<PeerMessage> Sent => _sent.Reader;

    public ChannelReader<PeerEvent> Incoming => _incoming.Reader;

    public void Start(long snapshotEntriesMin)
    {
        ReplicationLoop loop = Open(snapshotEntriesMin);
        Run(loop);
    }

    /// <summary>Opens the loop without running it.</summary>
    public ReplicationLoop Open(long snapshotEntriesMin, SnapshotLook? look = null)
    {
        _stop = new CancellationTokenSource(s_watchdog);
        Store = NodeStore.Open(Directory);
        ReplicationLoop loop = ReplicationLoop.Open(
            _genesis, _self, _keys, Store, this, TimeProvider.System, this, _metrics,
            snapshotEntriesMin, look);
        (Desk, Published) = (loop.Desk, loop.Log);
        return loop;
    }

    public void Run(ReplicationLoop loop)
    {
        CancellationToken stop = _stop.Token;
        _running = Task.Run(() => loop.RunAsync(stop), CancellationToken.None);
    }

    /// <summary>The public API of the running node.</summary>
    public Task<PublicApiHost> ServeAsync() => PublicApiHost.StartAsync(
        new IPEndPoint(IPAddress.Loopback, 0), Desk, Store, Published, _metrics,
        TimeProvider.System);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        Task ended = _running.ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await ended.WaitAsync(s_watchdog);
        Store.Dispose();
        _stop.Dispose();
    }

    /// <summary>Publishes locations until the chain has so many blocks.</summary>
    public async Task GrowAsync(long height)
    {
        while (Desk.State.Height < height)
        {
            _stop.Token.ThrowIfCancellationRequested();
            TransactionResult result = await Desk.SubmitAsync(
                new PutLocation(
                    new LocationId(Self, $"site-{Desk.State.Height}"),
                    "Posto",
                    "BR-324",
                    "Salvador",
                    -12_971_111,
                    -38_510_833,
                    "America/Bahia"),
                _stop.Token);
            // Busy: the node still fetches what it misses.
            Assert.True(
                result.IsApplied || result.End == TransactionEnd.Busy, result.Explain());
        }
    }

    /// <summary>Waits until a head of so many entries has a quorum.</summary>
    public async Task CosignedAsync(long size)
    {
        while (true)
        {
            Task moved = Published.Moved;
            if (Published.Newest?.Head.Size >= size)
            {
                return;
            }

            await moved.WaitAsync(_stop.Token);
        }
    }

    /// <summary>Waits until the node stands at a height.</summary>
    /// <param name="height">At least where it stood when it was started.</param>
    /// <param name="start">Where it stood then.</param>
    public async Task StandsAtAsync(long height, long start)
    {
        await foreach (AppliedBlock block in Desk.FollowAsync(start, _stop.Token))
        {
            if (block.Seal.Height >= height)
            {
                return;
            }
        }
    }

    /// <summary>A stored block as a peer would send it.</summary>
    public ConsensusMessage.Decided Block(long height) => ChainRows.Read(Store, height)!;

    public void Reach(params CompanyId[] peers) => Assert.True(
        _incoming.Writer.TryWrite(new PeerEvent.ReachableChanged([.. peers])));

    public void Receive(PeerMessage message) => Assert.True(_incoming.Writer.TryWrite(
        new PeerEvent.Arrived(Peer, PeerMessage.Codec.Encode(message))));

    /// <summary>The next request for blocks; its first height.</summary>
    public async Task<long> AskedAsync()
    {
        while (true)
        {
            PeerMessage message =
                await Sent.ReadAsync(_stop.Token);
            if (message is PeerMessage.BlockRequest request)
            {
                return request.FromHeight;
            }
        }
    }

    /// <summary>What becomes of a message to the other node; null loses it.</summary>
    public Func<PeerMessage, PeerMessage?> Forge { get; set; } = message => message;

    public void Send(CompanyId? to, ReadOnlyMemory<byte> message)
    {
        PeerMessage decoded = PeerMessage.Codec.Decode(message);
        if (_other is { } other)
        {
            if (Forge(decoded) is { } sent)
            {
                other._incoming.Writer.TryWrite(
                    new PeerEvent.Arrived(_self, PeerMessage.Codec.Encode(sent)));
            }
        }
        else
        {
            _sent.Writer.TryWrite(decoded);
        }
    }

    public bool Said(string text)
    {
        lock (Lines)
        {
            return Lines.Exists(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (Lines)
        {
            Lines.Add(formatter(state, exception));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _metrics.Dispose();
        _keys.Dispose();
    }
}
