using System.Globalization;
using System.Net;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Tomada.Bench.DotNext;

// One member of a Raft cluster of DotNext.Net.Cluster over TCP on loopback.
// Arguments: its place from 0, the members' ports separated by commas, the port of its clients, its
// folder.
if (args is not [{ } place, { } members, { } clients, { } folder])
{
    await Console.Error.WriteLineAsync("usage: PLACE RAFT-PORT,RAFT-PORT,… CLIENT-PORT FOLDER");
    return 2;
}

IPEndPoint[] ports = [.. members.Split(',').Select(OnLoopback)];
using CancellationTokenSource ending = new();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    ending.Cancel();
};

await using Values values = new(Directory.CreateDirectory(Path.Combine(folder, "values")));
await using WriteAheadLog log = new(
    new WriteAheadLog.Options { Location = Path.Combine(folder, "log") },
    values);
RaftCluster.TcpConfiguration options =
    new(ports[int.Parse(place, CultureInfo.InvariantCulture)])
    {
        ConfigurationStorage = new Members(ports),
        ColdStart = false,
    };
await using RaftCluster cluster = new(options) { AuditTrail = log };
await values.RestoreAsync(ending.Token);
await log.InitializeAsync(ending.Token);
await cluster.StartAsync(ending.Token);
await new Server(cluster).RunAsync(OnLoopback(clients), ending.Token);
await cluster.StopAsync(CancellationToken.None);
return 0;

static IPEndPoint OnLoopback(string port) =>
    new(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
