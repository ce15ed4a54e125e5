using System.Net;
using System.Net.Sockets;
using Tomada.Cli.Demo;

namespace Tomada.Cli.Bench;

/// <summary>
/// Raft by DotNext.Net.Cluster: three processes of bench/Tomada.Bench.DotNext over TCP, each with
/// its write-ahead log on disk.
/// </summary>
internal sealed class DotNextSystem : IBenchSystem
{
    private const string Project = "Tomada.Bench.DotNext";
    private const int Members = EtcdSystem.Members;

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private readonly string _folder;
    private readonly string _program;
    private readonly IPEndPoint[] _clients;
    private readonly IPEndPoint[] _peers;
    private readonly ChildProcess?[] _running = new ChildProcess?[Members];

    private DotNextSystem(string folder, string program)
    {
        _folder = folder;
        _program = program;
        IPEndPoint[] free = EtcdSystem.FreePorts(2 * Members);
        _clients = free[..Members];
        _peers = free[Members..];
    }

    public string Name => "DotNext Raft 6.12";

    public int Nodes => Members;

    /// <summary>The built program; null, and how to build it, when there is none.</summary>
    public static DotNextSystem? Find(string folder, out string missing)
    {
        missing = $"dotnext is not built: dotnet build bench/{Project} -c Release";
        // Both are built into artifacts/bin/PROJECT/release.
        string program = Path.Combine(
            AppContext.BaseDirectory, "..", "..", Project, "release", $"{Project}.dll");
        return File.Exists(program)
            ? new DotNextSystem(folder, Path.GetFullPath(program))
            : null;
    }

    public int ProcessId(int node) => _running[node]!.Id;

    public async Task StartAsync(CancellationToken stop)
    {
        string ports = string.Join(',', _peers.Select(each => each.Port));
        for (int i = 0; i < Members; i++)
        {
            _running[i] = ChildProcess.StartProgram(
                "dotnet",
                Path.Combine(_folder, $"dotnext-{i}.log"),
                _program,
                $"{i}",
                ports,
                $"{_clients[i].Port}",
                Path.Combine(_folder, $"dotnext-{i}"));
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

    /// <summary>
    /// Only the leader replicates, and nobody forwards: the submitter looks for it, at this node
    /// first.
    /// </summary>
    public async Task<ISubmitter> ConnectAsync(int node, int slot, CancellationToken stop)
    {
        int leader = await LeaderAsync(stop);
        FrameSubmitter submitter = new([.. _clients[leader..], .. _clients[..leader]]);
        await submitter.ConnectAsync(stop);
        return submitter;
    }

    public Task KillAsync(int node) => _running[node]!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess? each in _running)
        {
            if (each is not null)
            {
                await each.DisposeAsync();
            }
        }
    }

    private async Task<int?> FindLeaderAsync(CancellationToken stop)
    {
        for (int i = 0; i < Members; i++)
        {
            try
            {
                using FrameSubmitter asking = new([_clients[i]]);
                await asking.ConnectAsync(stop);
                if (await asking.IsLeaderAsync(stop))
                {
                    return i;
                }
            }
            catch (Exception unreachable) when (unreachable is SocketException or IOException)
            {
                // It does not listen yet, or any more.
            }
        }

        return null;
    }
}

/// <summary>
/// Requests of 256 bytes, answers of one; goes on to the next member when one does not lead.
/// </summary>
internal sealed class FrameSubmitter(IPEndPoint[] members) : ISubmitter
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);
    private readonly byte[] _request = new byte[BenchBody.BodyBytes];
    private readonly byte[] _answer = new byte[1];
    private Socket? _socket;
    private int _member;
    private long _number;

    public async Task ConnectAsync(CancellationToken stop)
    {
        _socket?.Dispose();
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(members[_member], stop);
    }

    public async Task<bool> IsLeaderAsync(CancellationToken stop)
    {
        _request[0] = 1;
        return await AskAsync(stop);
    }

    public async Task<string?> SubmitAsync(CancellationToken stop)
    {
        _request[0] = 0;
        BenchBody.WriteNumber(_request.AsSpan(1, BenchBody.NumberDigits), ++_number);
        while (true)
        {
            try
            {
                if (await AskAsync(stop))
                {
                    return null;
                }
            }
            catch (Exception gone) when (gone is SocketException or IOException)
            {
                // The leader was killed; another will lead.
            }

            await NextMemberAsync(stop);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private async Task NextMemberAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(s_pause, stop);
            _member = (_member + 1) % members.Length;
            try
            {
                await ConnectAsync(stop);
                return;
            }
            catch (SocketException)
            {
                // This one was killed, too.
            }
        }
    }

    private async Task<bool> AskAsync(CancellationToken stop)
    {
        await _socket!.SendAsync(_request, stop);
        int read = await _socket.ReceiveAsync(_answer, stop);
        return read == 0
            ? throw new IOException("the server closed the connection")
            : _answer[0] == 1;
    }
}
