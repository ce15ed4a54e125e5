using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Node.Peers;

/// <summary>
/// The other companies' nodes: found by multicast, seeds and each other, connected by mutual TLS,
/// proven by a handshake.
/// To the rest of the node a peer is "send bytes to company X" and "bytes came from company X".
/// A frame may be lost whenever a stream breaks or a queue overflows; who needs it sends again.
/// </summary>
public sealed partial class PeerNetwork : IPeerChannel, IAsyncDisposable
{
    private readonly NodeConfig _config;
    private readonly NodeKeys _keys;
    private readonly NodeStore _store;
    private readonly TimeProvider _wall;
    private readonly ILogger _log;
    private readonly SignedMember _self;
    private readonly Invitation _invitation;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<CompanyId, PeerLink> _links = [];
    private readonly Lock _telling = new();
    private readonly List<Task> _tasks = [];
    private readonly IncomingQueues _incoming = new();
    private readonly RefusalLog _refusals;
    private readonly Channel<FoundingFrame> _founding = Channel.CreateBounded<FoundingFrame>(
        new BoundedChannelOptions(PeerLimits.FoundingIncomingMax)
        { FullMode = BoundedChannelFullMode.DropWrite },
        _ => PeerMetrics.FramesDropped(1));

    private volatile Joined? _joined;
    private ImmutableSortedSet<CompanyId> _told = [];
    private WebApplication? _server;
    private MulticastSocket? _multicast;

    private PeerNetwork(
        NodeConfig config, NodeKeys keys, NodeStore store,
        TimeProvider wall, ILogger<PeerNetwork> log)
    {
        _config = config;
        _keys = keys;
        _store = store;
        _wall = wall;
        _log = log;
        _refusals = new RefusalLog(log, wall);
        _known = new KnownPeers(company => _joined?.MemberOf(company) is not null, wall);
        _self = keys.SignedMember(config.Company, config.Name);
        _invitation = new Invitation(config.Network);
    }

    /// <summary>Where the peer endpoint really listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>
    /// What members send, each in turn, and changes of who is reachable; one reader.
    /// </summary>
    public ChannelReader<PeerEvent> Incoming => _incoming;

    /// <summary>
    /// Members with a live stream now, without this company; none before the network is entered.
    /// </summary>
    public ImmutableSortedSet<CompanyId> Reachable
    {
        get
        {
            lock (_gate)
            {
                return [.. _links.Values.Where(IsMember).Select(link => link.Company)];
            }
        }
    }

    /// <summary>Milliseconds to reachable members and back, where they are known.</summary>
    public ImmutableSortedDictionary<CompanyId, int> RoundTripsMs
    {
        get
        {
            lock (_gate)
            {
                return _links.Values
                    .Where(each => IsMember(each) && each.Pulse.RoundTripMs is not null)
                    .ToImmutableSortedDictionary(
                        each => each.Company, each => each.Pulse.RoundTripMs!.Value);
            }
        }
    }

    /// <summary>This company's signed record.</summary>
    public SignedMember Self => _self;

    /// <summary>Founding messages that arrived; one reader.</summary>
    internal ChannelReader<FoundingFrame> Founding => _founding.Reader;

    /// <summary>Everybody with a live stream: invited candidates and members.</summary>
    internal IReadOnlyList<SignedMember> Connected
    {
        get
        {
            lock (_gate)
            {
                return [.. _links.Values.Select(link => link.Member)];
            }
        }
    }

    /// <summary>Listens, announces, and starts to connect.</summary>
    /// <exception cref="DataDirectoryException">The configured interface does not
    /// exist.</exception>
    /// <exception cref="IOException">The peer endpoint cannot be bound.</exception>
    public static async Task<PeerNetwork> StartAsync(
        NodeConfig config,
        NodeKeys keys,
        NodeStore store,
        TimeProvider wall,
        ILogger<PeerNetwork> log,
        CancellationToken stop)
    {
        PeerNetwork network = new(config, keys, store, wall, log);
        try
        {
            network._multicast =
                config.Multicast is null ? null : new MulticastSocket(config.Multicast);
            (network._server, network.EndPoint) =
                await PeerServer.StartAsync(
                    config.Peer.Listen,
                    keys,
                    new Admissions(wall, network._refusals.Connection),
                    network.RunStreamAsync,
                    stop).ConfigureAwait(false);
            network.RecallEndPoints();
            network.Run(network.AnnounceAsync());
            if (network._multicast is not null)
            {
                network.Run(network.ListenAsync(network._multicast));
            }

            foreach (HostPort seed in config.Seeds ?? [])
            {
                network.Run(network.KeepSeedAsync(seed));
            }

            return network;
        }
        catch
        {
            await network.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// From now on replication frames pass between this node and the network's members.
    /// </summary>
    /// <param name="network">The hash of the genesis.</param>
    /// <param name="memberOf">The ledger's member of an id, from any thread; null for
    /// strangers.</param>
    public void EnterNetwork(Digest network, Func<CompanyId, MemberRecord?> memberOf)
    {
        _joined = new Joined(new NetworkId(network), memberOf);
        TellReachable();
    }

    /// <summary>Dials an endpoint that nobody announced, as an invitation names them.</summary>
    public void AddSeed(HostPort seed) => Run(KeepSeedAsync(seed));

    /// <summary>
    /// Whom the ledger knows has changed: frames pass between this node and who is known by now.
    /// </summary>
    public void KnownChanged() => TellReachable();

    /// <summary>Queues bytes for a member; false when it has no live stream.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are more than a frame may
    /// have.</exception>
    public bool TrySend(CompanyId to, ReadOnlyMemory<byte> bytes) =>
        TrySend(to, FrameOf(FrameKind.Replication, bytes), member: true);

    /// <summary>Queues bytes for every reachable member.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are more than a frame may
    /// have.</exception>
    public void Broadcast(ReadOnlyMemory<byte> bytes)
    {
        byte[] frame = FrameOf(FrameKind.Replication, bytes);
        foreach (CompanyId company in Reachable)
        {
            TrySend(company, frame, member: true);
        }
    }

    /// <summary>Queues bytes for a member, or for every reachable one when null.</summary>
    public void Send(CompanyId? to, ReadOnlyMemory<byte> message)
    {
        if (to is { } company)
        {
            TrySend(company, message);
        }
        else
        {
            Broadcast(message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _multicast?.Dispose();
        if (_server is not null)
        {
            await _server.StopAsync().ConfigureAwait(false);
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        Task[] tasks;
        lock (_gate)
        {
            tasks = [.. _tasks];
        }

        await Task.WhenAll(tasks).ConfigureAwait(false);
        _incoming.End();
        _founding.Writer.TryComplete();
    }

    /// <summary>Queues a founding message for anybody connected.</summary>
    internal bool TrySendFounding(CompanyId to, ReadOnlyMemory<byte> bytes) =>
        TrySend(to, FrameOf(FrameKind.Founding, bytes), member: false);

    private static byte[] FrameOf(FrameKind kind, ReadOnlyMemory<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            bytes.Length, PeerLimits.FrameBytesMax - 1, nameof(bytes));
        byte[] frame = new byte[bytes.Length + 1];
        frame[0] = (byte)kind;
        bytes.Span.CopyTo(frame.AsSpan(1));
        return frame;
    }

    /// <summary>What runs until the node stops, or ends by itself.</summary>
    private void Run(Task task)
    {
        lock (_gate)
        {
            _tasks.RemoveAll(each => each.IsCompletedSuccessfully);
            _tasks.Add(task);
        }
    }

    private bool TrySend(CompanyId to, byte[] frame, bool member)
    {
        PeerLink? link;
        lock (_gate)
        {
            link = _links.GetValueOrDefault(to);
        }

        if (link is null || (member && !IsMember(link)))
        {
            return false;
        }

        link.Queue.Enqueue(frame);
        return true;
    }

    private bool IsMember(PeerLink link) =>
        _joined?.MemberOf(
            link.Company) is { } known && Handshake.SameKeys(known, link.Member.Member);

    private void TellReachable()
    {
        // One at a time, so that the last set told is the newest.
        lock (_telling)
        {
            ImmutableSortedSet<CompanyId> now = Reachable;
            if (!now.SetEquals(_told))
            {
                _told = now;
                _incoming.Tell(now);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected with {Company}")]
    private partial void LogConnected(CompanyId company);

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection with {Company} ended")]
    private partial void LogEnded(CompanyId company);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "{Setting} {Name} has no address: {Problem}")]
    private partial void LogUnresolved(string setting, HostPort name, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Multicast: {Problem}")]
    private partial void LogMulticast(string problem);
}
