using System.Net;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Cli.Demo;

/// <summary>One company of the demo: its data directory and its processes.</summary>
internal sealed class DemoCompany : IAsyncDisposable
{
    private readonly string _logFolder;
    private ChildProcess? _node;

    public DemoCompany(CompanyId id, string name, string folder)
    {
        Id = id;
        Name = name;
        Folder = Path.Combine(folder, id.Value);
        _logFolder = folder;
    }

    public CompanyId Id { get; }

    public string Name { get; }

    public string Folder { get; }

    public string DataDirectory => Path.Combine(Folder, "node");

    public NodeEndpoints Endpoints => NodeEndpoints.TryLoad(DataDirectory)
        ?? throw CommandException.Failed(
            $"{Id} has no {NodeEndpoints.FileName}: its node does not run");

    public ControlClient Control => field ??= ControlClient.Open(DataDirectory);

    public PublicClient Public => field ??= new PublicClient(Endpoints.Http!);

    /// <summary>Stations and, at the home company, cars: they live on when the node dies.</summary>
    public List<ChildProcess> Devices { get; } = [];

    /// <summary>Writes configuration and keys: no address of anybody else is in them.</summary>
    public void Init(NetworkConfig network, MulticastConfig multicast)
    {
        IPEndPoint any = new(IPAddress.Loopback, 0);
        NodeConfig config = new(
            Id,
            Name,
            network,
            multicast,
            new ListenConfig(any),
            new MqttConfig(MqttMode.Embedded, any),
            new ListenConfig(any),
            new ListenConfig(any));
        config.Save(DataDirectory);
        NodeKeys.Create(DataDirectory, Id, TimeProvider.System).Dispose();
    }

    private void KeepPorts()
    {
        NodeEndpoints bound = Endpoints;
        if (!NodeConfig.TryLoad(DataDirectory, out NodeConfig? config, out string? why))
        {
            throw CommandException.Configuration(why);
        }

        NodeConfig kept = config with
        {
            Peer = new ListenConfig(IPEndPoint.Parse(bound.Peer!)),
            Mqtt = config.Mqtt with { Listen = IPEndPoint.Parse(bound.Mqtt!) },
            Http = new ListenConfig(IPEndPoint.Parse(bound.Http!)),
            Control = new ListenConfig(IPEndPoint.Parse(bound.Control!)),
        };
        kept.Save(DataDirectory);
    }

    public void StartNode() => _node = ChildProcess.Start(
        Path.Combine(_logFolder, $"{Id}-node.log"), "node", "--data", DataDirectory);

    public void RequireRunning()
    {
        if (_node is { HasExited: true })
        {
            throw CommandException.Failed(
                $"the node of {Id} ended; see {_logFolder}/{Id}-node.log");
        }
    }

    /// <summary>The process id of the node.</summary>
    public int NodeProcessId => _node!.Id;

    /// <summary>Resident memory of the node, in bytes.</summary>
    public long NodeMemory()
    {
        using System.Diagnostics.Process process =
            System.Diagnostics.Process.GetProcessById(_node!.Id);
        return process.WorkingSet64;
    }

    /// <summary>SIGKILL to the node; its devices live on.</summary>
    public async Task KillNodeAsync()
    {
        // Its devices know these ports; a node that comes back listens where it did.
        KeepPorts();
        await _node!.KillAsync();
        await _node.DisposeAsync();
        _node = null;
        // A killed process leaves this behind; what is in it is not true any more.
        File.Delete(Path.Combine(DataDirectory, NodeEndpoints.FileName));
    }

    /// <summary>Submits and requires that the rules accept it.</summary>
    public async Task<SubmitAnswer> SubmitAsync(
        Body body, Latencies latencies, CancellationToken stop)
    {
        SubmitAnswer answer = await latencies.MeasureAsync(() => Control.SubmitAsync(body, stop));
        return answer.Outcome == nameof(OutcomeCode.Applied)
            ? answer
            : throw CommandException.Failed($"{Id}: {body.Kind} was {answer.Explanation}");
    }

    /// <summary>Starts a process of the company's devices.</summary>
    public ChildProcess StartDevices(
        string command, string configFile, params ReadOnlySpan<string> more)
    {
        ChildProcess devices = ChildProcess.Start(
            Path.ChangeExtension(configFile, ".log"), [command, "--config", configFile, .. more]);
        Devices.Add(devices);
        return devices;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Devices.Select(each => each.DisposeAsync().AsTask()));
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }
}
