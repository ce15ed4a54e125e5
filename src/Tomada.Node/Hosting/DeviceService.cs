using System.Net;
using System.Text.Json;
using Tomada.Node.Devices;
using Tomada.Node.Outlooks;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Routing;

namespace Tomada.Node;

/// <summary>The device side of the node, joined to the ledger's desk.</summary>
internal sealed class DeviceService : IAsyncDisposable
{
    /// <summary>
    /// The files of the region that trips are planned in lie here, beside the program, unless the
    /// company has a road graph in its data directory.
    /// </summary>
    private const string RegionFolder = "DemoData";

    private readonly DeviceDesks _desks;

    private DeviceService(DeviceDesks desks) => _desks = desks;

    /// <summary>The tables that the store keeps for it.</summary>
    public static StoreExtension StoreExtension => DeviceStore.Extension;

    /// <summary>Where devices connect, or the node does when the broker is run elsewhere.</summary>
    public string Address => _desks.Broker.Address;

    public static async Task<DeviceService> StartAsync(
        Configuration.MqttConfig mqtt,
        string dataDirectory,
        ReplicationLoop loop,
        NodeStore store,
        ILogger logger,
        CancellationToken stop) =>
        new(await DeviceDesks.StartAsync(
            new DeviceDesksOptions
            {
                Ledger = DeskLedger.Of(loop.Desk),
                Store = store,
                DataDirectory = dataDirectory,
                Listen = mqtt.Listen ?? new(IPAddress.Loopback, 0),
                External = mqtt.External?.Read(dataDirectory),
                ListenTls = mqtt.Tls,
                ListenWebSocket = mqtt.WebSocket,
                Logger = logger,
                Receipts = new TripReceipts(loop.Desk, loop.Log, store).FindAsync,
                Owners = OwnersWord.Of(loop.Outlooks),
                Roads = ReadGraph(dataDirectory)
                    ?? LoadRoads(Path.Combine(AppContext.BaseDirectory, RegionFolder)),
            },
            stop));

    public Task RunAsync(CancellationToken stop) => _desks.RunAsync(stop);

    /// <summary>Who may connect.</summary>
    public DeviceRegistry Registry => _desks.Registry;

    /// <summary>Everything that this company knows of one trip; null of an unknown one.</summary>
    public TimelineAnswer? Timeline(TripId trip, CancellationToken stop) =>
        _desks.Timeline.Find(trip, stop);

    /// <summary>What the company's stations show now.</summary>
    public Task<IReadOnlyList<StationShown>> ShownAsync(CancellationToken stop) =>
        _desks.StationsAsync(stop);

    /// <summary>The company's stations as the node sees them now.</summary>
    public async Task<StationAnswer[]> StationsAsync(CancellationToken stop) =>
        [.. (await _desks.StationsAsync(stop)).Select(station => new StationAnswer(
            station.Id,
            station.IsOnline,
            [.. station.Evses.Select(evse => new StationEvseAnswer(
                evse.Evse.Name,
                EnumNames.UpperSnake(evse.Shown.Status.ToString()),
                evse.Shown.Reservation?.ToString(),
                [.. evse.Acknowledged.Select(leg => leg.ToString())]))]))];

    public ValueTask DisposeAsync() => _desks.DisposeAsync();

    private static RoadGraph? LoadRoads(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        if (ReadGraph(folder) is { } read)
        {
            return read;
        }

        return RoadGraph.TryBuild(
            Read(folder, "cities.json", RegionFiles.Places),
            Read(folder, "roads.json", RegionFiles.Roads),
            out RoadGraph? graph,
            out string? why)
            ? graph
            : throw new DataDirectoryException($"{folder}: {why}");
    }

    /// <summary>The sealed road graph of a folder; null when it has none.</summary>
    private static RoadGraph? ReadGraph(string folder)
    {
        string file = Path.Combine(folder, RoadGraphFile.Name);
        return !File.Exists(file) ? null
            : RoadGraphFile.TryRead(
                File.ReadAllBytes(file), out RoadGraph? read, out string? damaged)
                ? read
                : throw new DataDirectoryException($"{file}: {damaged}");
    }

    private static T Read<T>(string folder, string name, Codec<T> codec)
    {
        string path = Path.Combine(folder, name);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return codec.TryReadJson(document.RootElement, out T? value, out string? why)
            ? value
            : throw new DataDirectoryException($"{path}: {why}");
    }
}
