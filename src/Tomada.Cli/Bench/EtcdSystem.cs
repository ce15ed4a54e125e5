using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tomada.Cli.Demo;

namespace Tomada.Cli.Bench;

/// <summary>
/// etcd as its package installs it, each member with a data directory of its own and its disk sync
/// on. Submits with KV.Put over gRPC.
/// </summary>
internal sealed class EtcdSystem : IBenchSystem
{
    /// <summary>Members of every peer: what their own documents measure with.</summary>
    public const int Members = 3;

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private readonly string _folder;
    private readonly IPEndPoint[] _clients;
    private readonly IPEndPoint[] _peers;
    private readonly ChildProcess?[] _running = new ChildProcess?[Members];
    private readonly HttpClient _http = new();

    private EtcdSystem(string folder, string version)
    {
        _folder = folder;
        Name = $"etcd {version}";
        IPEndPoint[] free = FreePorts(2 * Members);
        _clients = free[..Members];
        _peers = free[Members..];
    }

    public string Name { get; }

    public int Nodes => Members;

    /// <summary>The installed etcd; null, and how to install it, when there is none.</summary>
    public static EtcdSystem? Find(string folder, out string missing)
    {
        missing = "etcd is not installed: apt-get install etcd-server";
        try
        {
            using Process version = Process.Start(new ProcessStartInfo("etcd", "--version")
            {
                RedirectStandardOutput = true,
            })!;
            string first = version.StandardOutput.ReadLine() ?? "";
            version.StandardOutput.ReadToEnd();
            return new EtcdSystem(folder, first.Split(' ')[^1]);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public int ProcessId(int node) => _running[node]!.Id;

    public async Task StartAsync(CancellationToken stop)
    {
        string cluster = string.Join(',', _peers.Select((peer, i) => $"m{i}=http://{peer}"));
        for (int i = 0; i < Members; i++)
        {
            _running[i] = ChildProcess.StartProgram(
                "etcd",
                Path.Combine(_folder, $"etcd-{i}.log"),
                "--name", $"m{i}",
                "--data-dir", Path.Combine(_folder, $"etcd-{i}"),
                "--listen-peer-urls", $"http://{_peers[i]}",
                "--initial-advertise-peer-urls", $"http://{_peers[i]}",
                "--listen-client-urls", $"http://{_clients[i]}",
                "--advertise-client-urls", $"http://{_clients[i]}",
                "--initial-cluster", cluster,
                "--initial-cluster-token", Path.GetFileName(_folder),
                "--logger", "zap",
                "--log-level", "error");
        }

        while (await FindLeaderAsync(stop) is null)
        {
            await Task.Delay(s_poll, stop);
        }
    }

    public async Task<int> LeaderAsync(CancellationToken stop) =>
        await FindLeaderAsync(stop) ?? 0;

    public Task<long?> HeightAsync(int node, CancellationToken stop) =>
        Task.FromResult<long?>(null);

    public async Task<ISubmitter> ConnectAsync(int node, int slot, CancellationToken stop)
    {
        byte[] key = Encoding.ASCII.GetBytes(
            (slot % BenchBody.Slots).ToString("D8", CultureInfo.InvariantCulture));
        byte[] value = new byte[BenchBody.BodyBytes];
        value.AsSpan().Fill((byte)'x');
        // PutRequest of etcd's rpc.proto: 1 key, 2 value; a length of 256 takes two bytes.
        byte[] message =
        [
            0x0a, (byte)key.Length, .. key,
            0x12, (byte)(0x80 | (value.Length & 0x7f)), (byte)(value.Length >> 7), .. value,
        ];
        int numberAt = message.Length - value.Length;
        return await GrpcSubmitter.ConnectAsync(
            _clients[node],
            "/etcdserverpb.KV/Put",
            message,
            (bytes, number) => BenchBody.WriteNumber(
                bytes.Slice(numberAt, BenchBody.NumberDigits), number),
            stop);
    }

    public Task KillAsync(int node) => _running[node]!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (ChildProcess? each in _running)
        {
            if (each is not null)
            {
                await each.DisposeAsync();
            }
        }
    }

    /// <summary>Ports that were free a moment ago.</summary>
    internal static IPEndPoint[] FreePorts(int count)
    {
        TcpListener[] listeners =
            [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener each in listeners)
        {
            each.Start();
        }

        IPEndPoint[] free = [.. listeners.Select(each => (IPEndPoint)each.LocalEndpoint)];
        foreach (TcpListener each in listeners)
        {
            each.Dispose();
        }

        return free;
    }

    private async Task<int?> FindLeaderAsync(CancellationToken stop)
    {
        for (int i = 0; i < Members; i++)
        {
            if (_running[i] is { HasExited: true })
            {
                continue;
            }

            try
            {
                using StringContent empty = new("{}");
                using HttpResponseMessage response = await _http.PostAsync(
                    $"http://{_clients[i]}/v3/maintenance/status", empty, stop);
                using JsonDocument status = JsonDocument.Parse(
                    await response.Content.ReadAsStringAsync(stop));
                string own = status.RootElement.GetProperty("header").GetProperty("member_id")
                    .GetString()!;
                if (status.RootElement.TryGetProperty("leader", out JsonElement leader)
                    && leader.GetString() == own)
                {
                    return i;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }

        return null;
    }
}
