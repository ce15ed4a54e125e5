using System.Net;
using System.Security.Cryptography;
using Tomada.Cli.Demo;
using Tomada.DeviceApi;
using Tomada.Node.Broker;

namespace Tomada.Cli.Bench;

/// <summary>
/// Debian's Mosquitto in memory alone: a password for each station, pattern rules, nothing on disk
/// and nobody who subscribes to what stations say.
/// </summary>
internal sealed class MosquittoSystem : IAsyncDisposable
{
    private const string Program = "/usr/sbin/mosquitto";
    private readonly ChildProcess _process;

    private MosquittoSystem(ChildProcess process, IPEndPoint endPoint, string[] secrets)
    {
        _process = process;
        EndPoint = endPoint;
        Secrets = secrets;
    }

    public IPEndPoint EndPoint { get; }

    public IReadOnlyList<string> Secrets { get; }

    public int ProcessId => _process.Id;

    /// <summary>Null when it is not installed.</summary>
    public static async Task<MosquittoSystem?> StartAsync(
        string folder, int devices, CancellationToken stop)
    {
        if (!File.Exists(Program))
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        string At(string name) => Path.Combine(folder, name);
        string[] secrets = [.. Enumerable.Range(0, devices).Select(
            _ => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)))];
        await File.WriteAllLinesAsync(
            At("passwords"),
            secrets.Select((secret, number) => MosquittoFiles.PasswordLine(
                BrokerLoad.StationOf(number).User, secret)),
            stop);
        string branch = $"{DeviceAddress.Root}{BrokerLoad.StationOf(0).Company}/";
        await File.WriteAllTextAsync(
            At("acl"), $"pattern write {branch}%u/up/#\npattern read {branch}%u/dn/#\n", stop);
        IPEndPoint endPoint = EtcdSystem.FreePorts(1)[0];
        await File.WriteAllTextAsync(
            At("mosquitto.conf"),
            $"""
            user {Environment.UserName}
            listener {endPoint.Port} 127.0.0.1
            allow_anonymous false
            password_file {At("passwords")}
            acl_file {At("acl")}
            persistence false
            set_tcp_nodelay true
            log_type error
            """,
            stop);
        ChildProcess process = ChildProcess.StartProgram(
            Program, At("mosquitto.log"), "-c", At("mosquitto.conf"));
        return new MosquittoSystem(process, endPoint, secrets);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
