using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// One company's process: everything is made here, in this order, and ends in the reverse.
/// </summary>
public static partial class NodeHost
{
    /// <summary>Runs the node of a data directory until stopped.</summary>
    /// <param name="dataDirectory">Written by <c>tomada init</c>.</param>
    /// <param name="stop">Stops it.</param>
    /// <exception cref="DataDirectoryException">The directory is wrong, or another process uses
    /// it.</exception>
    /// <exception cref="StoreFailedException">A write failed: the node must not go on.</exception>
    public static async Task RunAsync(string dataDirectory, CancellationToken stop)
    {
        if (!NodeConfig.TryLoad(dataDirectory, out NodeConfig? config, out string? why))
        {
            throw new DataDirectoryException(why);
        }

        // Connections and desks hold the identity and the TLS key: with another one all open anew,
        // where they were, for devices know those addresses. So they do far behind the others: a
        // start takes up a snapshot, and nobody in the node has to be told of a jump.
        SnapshotLook look = SnapshotLook.Default;
        while (await RunOnceAsync(dataDirectory, config, look, stop) is { } bound)
        {
            config = config.ListeningAt(bound);
            look = SnapshotLook.After(TimeProvider.System);
        }
    }

    /// <summary>
    /// Runs until stopped; where it listened, when the node must open anew.
    /// </summary>
    private static async Task<NodeEndpoints?> RunOnceAsync(
        string dataDirectory, NodeConfig config, SnapshotLook look, CancellationToken stop)
    {
        using NodeKeys keys = NodeKeys.Load(dataDirectory);
        using NodeStore store = NodeStore.Open(dataDirectory, DeviceService.StoreExtension);
        // A killed process leaves its addresses behind; nobody listens there any more.
        NodeEndpoints.Remove(dataDirectory);
        using CounterTotals totals = new();
        using NodeMetrics metrics = new();
        using ILoggerFactory logs = LoggerFactory.Create(logging => logging
            .AddSimpleConsole(console => console.SingleLine = true)
            .SetMinimumLevel(LogLevel.Information));
        TellSalvaged(store, logs);
        await using PeerNetwork peers = await PeerNetwork.StartAsync(
            config, keys, store, TimeProvider.System, logs.CreateLogger<PeerNetwork>(), stop);
        NodeStatus status = new(config.Company, metrics, totals);
        status.Reachable = () => status.Desk is null
            ? peers.Connected.Select(each => each.Member.Company)
            : peers.Reachable;
        NetworkDesk network = new(config, keys, store, peers, TimeProvider.System);
        status.Network = network;
        await using WebApplication control = await ControlServer.StartAsync(
            config.Control.Listen, ControlToken.LoadOrCreate(dataDirectory), status, stop);
        NodeEndpoints endpoints = new(
            peers.EndPoint.ToString(), HttpServer.EndPointOf(
                control, config.Control.Listen).ToString(), null, null);
        endpoints.Save(dataDirectory);
        try
        {
            await using FoundingService founding = FoundingService.Start(
                PlanOf(config.Network),
                peers,
                keys,
                store,
                TimeProvider.System,
                logs.CreateLogger<FoundingService>());
            network.Opens(founding);
            Genesis genesis = await founding.Founded.WaitAsync(stop);
            return await RunMemberAsync(
                new Member(dataDirectory, config, keys, store, metrics, peers, logs, look),
                founding,
                genesis,
                status,
                endpoints,
                stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Being stopped is how a node ends.
            return null;
        }
        finally
        {
            NodeEndpoints.Remove(dataDirectory);
        }
    }

    private static async Task<NodeEndpoints?> RunMemberAsync(
        Member member,
        FoundingService founding,
        Genesis genesis,
        NodeStatus status,
        NodeEndpoints endpoints,
        CancellationToken stop)
    {
        ReplicationLoop loop = OpenLoop(member, genesis);
        LedgerDesk desk = loop.Desk;
        member.Peers.EnterNetwork(
            genesis.NetworkId, company => KnownCompanies.Find(desk.State, company));
        status.Runs(loop, member.Store);
        await loop.SyncAsync(stop);
        status.Network?.Runs(desk);
        MembershipService membership = new(
            desk,
            member.Config,
            member.Keys,
            loop.LostKey,
            member.Peers,
            TimeProvider.System,
            member.Logs.CreateLogger<MembershipService>());
        using CancellationTokenSource ending =
            CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using DeviceService devices = await DeviceService.StartAsync(
            member.Config.Mqtt, member.DataDirectory, loop, member.Store,
            member.Logs.CreateLogger<DeviceService>(), ending.Token);
        await using PublicApiHost api = await PublicApiHost.StartAsync(
            member.Config.Http.Listen, desk, member.Store, loop.Log,
            member.Metrics, TimeProvider.System, stop: ending.Token);
        status.DevicesRun(devices);
        NodeEndpoints bound = endpoints with
        { Http = api.Endpoint.ToString(), Mqtt = devices.Address };
        bound.Save(member.DataDirectory);
        Task newKeys = membership.RunAsync(ending.Token);
        Task ended = await EndOfFirstAsync(
            [
                loop.RunAsync(ending.Token),
                devices.RunAsync(ending.Token),
                loop.Outlooks.RunAsync(devices.ShownAsync, ending.Token),
                .. WatchOverVotes(loop, member.Logs, ending.Token),
                newKeys,
            ],
            [api.Completion, founding.Completion, member.Store.Malformed, loop.FarAhead],
            ending);
        return ended == newKeys || ended == loop.FarAhead ? bound : null;
    }

    private static ReplicationLoop OpenLoop(Member member, Genesis genesis) =>
        ReplicationLoop.Open(
            genesis,
            member.Config.Company,
            member.Keys,
            member.Store,
            member.Peers,
            TimeProvider.System,
            member.Logs.CreateLogger<ReplicationLoop>(),
            member.Metrics,
            look: member.Look.InNetworkOf(
                TimeProvider.System.GetUtcNow() - genesis.Draft.Time.ToDateTimeOffset(),
                TimeProvider.System));

    private static Task[] WatchOverVotes(
        ReplicationLoop loop, ILoggerFactory logs, CancellationToken stop) =>
    [
        loop.LostKey.RunAsync(
            loop.Desk, () => loop.NetworkHeight, TimeProvider.System, stop),
        new EvidenceReporter(
            loop.Desk,
            loop.Evidence,
            loop.Log.Store,
            TimeProvider.System,
            logs.CreateLogger<EvidenceReporter>()).RunAsync(stop),
    ];

    /// <summary>
    /// Each runs until stopped: the first that ends has failed, and the node with it, but for those
    /// that end when the node must open anew.
    /// </summary>
    private static async Task<Task> EndOfFirstAsync(
        Task[] work, Task[] others, CancellationTokenSource ending)
    {
        try
        {
            Task ended = await Task.WhenAny([.. work, .. others]);
            await ended;
            return ended;
        }
        finally
        {
            // The others end when they are disposed, not by this token: who waited for them here
            // would wait for ever, and a node that failed would never exit.
            await ending.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static FoundingPlan PlanOf(NetworkConfig network) =>
        new(network.Name, network.Founders, Rules.Default, network.Simulated);

    private static void TellSalvaged(NodeStore store, ILoggerFactory logs)
    {
        if (store.Salvaged is { } salvaged)
        {
            ILogger logger = logs.CreateLogger<NodeStore>();
            LogSalvaged(logger, salvaged.Why, salvaged.Folder, salvaged.Rows);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "node.db was malformed ({Why}). It lies in {Folder}; {Rows} rows were taken "
            + "over, blocks that are missing come from the peers, and the voting key counts as "
            + "lost.")]
    private static partial void LogSalvaged(
        ILogger logger, string why, string folder, long rows);

    private sealed record Member(
        string DataDirectory,
        NodeConfig Config,
        NodeKeys Keys,
        NodeStore Store,
        NodeMetrics Metrics,
        PeerNetwork Peers,
        ILoggerFactory Logs,
        SnapshotLook Look);
}
